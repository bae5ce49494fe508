import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_payment_options', { httpClient, maxNetworkRetries: 0 });

const options: Stripe.InvoiceCreateParams.PaymentSettings.PaymentMethodOptions = {
  acss_debit: { mandate_options: { transaction_type: 'business' } },
  card: { request_three_d_secure: 'any' },
  customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
  konbini: {},
  sepa_debit: {},
  us_bank_account: { financial_connections: { permissions: ['payment_method', 'balances'] } },
};
const shown = {
  acss_debit: { mandate_options: { transaction_type: 'business' }, verification_method: 'automatic' },
  bancontact: null,
  card: { request_three_d_secure: 'any' },
  customer_balance: options.customer_balance,
  konbini: {},
  pix: null,
  sepa_debit: {},
  us_bank_account: {
    financial_connections: { permissions: ['payment_method', 'balances'], prefetch: null },
    verification_method: 'automatic',
  },
};

test('an invoice shows how it may be paid, its payment is made so, and each kind can be taken away', async () => {
  const customer = (await stripe.customers.create()).id;
  const draft = await stripe.invoices.create({
    customer,
    payment_settings: { payment_method_options: options },
  });
  expect(draft.payment_settings.payment_method_options).toMatchObject(shown);
  await stripe.invoices.update(draft.id, {
    payment_settings: { payment_method_options: { konbini: '', customer_balance: '' } },
  });
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 900, currency: 'usd' });
  const open = await stripe.invoices.finalizeInvoice(draft.id, {
    expand: ['payments.data.payment.payment_intent'],
  });
  expect(open.payment_settings.payment_method_options).toMatchObject({
    ...shown,
    konbini: null,
    customer_balance: null,
  });
  const intent = open.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
  expect(intent.payment_method_options).toMatchObject({
    card: { request_three_d_secure: 'any' },
    us_bank_account: { financial_connections: { permissions: ['payment_method', 'balances'] } },
  });
});

test('a subscription hands what it was told on to its invoices', async () => {
  const customer = (
    await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
  ).id;
  const product = (await stripe.products.create({ name: 'Tea' })).id;
  const made = await stripe.subscriptions.create({
    customer,
    items: [{ price_data: { currency: 'usd', product, unit_amount: 900, recurring: { interval: 'month' } } }],
    payment_settings: {
      payment_method_options: {
        us_bank_account: { financial_connections: { permissions: ['payment_method', 'balances'] } },
        sepa_debit: {},
      },
    },
    expand: ['latest_invoice'],
  });
  const told = { us_bank_account: shown.us_bank_account, sepa_debit: {}, card: null };
  expect(made.payment_settings?.payment_method_options).toMatchObject(told);
  expect((made.latest_invoice as Stripe.Invoice).payment_settings.payment_method_options).toMatchObject(told);
});

test('what no kind of method knows is refused, and what is not simulated says so', async () => {
  const customer = (await stripe.customers.create()).id;
  const create = (payment_method_options: object) =>
    stripe.invoices.create({ customer, payment_settings: { payment_method_options } });
  await expect(create({ customer_balance: { funding_type: 'cash' } })).rejects.toMatchObject({
    param: 'payment_settings[payment_method_options][customer_balance][funding_type]',
  });
  await expect(create({ pix: { expires_after_seconds: 60 } })).rejects.toMatchObject({ statusCode: 501 });
});
