import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());
const stripe = new Stripe('sk_test_authentication', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});

/**
 * Test cards for 3D Secure, and what comes of paying with the customer there, of asking for it, without the customer,
 * and without the customer after the card was set up: `ok` and how 3D Secure went (`-`: there was none), `asks` the
 * customer, or a decline.
 */
const table = `
pm_card_visa ok:- ok:attempt_acknowledged ok:- ok:-
pm_card_authenticationRequired asks asks authentication_required authentication_required
pm_card_authenticationRequiredOnSetup asks asks authentication_required ok:-
pm_card_authenticationRequiredSetupForOffSession asks asks ok:- ok:-
pm_card_authenticationRequiredChargeDeclinedInsufficientFunds asks asks insufficient_funds insufficient_funds
pm_card_threeDSecure2Required asks asks authentication_required authentication_required
pm_card_threeDSecureRequired asks asks authentication_required authentication_required
pm_card_threeDSecureRequiredChargeDeclined asks asks authentication_required authentication_required
pm_card_threeDSecureRequiredProcessingError generic_decline generic_decline generic_decline generic_decline
pm_card_threeDSecureOptional ok:- asks ok:- ok:-
pm_card_threeDSecureOptionalProcessingError ok:- ok:processing_error ok:- ok:-
pm_card_amex_threeDSecureNotSupported ok:- ok:not_supported ok:- ok:-`;
const rows = table
  .trim()
  .split('\n')
  .map((row) => row.split(' ') as [string, string, string, string, string]);

async function pay(method: string, params: Partial<Stripe.PaymentIntentCreateParams>): Promise<string> {
  try {
    const intent = await stripe.paymentIntents.create({
      amount: 5000,
      currency: 'usd',
      payment_method: method,
      confirm: true,
      allowed_payment_method_types: ['card'],
      expand: ['latest_charge'],
      ...params,
    });
    if (intent.status === 'requires_action') return 'asks';
    const charge = intent.latest_charge as Stripe.Charge;
    return `ok:${charge.payment_method_details?.card?.three_d_secure?.result ?? '-'}`;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return error.decline_code ?? error.code ?? '';
    throw error;
  }
}

/** A customer's card that its owner agreed to be charged without them. */
async function setUp(method: string): Promise<{ customer: string; payment_method: string }> {
  const { id: customer } = await stripe.customers.create();
  const intent = await stripe.setupIntents.create({
    customer,
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    return_url: 'https://shop.test',
  });
  const url = intent.next_action?.redirect_to_url?.url;
  if (url)
    await sandbox.fetch(
      new Request(url, {
        method: 'POST',
        body: new URLSearchParams({ outcome: 'succeed' }),
        redirect: 'manual',
      }),
    );
  const { payment_method: saved } = await stripe.setupIntents.retrieve(intent.id);
  return { customer, payment_method: String(saved) };
}

test.each(rows)('%s: %s, asked %s, off session %s, set up %s', async (method, plain, asked, off, saved) => {
  expect(await pay(method, {})).toBe(plain);
  const demand = { payment_method_options: { card: { request_three_d_secure: 'any' } } } as const;
  expect(await pay(method, demand)).toBe(asked);
  expect(await pay(method, { off_session: true })).toBe(off);
  const { customer, payment_method: card } = await setUp(method);
  expect(await pay(card, { customer, off_session: true })).toBe(saved);
});

test('the frictionless card is authenticated without being asked', async () => {
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4000000032200000', exp_month: 12, exp_year: 2030, cvc: '123' },
  });
  expect(await pay(method.id, {})).toBe('ok:authenticated');
});
