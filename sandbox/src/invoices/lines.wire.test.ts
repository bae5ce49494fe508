import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_lines${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ email: 'bea@example.com' })).id;
  const product = (await stripe.products.create({ name: 'Nails' })).id;
  const draft = () => stripe.invoices.create({ customer, currency: 'usd' });
  return { stripe, customer, product, draft };
}
const refusal = (message: string | RegExp, param?: string) =>
  expect.objectContaining({ statusCode: 400, message: expect.stringMatching(message), param });

describe('lines of a draft', () => {
  test('are added with an amount, a price, price data or an item that waits', async () => {
    const { stripe, customer, product, draft } = await shop();
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 250 });
    const waiting = await stripe.invoiceItems.create({ customer, currency: 'usd', amount: 70 });
    const { id } = await draft();
    const made = await stripe.invoices.addLines(id, {
      invoice_metadata: { order: '7' },
      lines: [
        { amount: 999, description: 'Delivery' },
        { pricing: { price: price.id }, quantity: 3 },
        {
          price_data: { currency: 'usd', product, unit_amount_decimal: Stripe.Decimal.from('0.5') },
          quantity: 5,
        },
        { invoice_item: waiting.id },
      ],
    });
    expect(made.lines.data.map(({ amount, quantity }) => [amount, quantity])).toEqual([
      [999, 1],
      [750, 3],
      [3, 5],
      [70, 1],
    ]);
    expect(made).toMatchObject({ total: 1822, metadata: { order: '7' } });
    expect((await stripe.invoiceItems.list({ invoice: id })).data).toHaveLength(4);
    await expect(stripe.invoices.addLines(id, { lines: [{ amount: 5, quantity: 2 }] })).rejects.toEqual(
      refusal(/^You may only specify one of these parameters: amount, quantity.$/, 'lines[0][amount]'),
    );
    await expect(stripe.invoices.addLines(id, { lines: [{ description: 'nothing' }] })).rejects.toEqual(
      refusal(/Missing required param/, 'lines[0][amount]'),
    );
    expect((await stripe.invoices.retrieve(id)).total).toBe(1822);
  });

  test('may describe the product they are for', async () => {
    const { stripe, product, draft } = await shop();
    const { id } = await draft();
    const product_data = { name: 'Screws', tax_code: 'txcd_99999999', unit_label: 'box' };
    const made = await stripe.invoices.addLines(id, {
      lines: [{ price_data: { currency: 'usd', product_data, unit_amount: 400 }, quantity: 2 }],
    });
    expect(made.lines.data).toMatchObject([{ amount: 800, description: 'Screws' }]);
    const described = made.lines.data[0]?.pricing?.price_details?.product ?? '';
    expect(await stripe.products.retrieve(described)).toMatchObject({ ...product_data, active: true });
    for (const [data, param] of [
      [{ product, product_data }, 'lines[0][price_data][product]'],
      [{}, 'lines[0][price_data][product]'],
    ] as const)
      await expect(
        stripe.invoices.addLines(id, {
          lines: [{ price_data: { currency: 'usd', unit_amount: 1, ...data } }],
        }),
      ).rejects.toMatchObject({ param });
  });

  test('are changed one by one or together, and their items with them', async () => {
    const { stripe, product, draft } = await shop();
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 250 });
    const { id } = await draft();
    const made = await stripe.invoices.addLines(id, {
      lines: [
        { amount: 999, description: 'Delivery' },
        { pricing: { price: price.id }, quantity: 3 },
      ],
    });
    const [first, second] = made.lines.data.map((line) => line.id);
    if (!first || !second) throw new Error('two lines were added');
    const line = await stripe.invoices.updateLineItem(id, first, { amount: 777, description: 'Express' });
    expect(line).toMatchObject({ id: first, object: 'line_item', amount: 777, description: 'Express' });
    const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 });
    const coupon = await stripe.coupons.create({ percent_off: 50 });
    const after = await stripe.invoices.updateLines(id, {
      lines: [
        { id: first, tax_rates: [vat.id] },
        { id: second, quantity: 4, discounts: [{ coupon: coupon.id }] },
      ],
    });
    expect(after).toMatchObject({ subtotal: 1777, total: 777 + 155 + 500 });
    const item = after.lines.data[1]?.parent?.invoice_item_details?.invoice_item ?? '';
    expect(await stripe.invoiceItems.retrieve(item)).toMatchObject({ amount: 1000, quantity: 4 });
    await expect(stripe.invoices.updateLineItem(id, 'il_nope', { amount: 1 })).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('are removed for good or left to wait for another invoice', async () => {
    const { stripe, customer, draft } = await shop();
    const { id } = await draft();
    const made = await stripe.invoices.addLines(id, { lines: [{ amount: 100 }, { amount: 200 }] });
    const [first, second] = made.lines.data.map((line) => line.id);
    const after = await stripe.invoices.removeLines(id, {
      lines: [
        { id: first ?? '', behavior: 'delete' },
        { id: second ?? '', behavior: 'unassign' },
      ],
    });
    expect(after).toMatchObject({ total: 0, lines: { data: [] } });
    expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toMatchObject([
      { amount: 200, invoice: null },
    ]);
    // @ts-expect-error The SDK knows that a behavior is needed.
    await expect(stripe.invoices.removeLines(id, { lines: [{ id: 'il_1' }] })).rejects.toMatchObject({
      code: 'parameter_missing',
      param: 'lines[0][behavior]',
    });
  });

  test('beyond the tenth are told by the list of lines, page by page', async () => {
    const { stripe, draft } = await shop();
    const { id } = await draft();
    const lines = Array.from({ length: 23 }, (_, at) => ({ amount: 100 + at }));
    const made = await stripe.invoices.addLines(id, { lines });
    expect(made.lines).toMatchObject({ has_more: true, total_count: 23 });
    expect(made.lines.data).toHaveLength(10);
    expect(made.total).toBe(23 * 100 + (22 * 23) / 2);
    const all = await stripe.invoices.listLineItems(id, { limit: 4 }).autoPagingToArray({ limit: 100 });
    expect(all.map(({ amount }) => amount)).toEqual(lines.map(({ amount }) => amount));
    const before = await stripe.invoices.listLineItems(id, { limit: 3, ending_before: all[5]?.id });
    expect(before.data.map(({ amount }) => amount)).toEqual([102, 103, 104]);
    expect(before.has_more).toBe(true);
    const [gone] = all;
    const less = await stripe.invoices.removeLines(id, {
      lines: [{ id: gone?.id ?? '', behavior: 'delete' }],
    });
    expect(less.lines).toMatchObject({ total_count: 22 });
    const open = await stripe.invoices.finalizeInvoice(id);
    expect(open).toMatchObject({ amount_due: made.total - 100, lines: { total_count: 22 } });
  });
});

