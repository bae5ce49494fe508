import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;
beforeAll(async () => {
  account = await testAccount('sk_test_payment_tools');
  bob = (await account.stripe.customers.create({ name: 'Bob Loblaw', email: 'bob@example.com' })).id;
});
afterAll(() => account.close());

const charges = async () => (await account.stripe.charges.list({ limit: 100 })).data;

describe('paying a payment intent', () => {
  test('it is created without taking money, then paid with the published test card', async () => {
    const made = await account.call('create_payment_intent', {
      amount: '50',
      currency: 'usd',
      customer: 'bob@example.com',
    });
    expect(made.view).toMatchObject({
      amount: '50.00 USD',
      status: 'requires_payment_method',
      customer: bob,
    });
    expect(await charges()).toEqual([]);
    const input = { customer: 'bob@example.com', payment_method: '4242 4242 4242 4242' };
    const plan = await account.plan('confirm_payment_intent', input);
    expect(plan.preview).toMatchObject({
      summary: expect.stringMatching(
        /^Charge \$50\.00 from Bob Loblaw \(bob@example\.com\) with test card pm_card_visa, payment pi_/,
      ),
      amount: { decimal: '50.00', currency: 'usd' },
    });
    expect(JSON.stringify(plan)).not.toContain('4242 4242');
    const paid = await account.call('confirm_payment_intent', input);
    expect(paid.summary).toBe('Paid $50.00 from Bob Loblaw (bob@example.com)');
    expect(paid.view).toMatchObject({ status: 'succeeded', amount_received: '50.00 USD' });
    expect(await charges()).toEqual([expect.objectContaining({ amount: 5000, status: 'succeeded' })]);
  });

  test('a declined card says why and what to do, and the payment can be paid with another', async () => {
    const made = await account.call('create_payment_intent', {
      amount: '50.00',
      currency: 'usd',
      customer: bob,
    });
    const id = made.objects[0]?.id;
    const error = await account.refusal('confirm_payment_intent', {
      payment_intent: id,
      payment_method: '4000 0000 0000 0002',
    });
    expect(error).toMatchObject({
      code: 'card_declined',
      message: expect.stringContaining('declined'),
      next: expect.stringContaining('another payment method'),
      details: { decline_code: 'generic_decline', payment_intent: id, retry: 'other_method' },
      requestIds: [expect.stringMatching(/^req_/), expect.stringMatching(/^req_/)],
    });
    expect(
      (
        await account.call('confirm_payment_intent', {
          payment_intent: id,
          payment_method: 'pm_card_mastercard',
        })
      ).view,
    ).toMatchObject({ status: 'succeeded' });
    expect((await account.refusal('confirm_payment_intent', { payment_intent: id })).code).toBe(
      'payment_intent_unexpected_state',
    );
  });

  test('insufficient funds and lost cards differ in what to do next', async () => {
    const made = await account.call('create_payment_intent', { amount: '5', currency: 'eur' });
    const pay = (number: string) =>
      account.refusal('confirm_payment_intent', {
        payment_intent: made.objects[0]?.id,
        payment_method: number,
      });
    expect((await pay('4000000000009995')).details).toMatchObject({
      decline_code: 'insufficient_funds',
      retry: 'other_method',
    });
    expect((await pay('4000000000009987')).details).toMatchObject({
      decline_code: 'lost_card',
      retry: 'never_retry',
    });
  });

  test('authentication comes back with a link for the customer', async () => {
    const made = await account.call('create_payment_intent', { amount: '20', currency: 'usd' });
    const waiting = await account.call('confirm_payment_intent', {
      payment_intent: made.objects[0]?.id,
      payment_method: '4000 0000 0000 3220',
    });
    expect(waiting.view).toMatchObject({
      status: 'requires_action',
      authentication_url: expect.stringMatching(/^https?:/),
    });
    expect(waiting.summary).toContain('authenticate');
    await account.call('cancel_payment_intent', { payment_intent: made.objects[0]?.id });
  });

  test('without a saved card nothing is tried', async () => {
    expect(
      (await account.refusal('charge_customer', { customer: bob, amount: '10', currency: 'usd' })).code,
    ).toBe('no_payment_method');
  });
});

