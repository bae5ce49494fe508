import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_declines', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  return (await promise.then(
    () => undefined,
    (error: unknown) => error,
  )) as Stripe.errors.StripeError;
}
const pay = (method: string, options: Stripe.RequestOptions = {}) =>
  stripe.paymentIntents.create(
    {
      amount: 5000,
      currency: 'usd',
      payment_method: method,
      confirm: true,
      allowed_payment_method_types: ['card'],
    },
    options,
  );

/** Test cards that are refused: `code decline_code advice_code network_decline_code outcome`; `-`: none. */
const table = `
pm_card_visa_chargeDeclined card_declined generic_decline try_again_later 01 issuer_declined
pm_card_chargeDeclined card_declined generic_decline try_again_later 01 issuer_declined
pm_card_visa_chargeDeclinedInsufficientFunds card_declined insufficient_funds try_again_later 51 issuer_declined
pm_card_visa_chargeDeclinedLostCard card_declined lost_card do_not_try_again 41 issuer_declined
pm_card_visa_chargeDeclinedStolenCard card_declined stolen_card do_not_try_again 43 issuer_declined
pm_card_chargeDeclinedExpiredCard expired_card expired_card do_not_try_again 54 issuer_declined
pm_card_chargeDeclinedIncorrectCvc incorrect_cvc incorrect_cvc confirm_card_data N7 issuer_declined
pm_card_chargeDeclinedProcessingError processing_error processing_error try_again_later 96 issuer_declined
pm_card_visa_chargeDeclinedVelocityLimitExceeded card_declined card_velocity_exceeded try_again_later 65 issuer_declined
pm_card_visa_chargeDeclinedFraudulent card_declined fraudulent do_not_try_again 59 issuer_declined
pm_card_chargeCustomerFail card_declined generic_decline try_again_later 01 issuer_declined
pm_card_visa_chargeCustomerFailLostCard card_declined lost_card do_not_try_again 41 issuer_declined
pm_card_visa_chargeCustomerFailStolenCard card_declined stolen_card do_not_try_again 43 issuer_declined
pm_card_radarBlock card_declined fraudulent do_not_try_again - blocked
pm_card_riskLevelHighest card_declined fraudulent do_not_try_again - blocked`;
const rows = table
  .trim()
  .split('\n')
  .map((row) => row.split(' ') as [string, string, string, string, string, string]);

test.each(rows)('%s: %s %s %s %s, %s', async (method, code, declineCode, advice, network, outcome) => {
  const error = await refusal(pay(method));
  expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
  const told = {
    code,
    decline_code: declineCode,
    advice_code: advice,
    ...(network === '-' ? {} : { network_decline_code: network }),
  };
  expect(error).toMatchObject({ statusCode: 402, ...told });
  expect(error.payment_intent?.last_payment_error).toMatchObject(told);
  const charge = await stripe.charges.retrieve(String(error.charge));
  expect(charge).toMatchObject({
    status: 'failed',
    failure_code: code,
    failure_message: error.message,
    outcome: {
      type: outcome,
      network_status: outcome === 'blocked' ? 'not_sent_to_network' : 'declined_by_network',
      network_decline_code: network === '-' ? null : network,
      reason: outcome === 'blocked' ? 'highest_risk_level' : declineCode,
      risk_level: outcome === 'blocked' ? 'highest' : 'normal',
    },
  });
});

describe('an account that declines what fails its checks', () => {
  async function shop(
    declineOn: Stripe.AccountCreateParams.Settings.CardPayments.DeclineOn,
  ): Promise<string> {
    const account = await stripe.accounts.create({
      type: 'standard',
      settings: { card_payments: { decline_on: declineOn } },
    });
    return account.id;
  }

  test.each([
    ['cvc_failure', 'pm_card_cvcCheckFail', 'incorrect_cvc', 'block_if_incorrect_cvc'],
    ['avs_failure', 'pm_card_avsZipFail', 'incorrect_zip', 'block_if_incorrect_zip'],
  ] as const)('%s: %s is refused with %s', async (setting, method, code, rule) => {
    const stripeAccount = await shop({ [setting]: true });
    const card = await stripe.paymentMethods.create(
      {
        type: 'card',
        card: {
          number: method.endsWith('cvcCheckFail') ? '4000000000000101' : '4000000000000036',
          exp_month: 12,
          exp_year: 2030,
          cvc: '123',
        },
        billing_details: { address: { postal_code: '94110' } },
      },
      { stripeAccount },
    );
    const error = await refusal(pay(card.id, { stripeAccount }));
    expect(error).toMatchObject({ code });
    const charge = await stripe.charges.retrieve(String(error.charge), {}, { stripeAccount });
    expect(charge.outcome).toMatchObject({
      type: 'blocked',
      network_status: 'reversed_after_approval',
      rule,
    });
  });
});
