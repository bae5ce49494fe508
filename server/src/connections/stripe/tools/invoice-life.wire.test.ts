import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OutcomeUnknown, ToolError } from '../../../tools/tool.ts';
import { foundAgain, operation, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;

beforeAll(async () => {
  account = await testAccount('sk_test_invoice_life');
  bob = (await account.stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
  await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
});
afterAll(() => account.close());

const invoice = (id: string | undefined) => account.stripe.invoices.retrieve(id ?? '');

/** A draft, and its id. */
async function draft(amount = '100'): Promise<string> {
  const made = await account.call('create_invoice', {
    ...{ customer: 'Bob', amount, currency: 'usd', description: 'work' },
  });
  return made.objects[0]?.id ?? '';
}

async function open(amount = '100'): Promise<string> {
  const id = await draft(amount);
  await account.call('finalize_invoice', { invoice: id });
  return id;
}

describe('drafts', () => {
  test('one is found by its mark and deleted again, and that is found by its being gone', async () => {
    const made = await foundAgain(account, 'create_invoice', {
      customer: 'Bob',
      amount: '5',
      currency: 'usd',
    });
    expect(made.undo).toMatchObject({ tool: 'delete_draft_invoice' });
    await foundAgain(account, 'delete_draft_invoice', { invoice: made.objects[0]?.id });
    await expect(invoice(made.objects[0]?.id)).rejects.toMatchObject({ code: 'resource_missing' });
  });

  test('an approver may lower the amount', async () => {
    const { withAmount } = account.tool('create_invoice') as {
      withAmount?: (a: unknown, b: string) => unknown;
    };
    const input = withAmount?.({ customer: 'Bob', amount: '9', currency: 'usd' }, '7.50');
    expect((await account.plan('create_invoice', input)).preview.amount?.decimal).toBe('7.50');
  });

  test('lines by amount and by price are added, told in money, and taken off again', async () => {
    await account.call('create_product', { name: 'Sticker', amount: '3', currency: 'usd' });
    const id = await draft('10');
    const input = { customer: 'Bob', invoice: id, product: 'Sticker', quantity: 4 };
    const { preview } = await account.plan('create_invoice_item', input);
    expect(preview).toMatchObject({
      summary: `Add $12.00 for 4 × Sticker to the draft ${id} of Bob (bob@example.com)`,
      amount: { decimal: '12.00', currency: 'usd' },
      facts: [
        { value: expect.stringContaining('$10.00 → $22.00') },
        { label: 'Can be undone', value: 'yes, while the invoice is a draft' },
      ],
    });
    const added = await foundAgain(account, 'create_invoice_item', input);
    expect((await invoice(id)).total).toBe(2200);
    await account.undo(added);
    expect((await invoice(id)).total).toBe(1000);
    const waiting = { customer: 'Bob', amount: '1.50', currency: 'usd', description: 'later' };
    await account.undo(await foundAgain(account, 'create_invoice_item', waiting));
    expect((await account.stripe.invoiceItems.list({ customer: bob, pending: true })).data).toEqual([]);
    await account.call('create_product', { name: 'Club', amount: '3', currency: 'usd', interval: 'month' });
    expect((await account.refusal('create_invoice_item', { customer: 'Bob', product: 'Club' })).code).toBe(
      'invalid_price',
    );
  });

  test('memo, footer and due date change, and are set back', async () => {
    const id = await draft();
    const before = await invoice(id);
    const input = { invoice: id, description: 'Thank you', footer: 'Net', due_date: '2030-03-01' };
    const changed = await foundAgain(account, 'update_draft_invoice', input);
    expect(await invoice(id)).toMatchObject({
      description: 'Thank you',
      footer: 'Net',
      due_date: Date.UTC(2030, 2, 1) / 1000,
    });
    await account.undo(changed);
    const after = await invoice(id);
    expect([after.description || null, after.footer || null, after.due_date]).toEqual([
      null,
      null,
      before.due_date,
    ]);
    await account.call('finalize_invoice', { invoice: id });
    expect(await account.refusal('update_draft_invoice', input)).toMatchObject({
      code: 'invoice_unexpected_state',
    });
    expect((await account.refusal('delete_draft_invoice', { invoice: id })).code).toBe(
      'invoice_unexpected_state',
    );
  });

  test('one for the saved card needs no due date', async () => {
    const made = await account.call('create_invoice', {
      ...{ customer: 'Bob', amount: '8', currency: 'usd', collection_method: 'charge_automatically' },
    });
    const id = made.objects[0]?.id;
    expect(await invoice(id)).toMatchObject({
      collection_method: 'charge_automatically',
      auto_advance: false,
    });
    expect((await account.refusal('update_draft_invoice', { invoice: id, days_until_due: 3 })).code).toBe(
      'invoice_unexpected_state',
    );
    await account.call('finalize_invoice', { invoice: id });
    expect((await account.refusal('send_invoice', { invoice: id })).next).toContain('pay_invoice');
  });
});

test('an invoice is read with all of its lines', async () => {
  const id = await draft('1');
  for (let n = 0; n < 25; n += 1)
    await account.stripe.invoiceItems.create({ customer: bob, invoice: id, amount: 100, currency: 'usd' });
  const { view } = await account.call('get_invoice', { invoice: id });
  expect(view).toMatchObject({ total: '26.00 USD', lines: { length: 26 } });
  expect(view).not.toHaveProperty('lines_complete');
});

describe('steps', () => {
  test('finalizing is found by its mark, and what sets it back voids it', async () => {
    const id = await draft();
    const done = await foundAgain(account, 'finalize_invoice', { invoice: id });
    expect(done.objects).toContainEqual({ type: 'customer', id: bob, label: 'Bob' });
    await account.undo(done);
    expect((await invoice(id)).status).toBe('void');
  });

  test('mailing is found in the events, and without those nobody says that it did not happen', async () => {
    const id = await draft();
    await foundAgain(account, 'send_invoice', { invoice: id });
    const again = await foundAgain(account, 'send_invoice', { invoice: id });
    expect(again.undo).toBeUndefined();
    const permissions = { invoice: 'write', customer: 'read' };
    const { secret } = await account.control('restricted_keys', { permissions });
    const error = await account
      .withKey(secret)
      .traced('send_invoice', { invoice: id })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unclear', next: expect.stringContaining('Events (read)') });
  });

  test('having been sent before is not having been sent again', async () => {
    const id = await open('6');
    await account.call('send_invoice', { invoice: id });
    await account.control('faults', { path: `/v1/invoices/${id}/send`, status: 500, times: 10 });
    const tool = account.tool('send_invoice');
    if (tool.effect === 'read') throw new Error('It only reads.');
    const { sealed } = await tool.plan({ invoice: id }, {});
    const context = operation('op_send_again');
    await expect(tool.act(sealed, context)).rejects.toThrow(OutcomeUnknown);
    expect((await invoice(id)).metadata).toEqual({ purser_op: 'op_send_again' });
    expect(await tool.find?.(sealed, { operationId: 'op_send_again', since: new Date() })).toBeNull();
  });

  test('voiding and writing off are found by their marks', async () => {
    const one = await open('40');
    const { preview } = await account.plan('mark_uncollectible', { invoice: one });
    expect(preview).toMatchObject({
      summary: expect.stringMatching(/^Write off \$40\.00 on the invoice \S+ to Bob$/),
      amount: { decimal: '40.00', currency: 'usd' },
    });
    await foundAgain(account, 'mark_uncollectible', { invoice: one });
    expect(await invoice(one)).toMatchObject({
      status: 'uncollectible',
      metadata: { purser_op: expect.any(String) },
    });
    await foundAgain(account, 'void_invoice', { invoice: one });
    expect((await account.refusal('mark_uncollectible', { invoice: one })).code).toBe(
      'invoice_unexpected_state',
    );
  });
});

describe('paying', () => {
  test('it is found by its mark, and refunded by what sets it back', async () => {
    const id = await open('29.99');
    const paid = await foundAgain(account, 'pay_invoice', { invoice: id });
    expect(paid.undo?.label).toBe('Refund $29.99; the invoice stays paid');
    await account.undo(paid);
    expect((await account.stripe.refunds.list()).data[0]).toMatchObject({ amount: 2999 });
  });

  test('a decline is found as the decline it was', async () => {
    const id = await open('31');
    const traced = await account.traced('pay_invoice', {
      ...{ invoice: id, payment_method: '4000 0000 0000 0341' },
    });
    expect(traced.before).toBeNull();
    if (!(traced.said instanceof ToolError)) throw new Error('It was paid.');
    expect(traced.said.code).toBe('card_declined');
    expect(traced.after).toMatchObject({ code: 'card_declined', message: traced.said.message });
    expect((await invoice(id)).status).toBe('open');
  });

  test('what was paid outside of Stripe is noted, and nothing is charged', async () => {
    const id = await open('77');
    const charges = (await account.stripe.charges.list({ limit: 100 })).data.length;
    const input = { invoice: id, paid_out_of_band: true };
    const noted = await foundAgain(account, 'pay_invoice', input);
    expect(noted.summary).toMatch(/^Noted that Bob paid the invoice \S+ outside of Stripe$/);
    expect((await invoice(id)).status).toBe('paid');
    expect((await account.stripe.charges.list({ limit: 100 })).data).toHaveLength(charges);
  });
});

test('a key without the Invoices row is told so by every tool', async () => {
  const { secret } = await account.control('restricted_keys', { permissions: { customer: 'read' } });
  const limited = account.withKey(secret);
  const id = await draft();
  for (const [name, input, level] of [
    ['list_invoices', {}, 'read'],
    ['get_invoice', { invoice: id }, 'read'],
    ['update_draft_invoice', { invoice: id, footer: 'x' }, 'write'],
    ['delete_draft_invoice', { invoice: id }, 'write'],
    ['create_invoice_item', { customer: bob, invoice: id, amount: '1', description: 'x' }, 'write'],
    ['delete_invoice_item', { invoice_item: 'ii_1' }, 'write'],
    ['finalize_invoice', { invoice: id }, 'write'],
    ['send_invoice', { invoice: id }, 'write'],
    ['pay_invoice', { invoice: id }, 'write'],
    ['void_invoice', { invoice: id }, 'write'],
    ['mark_uncollectible', { invoice: id }, 'write'],
    ['create_invoice', { customer: bob, amount: '1', currency: 'usd' }, 'write'],
  ] as const) {
    const error = await limited.refusal(name, input);
    expect([name, error.code, error.details.permission]).toEqual([
      name,
      'permission_missing',
      `Invoices (${level})`,
    ]);
  }
});
