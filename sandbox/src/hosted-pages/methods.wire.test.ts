import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { openShop, success_url } from '../checkout/test-shop.ts';
import { createSandbox } from '../index.ts';
import { cardOf, createVisitor } from './visitor.ts';

let now = Date.UTC(2026, 0, 15, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());
const { open: visit, send } = createVisitor(sandbox);

let accounts = 0;
/** A shop with a session that takes some kinds of methods. */
async function newSession(
  currency: string,
  allowed_payment_method_types: Stripe.Checkout.SessionCreateParams.AllowedPaymentMethodType[],
  more: Stripe.Checkout.SessionCreateParams = {},
) {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const shop = await openShop(
    new Stripe(`sk_test_methods${accounts++}`, { httpClient, maxNetworkRetries: 0 }),
  );
  const recurring = more.mode === 'subscription' ? ({ interval: 'month' } as const) : undefined;
  const item = { currency, unit_amount: 2000, recurring, product_data: { name: 'Cup' } };
  const { id, url } = await shop.open({
    mode: 'payment',
    ...(more.mode === 'setup' ? {} : { line_items: [{ price_data: item, quantity: 1 }] }),
    allowed_payment_method_types,
    ...more,
  });
  const session = () =>
    shop.stripe.checkout.sessions.retrieve(id, {
      expand: ['payment_intent', 'subscription', 'setup_intent'],
    });
  const events = async () => (await shop.types()).filter((type) => type.startsWith('checkout.session'));
  return { ...shop, url: url ?? '', session, events };
}
const email = 'ada@example.com';
const paying = (method: string, more: Record<string, string> = {}) => ({
  action: 'pay',
  email,
  method,
  [`${method}_name`]: 'Ada',
  ...more,
});
const iban = { good: 'AT61 1904 3002 3457 3201', bad: 'AT86 1904 3002 3547 3202' };

describe('a bank debit', () => {
  test.each([
    [iban.good, 'paid', 'checkout.session.async_payment_succeeded'],
    [iban.bad, 'unpaid', 'checkout.session.async_payment_failed'],
  ])('of %s completes the session unpaid, and later it is %s', async (number, status, event) => {
    const { url, session, events } = await newSession('eur', ['card', 'sepa_debit']);
    expect((await visit(url)).text).toContain('you allow Sandbox account to debit');
    const sent = await send(url, paying('sepa_debit', { sepa_debit_iban: number }));
    expect([sent.status, sent.location]).toEqual([303, 'https://shop.example/thanks']);
    expect(await session()).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      customer_details: { email, name: 'Ada', address: null },
      payment_intent: { status: 'processing' },
    });
    expect(await events()).toEqual(['checkout.session.completed']);
    now += 60_000;
    expect(await session()).toMatchObject({ status: 'complete', payment_status: status });
    expect(await events()).toEqual([event, 'checkout.session.completed']);
  });

  test('says what is missing or impossible beside its field', async () => {
    const { url } = await newSession('eur', ['card', 'sepa_debit']);
    const empty = await send(url, paying('sepa_debit'));
    expect([empty.status, empty.text]).toEqual([400, expect.stringContaining('Your IBAN is incomplete.')]);
    const wrong = await send(url, paying('sepa_debit', { sepa_debit_iban: 'XX00' }));
    expect(wrong.text).toContain('id="sepa_debit_iban-problem"');
    expect((await send(url, { action: 'pay', email, ...cardOf('4242424242424242') })).status).toBe(303);
  });

  test('pays a subscription, which begins when the money is there', async () => {
    const { url, session } = await newSession('eur', ['sepa_debit'], { mode: 'subscription' });
    await send(url, paying('sepa_debit', { sepa_debit_iban: iban.good }));
    expect(await session()).toMatchObject({
      status: 'complete',
      payment_status: 'unpaid',
      subscription: { status: 'incomplete' },
    });
    now += 60_000;
    const { payment_status, subscription } = await session();
    expect([payment_status, subscription]).toMatchObject(['paid', { status: 'active' }]);
  });

  test('from a typed-in US account waits for its deposits, in a trial too', async () => {
    const { stripe, url, session } = await newSession('usd', ['us_bank_account'], {
      mode: 'subscription',
      subscription_data: { trial_period_days: 7 },
    });
    const account = {
      us_bank_account_routing_number: '110000000',
      us_bank_account_account_number: '000123456789',
    };
    const sent = await send(url, paying('us_bank_account', account));
    expect(sent.location).toBe('https://shop.example/thanks');
    const before = await session();
    expect(before).toMatchObject({
      status: 'complete',
      subscription: { status: 'trialing', default_payment_method: null },
    });
    const waiting = (await stripe.setupIntents.list()).data[0];
    const page = waiting?.next_action?.verify_with_microdeposits?.hosted_verification_url ?? '';
    const wrong = await send(page, { outcome: 'verify', descriptor_code: 'SM00XX' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('descriptor_code-problem')]);
    expect((await send(page, { outcome: 'verify', descriptor_code: 'sm11aa' })).status).toBe(303);
    expect((await session()).subscription).toMatchObject({ default_payment_method: waiting?.payment_method });
  });

  test('is saved for later by a session in setup mode', async () => {
    const { url, session } = await newSession('gbp', ['bacs_debit'], { mode: 'setup' });
    const account = { bacs_debit_sort_code: '10-88-00', bacs_debit_account_number: '00012345' };
    expect((await send(url, paying('bacs_debit', account))).status).toBe(303);
    expect(await session()).toMatchObject({
      status: 'complete',
      setup_intent: { status: 'succeeded', mandate: expect.stringMatching(/^mandate_/) },
    });
  });
});

