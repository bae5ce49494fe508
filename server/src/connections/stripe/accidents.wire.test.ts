/** Accidents that agents had with Stripe accounts, replayed against the tools and a sandbox. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from './testing.ts';

let account: TestAccount;
let stripe: Stripe;
beforeAll(async () => {
  account = await testAccount('sk_test_accidents_tools');
  stripe = account.stripe;
});
afterAll(() => account.close());

/** A customer with a card. */
async function payer(name: string, card = 'pm_card_visa'): Promise<string> {
  const { id } = await stripe.customers.create({ name, email: `${name.toLowerCase()}@example.com` });
  await account.call('attach_test_payment_method', { customer: id, card });
  return id;
}

const paidBy = async (customer: string) =>
  (await stripe.charges.list({ customer })).data.filter(({ status }) => status === 'succeeded');

describe('money is counted in its own units', () => {
  test.each([
    ['jpy', '1000', 1000],
    ['usd', '1000', 100_000],
    ['krw', '50000', 50_000],
    ['eur', '0.50', 50],
  ])('in %s, %s is sent as %i', async (currency, amount, minor) => {
    const customer = await payer(`Unit${currency}`);
    const plan = await account.plan('charge_customer', { customer, amount, currency });
    expect(plan.sealed).toMatchObject({ amount: minor, currency });
    await account.call('charge_customer', { customer, amount, currency });
    const [charge] = await paidBy(customer);
    expect(charge).toMatchObject({ amount: minor, currency });
    const refund = await account.plan('create_refund', { customer, amount });
    expect(refund.sealed).toMatchObject({ amount: minor });
  });

  test.each([
    ['10.50', 'jpy'],
    ['10.505', 'usd'],
    ['1,000', 'usd'],
    ['-5', 'usd'],
    ['0', 'usd'],
    ['1e3', 'usd'],
  ])('%s %s is refused, not rounded or guessed', async (amount, currency) => {
    const customer = await payer('Odd');
    const error = await account.refusal('charge_customer', { customer, amount, currency });
    expect(error).toMatchObject({ code: 'invalid_amount', next: expect.stringContaining('major units') });
    await stripe.customers.del(customer);
  });
});

describe('a list says where it ends', () => {
  test('of 130 payments all are counted and added up, or none are', async () => {
    const shop = await testAccount('sk_test_accidents_list');
    const pay = { amount: 100, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
    const once = { ...pay, automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const } };
    for (let made = 0; made < 130; made += 13)
      await Promise.all(Array.from({ length: 13 }, () => shop.stripe.paymentIntents.create(once)));
    const all = (await shop.call('list_charges', { count_all: true })).view;
    expect(all).toMatchObject({ complete: true, seen: 130, totals: { succeeded: ['130.00 USD'] } });
    const hundred = (await shop.call('list_charges', { limit: 100 })).view;
    expect(hundred).toMatchObject({ complete: false, seen: 100, stopped: 'showing the newest 100' });
    expect(hundred).not.toHaveProperty('totals');
    expect((await shop.call('list_charges', { limit: 100 })).summary).toBe(
      'Listed 100 payments; there are more',
    );
    await shop.close();
  });
});

describe('what a model is given is short', () => {
  test('of thirty payments that hold half a megabyte it reads some lines, and the rest is kept', async () => {
    const shop = await testAccount('sk_test_accidents_long');
    const keys = Array.from({ length: 40 }, (_, at) => [`key_${at}`, 'x'.repeat(450)]);
    const pay = { amount: 100, currency: 'usd', payment_method: 'pm_card_visa', confirm: true };
    const metadata = Object.fromEntries(keys) as Record<string, string>;
    const never = { enabled: true, allow_redirects: 'never' as const };
    const once = { ...pay, metadata, automatic_payment_methods: never };
    for (let made = 0; made < 30; made += 10)
      await Promise.all(Array.from({ length: 10 }, () => shop.stripe.paymentIntents.create(once)));
    const { view, record } = await shop.call('list_payment_intents', { limit: 30 });
    expect(JSON.stringify(record).length).toBeGreaterThan(500_000);
    expect(view).toMatchObject({ complete: true, seen: 30 });
    expect(JSON.stringify(view).length).toBeLessThan(8_000);
    await shop.close();
  });
});

