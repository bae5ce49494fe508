import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const key = `sk_test_credit_notes${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ email: 'bea@example.com' })).id;
  const method = (await stripe.paymentMethods.attach('pm_card_visa', { customer })).id;
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } });
  const open = async (lines: Stripe.InvoiceAddLinesParams.Line[], more: Stripe.InvoiceCreateParams = {}) => {
    const { id } = await stripe.invoices.create({ customer, currency: 'usd', ...more });
    await stripe.invoices.addLines(id, { lines });
    return stripe.invoices.finalizeInvoice(id);
  };
  const paid = async (lines: Stripe.InvoiceAddLinesParams.Line[], more: Stripe.InvoiceCreateParams = {}) =>
    stripe.invoices.pay((await open(lines, more)).id);
  const balance = async () => ((await stripe.customers.retrieve(customer)) as Stripe.Customer).balance;
  const audit = async () => {
    const headers = { authorization: `Bearer ${key}` };
    return (await sandbox.fetch('http://sandbox/_sandbox/audit', { headers })).json();
  };
  return { stripe, customer, open, paid, balance, audit };
}

describe('a credit note on an open invoice', () => {
  test('lowers what it asks for, and voiding it asks again', async () => {
    const { stripe, customer, open } = await shop();
    const invoice = await open([{ amount: 1000 }]);
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 300,
      reason: 'order_change',
      memo: 'Sorry',
      metadata: { order: '7' },
    });
    expect(note).toMatchObject({
      object: 'credit_note',
      status: 'issued',
      type: 'pre_payment',
      amount: 300,
      total: 300,
      pre_payment_amount: 300,
      post_payment_amount: 0,
      number: `${invoice.number}-CN-01`,
      customer,
      memo: 'Sorry',
      reason: 'order_change',
      refunds: [],
      lines: { data: [{ amount: 300, type: 'custom_line_item' }] },
    });
    const lowered = await stripe.invoices.retrieve(invoice.id);
    expect(lowered).toMatchObject({
      status: 'open',
      total: 1000,
      amount_due: 700,
      amount_remaining: 700,
      pre_payment_credit_notes_amount: 300,
    });
    const gone = await stripe.creditNotes.voidCreditNote(note.id);
    expect(gone).toMatchObject({ status: 'void', number: note.number, voided_at: expect.any(Number) });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      amount_due: 1000,
      amount_remaining: 1000,
      pre_payment_credit_notes_amount: 0,
    });
    await expect(stripe.creditNotes.voidCreditNote(note.id)).rejects.toThrow(/already been voided/);
    const second = await stripe.creditNotes.create({ invoice: invoice.id, amount: 400 });
    expect(second.number).toBe(`${invoice.number}-CN-02`);
    const settled = await stripe.invoices.pay(invoice.id);
    expect(settled).toMatchObject({ status: 'paid', amount_paid: 600, amount_due: 600 });
    expect((await stripe.charges.list()).data).toMatchObject([{ amount: 600 }]);
    await expect(stripe.creditNotes.voidCreditNote(second.id)).rejects.toThrow(
      'You can only void a credit note if the associated invoice is open.',
    );
  });

  test('over all of it leaves it paid without a charge', async () => {
    const { stripe, open } = await shop();
    const invoice = await open([{ amount: 1000 }]);
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 1000 });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_due: 0,
      amount_paid: 0,
      amount_remaining: 0,
    });
    expect((await stripe.charges.list()).data).toEqual([]);
    const types = (await stripe.events.list()).data.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['credit_note.created', 'invoice.updated', 'invoice.paid']));
  });

  test('goes beyond what is open only with a word on where the rest goes', async () => {
    const { stripe, customer, open, balance } = await shop();
    await stripe.customers.createBalanceTransaction(customer, { amount: -400, currency: 'usd' });
    const invoice = await open([{ amount: 1000 }]);
    expect(invoice.amount_due).toBe(600);
    await expect(stripe.creditNotes.create({ invoice: invoice.id, amount: 900 })).rejects.toThrow(
      'The sum of refunds, credit amount, and out of band amount ($0.00) must equal the credit note post_payment_amount ($3.00).',
    );
    const note = await stripe.creditNotes.create({ invoice: invoice.id, amount: 900, credit_amount: 300 });
    expect(note).toMatchObject({ type: 'mixed', pre_payment_amount: 600, post_payment_amount: 300 });
    expect(await balance()).toBe(-300);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      pre_payment_credit_notes_amount: 600,
      post_payment_credit_notes_amount: 300,
    });
  });
});

describe('a credit note on a paid invoice', () => {
  test('is refunded, credited and given back elsewhere as it says', async () => {
    const { stripe, customer, paid, balance, audit } = await shop();
    const invoice = await paid([{ amount: 1000 }]);
    const note = await stripe.creditNotes.create(
      {
        invoice: invoice.id,
        lines: [
          { type: 'custom_line_item', description: 'Late', unit_amount: 100, quantity: 2 },
          { type: 'custom_line_item', description: 'Scratched', unit_amount: 400 },
        ],
        refund_amount: 100,
        credit_amount: 200,
        out_of_band_amount: 300,
        effective_at: 1_700_000_000,
      },
      { idempotencyKey: 'once' },
    );
    expect(note).toMatchObject({
      type: 'post_payment',
      amount: 600,
      post_payment_amount: 600,
      out_of_band_amount: 300,
      effective_at: 1_700_000_000,
      refunds: [{ amount_refunded: 100, type: 'refund' }],
    });
    expect(await balance()).toBe(-200);
    const [entry] = (await stripe.customers.listBalanceTransactions(customer)).data;
    expect(entry).toMatchObject({
      type: 'credit_note',
      amount: -200,
      credit_note: note.id,
      invoice: invoice.id,
    });
    expect(note.customer_balance_transaction).toBe(entry?.id);
    const [refund] = (await stripe.refunds.list()).data;
    expect(note.refunds[0]?.refund).toBe(refund?.id);
    expect(refund?.amount).toBe(100);
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      status: 'paid',
      amount_due: 1000,
      amount_paid: 1000,
      post_payment_credit_notes_amount: 600,
    });
    await expect(
      stripe.creditNotes.create({ invoice: invoice.id, amount: 401, credit_amount: 401 }),
    ).rejects.toThrow(/must not be greater than the creditable amount of the invoice \(\$4.00\)/);
    expect((await stripe.creditNotes.list({ invoice: invoice.id })).data).toHaveLength(1);
    expect(await audit()).toMatchObject({ problems: [] });
  });

  test('takes up refunds that were made before, which count once', async () => {
    const { stripe, paid } = await shop();
    const invoice = await paid([{ amount: 1000 }]);
    const [charge] = (await stripe.charges.list()).data;
    const refund = await stripe.refunds.create({ charge: charge?.id, amount: 700 });
    await expect(
      stripe.creditNotes.create({ invoice: invoice.id, amount: 400, credit_amount: 400 }),
    ).rejects.toThrow(/creditable amount of the invoice \(\$3.00\)/);
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 700,
      refunds: [{ refund: refund.id, amount_refunded: 700 }],
    });
    expect(note.refunds).toMatchObject([{ refund: refund.id, amount_refunded: 700 }]);
    await expect(
      stripe.creditNotes.create({ invoice: invoice.id, amount: 100, refunds: [{ refund: refund.id }] }),
    ).rejects.toThrow(/must not be greater/);
    await expect(
      stripe.creditNotes.create({ invoice: invoice.id, amount: 300, refund_amount: 300 }),
    ).resolves.toMatchObject({ amount: 300 });
    expect((await stripe.refunds.list()).data).toHaveLength(2);
  });

  test('that was paid elsewhere is not refunded', async () => {
    const { stripe, open } = await shop();
    const invoice = await open([{ amount: 1000 }]);
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    await expect(
      stripe.creditNotes.create({ invoice: invoice.id, amount: 500, refund_amount: 500 }),
    ).rejects.toThrow(/no charge associated/);
    expect((await stripe.creditNotes.list()).data).toEqual([]);
    await stripe.creditNotes.create({ invoice: invoice.id, amount: 500, out_of_band_amount: 500 });
  });
});

describe('a credit of lines', () => {
  const lines = [{ amount: 1000 }, { amount: 333 }];

  test('takes its share of discounts and taxes', async () => {
    const { stripe, open } = await shop();
    const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 });
    const coupon = await stripe.coupons.create({ percent_off: 10 });
    const invoice = await open(lines, { default_tax_rates: [vat.id], discounts: [{ coupon: coupon.id }] });
    const [first, second] = invoice.lines.data.map(({ id }) => id);
    const note = await stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [
        { type: 'invoice_line_item', invoice_line_item: first, amount: 500 },
        { type: 'invoice_line_item', invoice_line_item: second, quantity: 1 },
      ],
    });
    expect(note).toMatchObject({
      subtotal: 833,
      discount_amount: 83,
      total: 833 - 83 + 90 + 60,
      total_excluding_tax: 750,
    });
    expect(note.total_taxes).toMatchObject([{ amount: 150, tax_rate_details: { tax_rate: vat.id } }]);
    const rest = await stripe.creditNotes.create({
      invoice: invoice.id,
      lines: [{ type: 'invoice_line_item', invoice_line_item: first, amount: 500 }],
    });
    expect(note.total + rest.total).toBe(invoice.total);
    expect((await stripe.invoices.retrieve(invoice.id)).status).toBe('paid');
    await expect(
      stripe.creditNotes.create({
        invoice: invoice.id,
        lines: [{ type: 'invoice_line_item', invoice_line_item: first, amount: 1 }],
      }),
    ).rejects.toMatchObject({ param: 'lines[0][amount]' });
  });

  test('is previewed as it then is, and leaves nothing behind', async () => {
    const { stripe, customer, paid, balance } = await shop();
    const invoice = await paid(lines);
    const params: Stripe.CreditNoteCreateParams = {
      invoice: invoice.id,
      lines: invoice.lines.data.map(({ id }) => ({
        type: 'invoice_line_item',
        invoice_line_item: id,
        quantity: 1,
      })),
      refund_amount: 1000,
      credit_amount: 333,
    };
    const preview = await stripe.creditNotes.preview(params);
    expect(await balance()).toBe(0);
    expect((await stripe.creditNotes.list({ customer })).data).toEqual([]);
    expect((await stripe.refunds.list()).data).toEqual([]);
    const previewed = await stripe.creditNotes.listPreviewLineItems({ ...params, limit: 1 });
    expect(previewed).toMatchObject({ has_more: true, data: [{ amount: 1000 }] });
    const note = await stripe.creditNotes.create(params);
    const shape = ({ amount, number, subtotal, total, type }: Stripe.CreditNote) => ({
      amount,
      number,
      subtotal,
      total,
      type,
    });
    expect(shape(note)).toEqual(shape(preview));
    expect((await stripe.creditNotes.listLineItems(note.id, { limit: 1 })).has_more).toBe(true);
    const updated = await stripe.creditNotes.update(note.id, { memo: 'Thanks', metadata: { a: 'b' } });
    expect(updated).toMatchObject({ memo: 'Thanks', metadata: { a: 'b' } });
    const expanded = await stripe.creditNotes.retrieve(note.id, { expand: ['invoice', 'refunds.refund'] });
    expect(expanded).toMatchObject({ invoice: { id: invoice.id }, refunds: [{ refund: { amount: 1000 } }] });
  });

  test.each<[string, (line: string) => Partial<Stripe.CreditNoteCreateParams>, RegExp]>([
    ['without anything', () => ({}), /Missing required param: amount/],
    [
      'of nothing',
      () => ({ lines: [{ type: 'custom_line_item', unit_amount: 0 }] }),
      /must be greater than 0/,
    ],
    [
      'that says less than its lines',
      (line) => ({ amount: 5, lines: [{ type: 'invoice_line_item', invoice_line_item: line }] }),
      /must equal the sum of the lines/,
    ],
    [
      'of a line with a unit amount',
      (line) => ({ lines: [{ type: 'invoice_line_item', invoice_line_item: line, unit_amount: 5 }] }),
      /only valid when `type` is `custom_line_item`/,
    ],
    [
      'of a line it does not name',
      () => ({ lines: [{ type: 'invoice_line_item', amount: 5 }] }),
      /Missing required param: lines\[0\]\[invoice_line_item\]/,
    ],
    [
      'of a line of another invoice',
      () => ({ lines: [{ type: 'invoice_line_item', invoice_line_item: 'il_other' }] }),
      /No such invoice line item/,
    ],
    [
      'of more than the quantity',
      (line) => ({ lines: [{ type: 'invoice_line_item', invoice_line_item: line, quantity: 2 }] }),
      /must not be greater than what is left/,
    ],
    [
      'with its own line priced by nothing',
      () => ({ lines: [{ type: 'custom_line_item', description: 'x' }] }),
      /Missing required param: lines\[0\]\[unit_amount\]/,
    ],
  ])('%s is refused', async (_, params, message) => {
    const { stripe, open } = await shop();
    const invoice = await open(lines);
    const line = invoice.lines.data[0]?.id ?? '';
    await expect(stripe.creditNotes.create({ invoice: invoice.id, ...params(line) })).rejects.toThrow(
      message,
    );
  });

  test('of a draft or a voided invoice is refused', async () => {
    const { stripe, customer, open } = await shop();
    const draft = await stripe.invoices.create({ customer });
    await expect(stripe.creditNotes.create({ invoice: draft.id, amount: 5 })).rejects.toThrow(
      /This invoice is draft/,
    );
    const invoice = await open(lines);
    await stripe.invoices.voidInvoice(invoice.id);
    await expect(stripe.creditNotes.create({ invoice: invoice.id, amount: 5 })).rejects.toThrow(
      /This invoice is void/,
    );
    await expect(stripe.creditNotes.create({ invoice: 'in_nope', amount: 5 })).rejects.toMatchObject({
      param: 'invoice',
      code: 'resource_missing',
    });
  });
});

test('notes never come to more than their invoice, and add up to it when all lines are credited', async () => {
  const { stripe, customer, audit } = await shop();
  const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 7.7 });
  const within = await stripe.taxRates.create({ display_name: 'GST', inclusive: true, percentage: 19 });
  const coupon = (await stripe.coupons.create({ percent_off: 12.5 })).id;
  const story = fc.record({
    amounts: fc.array(fc.integer({ min: 60, max: 5000 }), { minLength: 1, maxLength: 3 }),
    discounted: fc.boolean(),
    rate: fc.constantFrom(vat.id, within.id, null),
    pays: fc.boolean(),
    parts: fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3000 })), { maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ amounts, discounted, rate, pays, parts }) => {
      const { id } = await stripe.invoices.create({
        customer,
        currency: 'usd',
        ...(discounted ? { discounts: [{ coupon }] } : {}),
        ...(rate ? { default_tax_rates: [rate] } : {}),
      });
      await stripe.invoices.addLines(id, { lines: amounts.map((amount) => ({ amount })) });
      const open = await stripe.invoices.finalizeInvoice(id);
      if (pays) await stripe.invoices.pay(id);
      const left = new Map(open.lines.data.map((line) => [line.id, line.amount]));
      const credit = async (line: string, amount: number) => {
        const params = {
          invoice: id,
          lines: [{ type: 'invoice_line_item' as const, invoice_line_item: line, amount }],
        };
        const outside = { ...params, out_of_band_amount: 0 };
        try {
          const { total } = await stripe.creditNotes.preview({ ...outside }).catch(async (error: Error) => {
            const sum = /post_payment_amount \(\$([\d.,]+)\)/.exec(error.message)?.[1];
            if (sum === undefined) throw error;
            const cents = Math.round(Number(sum.replace(',', '')) * 100);
            return stripe.creditNotes.create({ ...params, out_of_band_amount: cents });
          });
          if (!pays) await stripe.creditNotes.create(params);
          left.set(line, (left.get(line) ?? 0) - amount);
          return total;
        } catch (error) {
          expect(error).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
          return 0;
        }
      };
      for (const [pick, amount] of parts) {
        const line = open.lines.data[pick % open.lines.data.length];
        if (line) await credit(line.id, amount);
      }
      for (const [line, amount] of left) if (amount > 0) await credit(line, amount);
      const notes = await stripe.creditNotes.list({ invoice: id, limit: 100 });
      expect(notes.data.reduce((sum, { total }) => sum + total, 0)).toBe(open.total);
      const after = await stripe.invoices.retrieve(id);
      expect(after).toMatchObject({ status: 'paid', amount_remaining: 0 });
      expect(after.pre_payment_credit_notes_amount + after.post_payment_credit_notes_amount).toBe(open.total);
      await expect(stripe.creditNotes.create({ invoice: id, amount: 1 })).rejects.toThrow(/creditable/);
    }),
    { numRuns: 25 },
  );
  expect(await audit()).toMatchObject({ problems: [] });
});
