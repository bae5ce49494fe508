import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_expand', { httpClient, maxNetworkRetries: 0 });

test('what stands in lists of an invoice is expanded with it, on lines and on credit notes too', async () => {
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' });
  const { id: customer } = await stripe.customers.create();
  const { id: draft = '' } = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 3,
    discounts: [{ coupon: coupon.id }],
  });
  await stripe.invoices.addLines(draft, { lines: [{ amount: 1000, description: 'Work' }] });
  await stripe.invoices.finalizeInvoice(draft);
  const off = { discount: { object: 'discount', source: { coupon: coupon.id } } };
  const expand = [
    'total_discount_amounts.discount',
    'lines.data.discount_amounts.discount',
    'default_source',
  ];
  expect(await stripe.invoices.retrieve(draft, { expand })).toMatchObject({
    default_source: null,
    total_discount_amounts: [off],
    lines: { data: [{ discount_amounts: [off] }] },
  });
  const note = { invoice: draft, amount: 100, expand: ['discount_amounts.discount'] };
  expect(await stripe.creditNotes.create(note)).toMatchObject({ object: 'credit_note' });
});

test('tax codes and applications, which are no objects of the account, are shown as they are', async () => {
  const tax_code = 'txcd_10000000';
  const product = await stripe.products.create({ name: 'Tea', tax_code, expand: ['tax_code'] });
  expect(product.tax_code).toMatchObject({ id: tax_code, object: 'tax_code', name: expect.any(String) });
  const other = await stripe.products.create({
    name: 'Rare',
    tax_code: 'txcd_98765432',
    expand: ['tax_code'],
  });
  expect(other.tax_code).toBe('txcd_98765432');
  const { id: stripeAccount } = await stripe.accounts.create({ type: 'standard' });
  const intent = { amount: 500, currency: 'usd', expand: ['application'] };
  expect((await stripe.paymentIntents.create(intent, { stripeAccount })).application).toMatchObject({
    object: 'application',
    id: expect.stringMatching(/^ca_/),
  });
  expect((await stripe.paymentIntents.create(intent)).application).toBeNull();
});

test('what Stripe can expand and is nothing here stays nothing; what it cannot is refused', async () => {
  const intent = { amount: 500, currency: 'usd' };
  const expand = ['payment_record', 'source'];
  expect(await stripe.paymentIntents.create({ ...intent, expand })).toMatchObject({ payment_record: null });
  await expect(stripe.paymentIntents.create({ ...intent, expand: ['amount'] })).rejects.toMatchObject({
    message: 'This property cannot be expanded (amount).',
    param: 'expand',
  });
});