describe('charging saved cards', () => {
  test('1,000 yen are 1000 yen, with the default card', async () => {
    await account.call('attach_test_payment_method', { customer: bob, card: '4242 4242 4242 4242' });
    const charged = await account.call('charge_customer', {
      customer: 'Bob Loblaw',
      amount: '1000',
      currency: 'jpy',
    });
    expect(charged.view).toMatchObject({ status: 'succeeded', amount: '1000 JPY' });
    expect((await charges())[0]).toMatchObject({
      amount: 1000,
      currency: 'jpy',
      status: 'succeeded',
      metadata: { purser_op: expect.any(String) },
    });
    expect((await account.call('list_customer_payment_methods', { customer: bob })).view).toMatchObject({
      complete: true,
      data: [{ brand: 'visa', last4: '4242', default: true }],
    });
  });

  test('a declined saved card is not repeated, and the backup can be used', async () => {
    const dora = (await account.stripe.customers.create({ name: 'Dora', email: 'dora@example.com' })).id;
    await account.call('attach_test_payment_method', { customer: dora, card: '4000000000000341' });
    await account.call('attach_test_payment_method', {
      customer: dora,
      card: 'pm_card_mastercard',
      make_default: false,
    });
    const error = await account.refusal('charge_customer', {
      customer: 'Dora',
      amount: '25',
      currency: 'usd',
    });
    expect(error.code).toBe('card_declined');
    const methods = (await account.stripe.customers.listPaymentMethods(dora)).data;
    const backup = methods.find((method) => method.card?.brand === 'mastercard')?.id;
    expect(
      (
        await account.call('charge_customer', {
          customer: 'Dora',
          amount: '25',
          currency: 'usd',
          payment_method: backup,
        })
      ).view,
    ).toMatchObject({ status: 'succeeded' });
    const hers = (await account.stripe.charges.list({ customer: dora })).data;
    expect(hers.map((charge) => charge.status)).toEqual(['succeeded', 'failed']);
    expect(
      (
        await account.refusal('charge_customer', {
          customer: bob,
          amount: '25',
          currency: 'usd',
          payment_method: backup,
        })
      ).code,
    ).toBe('wrong_customer');
  });

  test('a bank that wants the customer to authenticate: the next step yields the link', async () => {
    const eve = (await account.stripe.customers.create({ name: 'Eve', email: 'eve@example.com' })).id;
    await account.call('attach_test_payment_method', { customer: eve, card: '4000 0027 6000 3184' });
    const error = await account.refusal('charge_customer', { customer: eve, amount: '15', currency: 'usd' });
    expect(error).toMatchObject({
      code: 'authentication_required',
      next: expect.stringMatching(/confirm_payment_intent.*pi_\w+.*pm_\w+/),
    });
    const method = /pm_\w+/.exec(error.next ?? '')?.[0];
    const waiting = await account.call('confirm_payment_intent', {
      payment_intent: error.details.payment_intent,
      payment_method: method,
    });
    expect(waiting.view).toMatchObject({
      status: 'requires_action',
      authentication_url: expect.stringMatching(/^https?:/),
    });
  });

  test('in live mode no card number is taken and no test card either', async () => {
    const { secret } = await account.control('accounts', { livemode: true });
    const live = account.withKey(secret);
    await live.call('create_customer', { name: 'Real Person', email: 'real@example.com' });
    await live.call('create_payment_intent', { amount: '10', currency: 'usd', customer: 'Real Person' });
    const pay = (method: string) =>
      live.refusal('confirm_payment_intent', { customer: 'Real Person', payment_method: method });
    expect(await pay('4242 4242 4242 4242')).toMatchObject({
      code: 'card_number_refused',
      next: expect.stringContaining('create_payment_link'),
    });
    expect((await pay('pm_card_visa')).code).toBe('mode_mismatch');
    expect(
      (await live.refusal('attach_test_payment_method', { customer: 'Real Person', card: 'pm_card_visa' }))
        .code,
    ).toBe('mode_mismatch');
    expect((await live.call('get_account_info', {})).view).toMatchObject({ mode: 'live' });
  });

  test('an authorised payment is captured in part', async () => {
    const held = await account.stripe.paymentIntents.create({
      amount: 4000,
      currency: 'usd',
      customer: bob,
      capture_method: 'manual',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    expect(
      (await account.refusal('capture_payment_intent', { payment_intent: held.id, amount: '40.01' })).code,
    ).toBe('amount_too_large');
    expect(
      (await account.plan('capture_payment_intent', { customer: bob, amount: '30' })).preview.summary,
    ).toBe(`Capture $30.00 of $40.00, payment ${held.id}`);
    expect((await account.call('capture_payment_intent', { payment_intent: held.id })).summary).toBe(
      'Captured $40.00',
    );
  });
});

describe('refunds', () => {
  test('the newest succeeded payment of a customer, a part and then the rest, never more', async () => {
    await account.call('charge_customer', { customer: bob, amount: '29.99', currency: 'usd' });
    const [charge] = await charges();
    const part = await account.plan('create_refund', { customer: 'bob@example.com', amount: '10' });
    expect(part.preview.summary).toBe(`Refund $10.00 of $29.99 to Bob Loblaw, charge ${charge?.id}`);
    expect((await account.call('create_refund', { charge: charge?.id, amount: '10' })).summary).toBe(
      'Refunded $10.00 to Bob Loblaw',
    );
    expect((await account.refusal('create_refund', { charge: charge?.id, amount: '20' })).details.left).toBe(
      '$19.99',
    );
    expect(
      (await account.refusal('create_refund', { charge: charge?.id, amount: '5', currency: 'eur' })).code,
    ).toBe('currency_mismatch');
    expect((await account.call('create_refund', { customer: bob, full: true })).view).toMatchObject({
      amount: '19.99 USD',
    });
    expect((await account.refusal('create_refund', { customer: bob, full: true })).code).toBe(
      'charge_already_refunded',
    );
    expect((await account.call('list_refunds', { customer: bob })).view).toMatchObject({
      complete: true,
      seen: 2,
      totals: { amount: ['29.99 USD'] },
    });
  });

  test('neither amount nor full, or both, is not a refund', () => {
    const { input } = account.tool('create_refund');
    expect(input.safeParse({ customer: bob }).success).toBe(false);
    expect(input.safeParse({ customer: bob, amount: '1', full: true }).success).toBe(false);
    expect(input.safeParse({ customer: bob, charge: 'ch_1', full: true }).success).toBe(false);
  });
});

describe('reading', () => {
  test('payments with reasons, totals only when everything was seen', async () => {
    const some = (await account.call('list_charges', { limit: 1 })).view;
    expect(some).toMatchObject({ complete: false, data: { length: 1 } });
    expect(some).not.toHaveProperty('totals');
    const failed = (
      await account.call('list_charges', { status: 'failed', count_all: true, created: 'today' })
    ).view;
    expect(failed).toMatchObject({
      complete: true,
      data: expect.arrayContaining([expect.objectContaining({ failure: expect.stringContaining('.') })]),
    });
    const all = (await account.call('list_charges', { count_all: true })).view as {
      totals: { succeeded: string[] };
    };
    expect(all.totals.succeeded).toEqual(expect.arrayContaining(['1000 JPY']));
    expect((await account.call('get_charge', { customer: 'Dora' })).view).toMatchObject({
      amount: '25.00 USD',
      customer_name: 'Dora',
    });
  });

  test('the balance, its movements, events and codes', async () => {
    expect((await account.call('retrieve_balance', {})).view).toMatchObject({
      object: 'balance',
      livemode: false,
      pending: expect.arrayContaining([expect.stringMatching(/USD$/)]),
    });
    expect((await account.call('list_balance_transactions', { count_all: true })).view).toMatchObject({
      complete: true,
      totals: { net: expect.any(Array) },
    });
    expect((await account.call('list_events', { type: 'charge.failed' })).view).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ type: 'charge.failed', of: 'charge' })]),
    });
    expect((await account.call('explain_error', { code: 'insufficient funds' })).view).toMatchObject({
      kind: 'decline',
      meaning: expect.stringContaining('too little money'),
    });
    expect((await account.call('explain_error', { code: 'constructor' })).view).not.toMatchObject({
      kind: 'decline',
    });
    expect((await account.call('get_account_info', {})).view).toMatchObject({ mode: 'test' });
    expect((await account.call('list_payouts', {})).view).toMatchObject({ of: 'payout', complete: true });
    expect((await account.call('list_disputes', { open: true })).view).toMatchObject({
      of: 'dispute',
      complete: true,
    });
  });
});
