import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;

beforeAll(async () => {
  account = await testAccount('sk_test_credit_and_quotes');
  bob = (await account.stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
  await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
  await account.call('create_product', { name: 'Pro', amount: '40', currency: 'usd', interval: 'month' });
  await account.call('create_product', { name: 'Setup', amount: '15', currency: 'usd' });
});
afterAll(() => account.close());

async function open(amount: string): Promise<string> {
  const made = await account.call('create_invoice', { customer: 'Bob', amount, currency: 'usd' });
  const id = made.objects[0]?.id ?? '';
  await account.call('finalize_invoice', { invoice: id });
  return id;
}

const invoice = (id: string) => account.stripe.invoices.retrieve(id);

describe('credit notes', () => {
  test('lower what is owed as previewed, and voiding one makes it owed again', async () => {
    const id = await open('100');
    const input = { invoice: id, amount: '30', reason: 'order_change' };
    expect((await account.call('preview_credit_note', input)).view).toMatchObject({
      status: 'preview',
      total: '30.00 USD',
      facts: expect.arrayContaining([{ label: 'Still owed', value: '$100.00 → $70.00' }]),
    });
    expect((await account.stripe.creditNotes.list({ invoice: id })).data).toEqual([]);
    const { preview } = await account.plan('create_credit_note', input);
    expect(preview.amount).toEqual({ decimal: '30.00', currency: 'usd' });
    const made = await foundAgain(account, 'create_credit_note', input);
    expect((await invoice(id)).amount_remaining).toBe(7000);
    const gone = await account.undo(made);
    expect(gone.summary).toMatch(/^Voided the credit note /);
    expect((await invoice(id)).amount_remaining).toBe(10_000);
    const note = made.objects[0]?.id;
    expect((await account.refusal('void_credit_note', { credit_note: note })).code).toBe('credit_note_final');
  });

  test('give back what was paid in the way that was asked for, and never more than is left', async () => {
    const id = await open('50');
    await account.call('pay_invoice', { invoice: id });
    const refund = { invoice: id, amount: '20', give_back: 'refund' };
    const made = await foundAgain(account, 'create_credit_note', refund);
    expect(made.view).toMatchObject({ refunded: '20.00 USD' });
    expect(made.undo).toBeUndefined();
    expect((await account.stripe.refunds.list()).data[0]).toMatchObject({ amount: 2000 });
    const rest = { invoice: id, full: true };
    const { preview } = await account.plan('create_credit_note', rest);
    expect(preview.facts).toContainEqual({
      label: 'Given back',
      value: '$30.00, kept as credit for later invoices',
    });
    await account.call('create_credit_note', rest);
    const customer = await account.stripe.customers.retrieve(bob);
    expect(customer.deleted ? 0 : customer.balance).toBe(-3000);
    expect(await account.refusal('create_credit_note', { invoice: id, amount: '0.01' })).toMatchObject({
      code: 'amount_too_large',
    });
    expect((await account.refusal('void_credit_note', { credit_note: made.objects[0]?.id })).code).toBe(
      'credit_note_final',
    );
  });

  test('an approver may lower the amount, a draft is not credited', async () => {
    const { withAmount } = account.tool('create_credit_note') as {
      withAmount?: (input: unknown, amount: string) => unknown;
    };
    const id = await open('9');
    const lower = withAmount?.({ invoice: id, full: true }, '4.00');
    expect((await account.plan('create_credit_note', lower)).preview.amount?.decimal).toBe('4.00');
    const made = await account.call('create_invoice', { customer: 'Bob', amount: '1', currency: 'usd' });
    const draft = { invoice: made.objects[0]?.id, full: true };
    expect((await account.refusal('create_credit_note', draft)).code).toBe('invoice_unexpected_state');
  });
});

describe('quotes', () => {
  test('one is drafted, finalized, accepted, and its subscription ended again', async () => {
    const input = { customer: 'Bob', product: 'Pro', quantity: 2, expires_at: '2030-01-01' };
    const { preview } = await account.plan('create_quote', input);
    expect(preview).toMatchObject({
      summary: 'Draft a quote for Bob (bob@example.com): 2 × Pro',
      facts: expect.arrayContaining([
        { label: 'Pro', value: '2 × $40.00 monthly' },
        { label: 'Total', value: '$80.00, before discounts and taxes' },
      ]),
    });
    const drafted = await foundAgain(account, 'create_quote', input);
    const quote = drafted.objects[0]?.id;
    expect((await account.refusal('accept_quote', { quote })).next).toContain('finalize_quote');
    await foundAgain(account, 'finalize_quote', { customer: 'Bob' });
    const plan = await account.plan('accept_quote', { quote });
    expect(plan.preview.amount).toEqual({ decimal: '80.00', currency: 'usd' });
    expect(plan.preview.facts).toContainEqual({ label: 'Then', value: '$80.00 monthly' });
    const accepted = await foundAgain(account, 'accept_quote', { quote });
    const [subscription] = (await account.stripe.subscriptions.list({ customer: bob })).data;
    expect(accepted.objects).toContainEqual({ type: 'subscription', id: subscription?.id });
    await account.undo(accepted);
    expect((await account.stripe.subscriptions.list({ customer: bob })).data).toEqual([]);
    expect((await account.call('list_quotes', { customer: 'Bob', status: 'accepted' })).view).toMatchObject({
      complete: true,
      data: [{ id: quote, customer_name: 'Bob', recurring: '80.00 USD monthly' }],
    });
  });

  test('several lines with a discount; canceled, it cannot be accepted', async () => {
    await account.call('create_coupon', { percent_off: 10, duration: 'once', name: 'Ten' });
    const lines = [{ product: 'Pro' }, { product: 'Setup' }];
    const drafted = await account.call('create_quote', { customer: 'Bob', lines, coupon: 'Ten' });
    expect(drafted.view).toMatchObject({ total: '49.50 USD', lines: [{}, {}] });
    const canceled = await foundAgain(account, 'cancel_quote', { quote: drafted.objects[0]?.id });
    expect(canceled.view).toMatchObject({ status: 'canceled' });
    expect((await account.refusal('finalize_quote', { quote: drafted.objects[0]?.id })).code).toBe(
      'quote_unexpected_state',
    );
    expect((await account.refusal('accept_quote', { customer: 'Bob' })).code).toBe('not_found');
  });

  test('lines that bill in several rhythms are refused', async () => {
    await account.call('create_price', { product: 'Pro', amount: '400', currency: 'usd', interval: 'year' });
    const lines = [
      { product: 'Pro', interval: 'month' },
      { product: 'Pro', interval: 'year' },
    ];
    expect((await account.refusal('create_quote', { customer: 'Bob', lines })).code).toBe('lines_differ');
  });
});

describe('usage', () => {
  test('it is recorded once, counted, and taken back', async () => {
    const meter = await account.stripe.billing.meters.create({
      ...{ display_name: 'API calls', event_name: 'api_call', default_aggregation: { formula: 'sum' } },
    });
    const input = { customer: 'Bob', meter: 'api_call', value: '120' };
    const { preview } = await account.plan('record_meter_event', input);
    expect(preview.summary).toBe('Record 120 API calls of Bob (bob@example.com)');
    const recorded = await account.call('record_meter_event', input);
    const start = Math.floor(Date.now() / 60_000) * 60 - 3600;
    const counted = async () => {
      const { data } = await account.stripe.billing.meters.listEventSummaries(meter.id, {
        ...{ customer: bob, start_time: start, end_time: start + 7200 },
      });
      return data.reduce((sum, { aggregated_value: value }) => sum + value, 0);
    };
    expect(await counted()).toBe(120);
    await account.undo(recorded);
    expect(await counted()).toBe(0);
    const old = { ...input, at: '2020-01-01' };
    expect((await account.refusal('record_meter_event', old)).code).toBe('invalid_moment');
    await account.stripe.billing.meters.deactivate(meter.id);
    expect((await account.refusal('record_meter_event', input)).code).toBe('inactive');
    expect((await account.call('list_meters', { status: 'inactive' })).view).toMatchObject({
      data: [{ event_name: 'api_call', counts: 'sum' }],
    });
  });

  test('credits are granted, shown with what is left, and taken back', async () => {
    const input = {
      customer: 'Bob',
      amount: '50',
      category: 'promotional',
      name: 'Sorry',
      expires_at: '2030-01-01',
    };
    const granted = await foundAgain(account, 'create_credit_grant', input);
    expect(granted.summary).toBe('Granted Bob (bob@example.com) $50.00 of credits');
    expect((await account.call('list_credit_grants', { customer: 'Bob' })).view).toMatchObject({
      complete: true,
      data: [{ name: 'Sorry', amount: '50.00 USD', category: 'promotional' }],
      available: ['50.00 USD'],
    });
    await account.undo(granted);
    expect((await account.call('list_credit_grants', { customer: 'Bob' })).view).toMatchObject({
      data: [{ voided_at: expect.any(String) }],
    });
    const again = { credit_grant: granted.objects[0]?.id };
    expect((await account.refusal('void_credit_grant', again)).code).toBe('nothing_to_change');
    const other = await account.call('create_credit_grant', { ...input, name: 'More' });
    await foundAgain(account, 'void_credit_grant', { credit_grant: other.objects[0]?.id });
  });

  test('what a customer may use is listed by feature', async () => {
    const feature = await account.stripe.entitlements.features.create({
      name: 'Export',
      lookup_key: 'export',
    });
    const [pro] = (await account.stripe.products.list()).data.filter(({ name }) => name === 'Pro');
    await account.stripe.products.createFeature(pro?.id ?? '', { entitlement_feature: feature.id });
    await account.call('create_subscription', { customer: 'Bob', product: 'Pro', interval: 'month' });
    expect((await account.call('list_active_entitlements', { customer: 'Bob' })).view).toMatchObject({
      complete: true,
      data: [{ lookup_key: 'export', name: 'Export' }],
    });
  });
});

test('a key that lacks a row is told which one', async () => {
  const permissions = { customer: 'read', invoice: 'write', plan: 'read', product: 'read' };
  const { secret } = await account.control('restricted_keys', { permissions });
  const limited = account.withKey(secret);
  const id = await open('3');
  for (const [name, input, permission] of [
    ['preview_credit_note', { invoice: id, full: true }, 'Credit notes (read)'],
    ['create_credit_note', { invoice: id, full: true }, 'Credit notes (write)'],
    ['void_credit_note', { credit_note: 'cn_1' }, 'Credit notes (write)'],
    ['list_quotes', {}, 'Quotes (read)'],
    ['create_quote', { customer: bob, product: 'Setup' }, 'Quotes (write)'],
    ['finalize_quote', { quote: 'qt_1' }, 'Quotes (write)'],
    ['accept_quote', { quote: 'qt_1' }, 'Quotes (write)'],
    ['cancel_quote', { quote: 'qt_1' }, 'Quotes (write)'],
    ['list_meters', {}, 'Billing meters (read)'],
    ['record_meter_event', { customer: bob, meter: 'x', value: '1' }, 'Billing meters (read)'],
    ['cancel_meter_event', { meter: 'x', identifier: 'y' }, 'Billing meters (read)'],
    ['list_credit_grants', {}, 'Billing credit grants (read)'],
    [
      'create_credit_grant',
      { customer: bob, amount: '1', category: 'paid' },
      'Billing credit grants (write)',
    ],
    ['void_credit_grant', { credit_grant: 'credgr_1' }, 'Billing credit grants (write)'],
    ['list_active_entitlements', { customer: bob }, 'Entitlements (read)'],
  ] as const) {
    const error = await limited.refusal(name, input);
    expect([name, error.code, error.details.permission]).toEqual([name, 'permission_missing', permission]);
  }
});