describe('other ways to pay', () => {
  test('lead to another page and back: refused, one tries again; confirmed, it is paid', async () => {
    const { url, session } = await newSession('eur', ['ideal', 'card']);
    const away = await send(url, paying('ideal'));
    expect((await visit(away.location)).text).toContain('This is where iDEAL would ask you to confirm');
    const refused = await send(away.location, { outcome: 'fail' });
    expect(refused.location).toContain('redirect_status=failed');
    const back = await visit((await visit(refused.location)).location);
    expect([back.status, back.text]).toEqual([402, expect.stringContaining('declined or canceled')]);
    const second = await send(url, paying('ideal'));
    const done = await send(second.location, { outcome: 'succeed' });
    expect((await visit(done.location)).location).toBe('https://shop.example/thanks');
    expect((await session()).payment_status).toBe('paid');
  });

  test.each([
    ['succeed', 'paid', 'checkout.session.async_payment_succeeded'],
    ['fail', 'unpaid', 'checkout.session.async_payment_failed'],
  ])('a voucher completes the session before it is paid: %s', async (outcome, status, event) => {
    const { url, session, events } = await newSession('mxn', ['oxxo']);
    const voucher = await send(url, paying('oxxo'));
    expect(await session()).toMatchObject({ status: 'complete', payment_status: 'unpaid' });
    expect((await visit(voucher.location)).text).toContain('OXXO voucher');
    const done = await send(voucher.location, { outcome });
    expect((await visit(done.location)).location).toBe('https://shop.example/thanks');
    expect((await session()).payment_status).toBe(status);
    expect(await events()).toEqual([event, 'checkout.session.completed']);
  });

  test('are refused where they cannot pay: the currency, a brand the business does not take, a kind not offered', async () => {
    const { stripe, once, session } = await newSession('usd', ['card', 'sepa_debit']);
    expect((await session()).payment_method_types).toEqual(['card']);
    const fixed = {
      mode: 'payment',
      success_url,
      line_items: [{ price: once, quantity: 1 }],
      payment_method_types: ['card', 'sepa_debit'],
    };
    const older = { apiVersion: '2025-12-15.clover' };
    await expect(stripe.rawRequest('POST', '/v1/checkout/sessions', fixed, older)).rejects.toMatchObject({
      param: 'payment_method_types',
      message: expect.stringContaining('only supports the following currencies: ``eur``'),
    });
    await expect(newSession('usd', ['customer_balance'])).rejects.toMatchObject({ statusCode: 501 });
    const { url, pay } = await newSession('usd', ['card'], {
      payment_method_options: { card: { restrictions: { brands_blocked: ['visa'] } } },
    });
    const visa = await send(url, { action: 'pay', email, ...cardOf('4242424242424242') });
    expect([visa.status, visa.text]).toEqual([402, expect.stringContaining('does not accept visa cards')]);
    const id = url.split('/').at(-1) ?? '';
    await expect(pay(id)).rejects.toMatchObject({ decline_code: 'card_not_supported' });
    await expect(pay(id, 'pm_card_mastercard')).resolves.toMatchObject({ payment_status: 'paid' });
  });
});