describe('a bank that wants the customer', () => {
  test('gets them: the refused charge leads to a link, and on it the payment is finished', async () => {
    const customer = await payer('Secure', 'pm_card_authenticationRequired');
    const refused = await account.refusal('charge_customer', { customer, amount: '15', currency: 'usd' });
    expect(refused.code).toBe('authentication_required');
    const [, intent, method] =
      /payment_intent (pi_\w+) and payment_method (pm_\w+)/.exec(refused.next ?? '') ?? [];
    const waiting = await account.call('confirm_payment_intent', {
      payment_intent: intent,
      payment_method: method,
    });
    const { authentication_url: url } = waiting.view as { authentication_url: string };
    expect(waiting.summary).toContain('the customer has to authenticate');
    expect(await paidBy(customer)).toEqual([]);
    const page = await fetch(url);
    expect(page.status).toBe(200);
    await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ outcome: 'succeed' }),
      redirect: 'manual',
    });
    expect((await stripe.paymentIntents.retrieve(intent ?? '')).status).toBe('succeeded');
    expect(await paidBy(customer)).toHaveLength(1);
  });
});

describe('a decline names the next step', () => {
  test.each([
    ['pm_card_chargeDeclinedInsufficientFunds', 'other_method', /another payment method/],
    ['pm_card_chargeDeclined', 'other_method', /do not repeat this one/],
    ['pm_card_chargeDeclinedExpiredCard', 'other_method', /another payment method/],
    ['pm_card_chargeDeclinedIncorrectCvc', 'fix_details', /enter the card again/],
    ['pm_card_chargeDeclinedProcessingError', 'retry_later', /once more later/],
    ['pm_card_chargeDeclinedLostCard', 'never_retry', /Do not try this card again/],
    ['pm_card_chargeDeclinedStolenCard', 'never_retry', /Do not try this card again/],
    ['pm_card_chargeDeclinedFraudulent', 'never_retry', /Do not try this card again/],
  ])('%s: %s', async (card, retry, next) => {
    const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    const error = await account.refusal('confirm_payment_intent', {
      payment_intent: intent.id,
      payment_method: card,
    });
    expect(error).toMatchObject({
      code: 'card_declined',
      message: expect.stringMatching(/^The card was declined.*: [A-Z].*\.$/),
      next: expect.stringMatching(next),
      details: { retry, payment_intent: intent.id, request_id: expect.stringMatching(/^req_/) },
    });
  });
});

describe('an error says what went wrong and what to do', () => {
  const explained = async (name: string, input: unknown) => {
    const error = await account.refusal(name, input);
    expect(error.message.length).toBeGreaterThan(20);
    expect(error.message).not.toMatch(/^(failed|error|something went wrong|invalid request)\b/i);
    expect(error.next ?? '').toMatch(/\w{3}.*\.$/);
    return error;
  };

  test.each([
    ['create_invoice', { customer: 'Nobody Known', amount: '5', currency: 'usd' }, 'not_found'],
    ['create_refund', { charge: 'ch_none', full: true }, 'not_found'],
    ['confirm_payment_intent', { payment_intent: 'pi_none' }, 'not_found'],
    ['charge_customer', { customer: 'cus_none', amount: '5', currency: 'usd' }, 'not_found'],
    ['detach_payment_method', { customer: 'cus_none', payment_method: 'pm_none' }, 'not_found'],
    ['create_payout', { amount: '1000000', currency: 'usd' }, 'balance_insufficient'],
    ['create_checkout_session', { product: 'No Such Thing' }, 'not_found'],
  ])('%s of what is not there', async (name, input, code) => {
    expect(await explained(name, input)).toMatchObject({ code });
  });

  test('what Stripe refused carries its code, parameter and request', async () => {
    const customer = await payer('Refused');
    const error = await explained('charge_customer', { customer, amount: '0.10', currency: 'usd' });
    expect(error).toMatchObject({
      code: 'amount_too_small',
      details: { stripe_code: 'amount_too_small', request_id: expect.stringMatching(/^req_/) },
      requestIds: [expect.stringMatching(/^req_/)],
    });
  });

  test('a missing permission is named with where to add it, and no more than that', async () => {
    const { secret } = await account.control('restricted_keys', { permissions: { customers: 'read' } });
    const error = await account.withKey(secret).refusal('create_refund', { charge: 'ch_1', full: true });
    expect(error).toMatchObject({
      code: 'permission_missing',
      message: 'The Stripe key lacks the permission Charges and Refunds (write).',
      next: expect.stringMatching(/set "Charges and Refunds" to Write/),
    });
  });
});