describe('an invoice item', () => {
  test('takes exact unit amounts and quantities and rounds once', async () => {
    const { stripe, customer, product } = await shop();
    const item = await stripe.invoiceItems.create({
      customer,
      currency: 'usd',
      unit_amount_decimal: Stripe.Decimal.from('0.35'),
      quantity_decimal: Stripe.Decimal.from('12.5'),
    });
    expect(item).toMatchObject({ amount: 4, quantity: 12 });
    expect(String(item.quantity_decimal)).toBe('12.5');
    const price = await stripe.prices.create({ product, currency: 'usd', unit_amount: 99 });
    const priced = await stripe.invoiceItems.create({
      customer,
      pricing: { price: price.id },
      quantity_decimal: Stripe.Decimal.from('1.50'),
    });
    expect(priced).toMatchObject({ amount: 149, quantity: 1, discountable: true });
    expect(await stripe.invoiceItems.update(priced.id, { quantity: 4 })).toMatchObject({ amount: 396 });
    expect(await stripe.invoiceItems.update(priced.id, { amount: -50 })).toMatchObject({
      amount: -50,
      pricing: null,
    });
  });

  test('below nothing is not discounted unless that is asked for', async () => {
    const { stripe, customer } = await shop();
    const item = await stripe.invoiceItems.create({ customer, currency: 'usd', amount: -500 });
    expect(item).toMatchObject({ discountable: false, net_amount: -500 });
  });

  test('is refused where it contradicts itself', async () => {
    const { stripe, customer, product, draft } = await shop();
    const monthly = await stripe.prices.create({
      product,
      currency: 'usd',
      unit_amount: 5,
      recurring: { interval: 'month' },
    });
    await expect(stripe.invoiceItems.create({ customer, pricing: { price: monthly.id } })).rejects.toEqual(
      refusal(/only accepts prices with `type=one_time`/, 'pricing[price]'),
    );
    await expect(
      stripe.invoiceItems.create({ customer, currency: 'usd', amount: 5, pricing: { price: monthly.id } }),
    ).rejects.toEqual(refusal(/only specify one of these parameters: amount, pricing/, 'amount'));
    await expect(
      stripe.invoiceItems.create({ customer, currency: 'usd', amount: 5, period: { start: 9, end: 3 } }),
    ).rejects.toEqual(refusal(/must not be before its start/, 'period[end]'));
    const { id } = await draft();
    await expect(
      stripe.invoiceItems.create({ customer, invoice: id, currency: 'eur', amount: 5 }),
    ).rejects.toEqual(refusal(/usd, not eur/, 'currency'));
    const other = (await stripe.customers.create({})).id;
    await expect(
      stripe.invoiceItems.create({ customer: other, invoice: id, currency: 'usd', amount: 5 }),
    ).rejects.toEqual(refusal(/does not belong to the customer/, 'invoice'));
    await expect(stripe.invoiceItems.retrieve('ii_nope')).rejects.toMatchObject({
      statusCode: 404,
      message: "No such Invoice Item: 'ii_nope'(livemode=false)",
    });
  });
});
