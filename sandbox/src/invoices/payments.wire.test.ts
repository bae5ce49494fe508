import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400_000;
let now = Date.UTC(2026, 4, 1, 9);
const sandbox = createSandbox({ clock: { now: () => now } });
afterAll(() => sandbox.close());

let accounts = 0;
async function shop(card = 'pm_card_visa') {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(`sk_test_invoice_payments${accounts++}`, { httpClient, maxNetworkRetries: 0 });
  const customer = (await stripe.customers.create({ email: 'bea@example.com' })).id;
  const method = (await stripe.paymentMethods.attach(card, { customer })).id;
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method } });
  const open = async (amount: number, more: Stripe.InvoiceCreateParams = {}) => {
    const { id } = await stripe.invoices.create({ customer, currency: 'usd', ...more });
    await stripe.invoiceItems.create({ customer, invoice: id, amount, currency: 'usd' });
    return stripe.invoices.finalizeInvoice(id);
  };
  const intent = (amount: number, confirm: boolean) =>
    stripe.paymentIntents.create({
      amount,
      currency: 'usd',
      customer,
      allowed_payment_method_types: ['card'],
      ...(confirm ? { payment_method: method, confirm } : {}),
    });
  const types = async () => (await stripe.events.list({ limit: 100 })).data.map((event) => event.type);
  return { stripe, customer, method, open, intent, types };
}

describe('payments of an invoice', () => {
  test('in parts leave it open until nothing remains', async () => {
    const { stripe, method, open, intent } = await shop();
    const invoice = await open(1000);
    const first = await stripe.invoices.attachPayment(invoice.id, {
      payment_intent: (await intent(300, true)).id,
    });
    expect(first).toMatchObject({
      status: 'open',
      amount_due: 1000,
      amount_paid: 300,
      amount_remaining: 700,
    });
    await expect(stripe.invoices.voidInvoice(invoice.id)).rejects.toThrow(/`paid` payments/);
    const later = await intent(200, false);
    expect(await stripe.invoices.attachPayment(invoice.id, { payment_intent: later.id })).toMatchObject({
      amount_paid: 300,
    });
    await stripe.paymentIntents.confirm(later.id, { payment_method: method });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      amount_paid: 500,
      amount_remaining: 500,
    });
    const paid = await stripe.invoices.pay(invoice.id, {}, { maxNetworkRetries: 0 });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 1000,
      amount_remaining: 0,
      amount_overpaid: 0,
    });
    const payments = await stripe.invoicePayments.list({ invoice: invoice.id });
    expect(
      payments.data.map(({ amount_paid, is_default, status }) => [amount_paid, is_default, status]),
    ).toEqual([
      [200, false, 'paid'],
      [300, false, 'paid'],
      [500, true, 'paid'],
    ]);
    expect(
      (await stripe.invoicePayments.list({ payment: { type: 'payment_intent', payment_intent: later.id } }))
        .data,
    ).toMatchObject([{ invoice: invoice.id, amount_requested: 200 }]);
    const expanded = await stripe.invoices.retrieve(invoice.id, {
      expand: ['payments.data.payment.payment_intent'],
    });
    expect(expanded.payments?.data).toHaveLength(3);
    expect((await stripe.charges.list()).data.reduce((sum, { amount }) => sum + amount, 0)).toBe(1000);
  });

  test('beyond what is due are the customer’s credit', async () => {
    const { stripe, customer, open, intent, types } = await shop();
    const invoice = await open(1000);
    const paid = await stripe.invoices.attachPayment(invoice.id, {
      payment_intent: (await intent(1300, true)).id,
    });
    expect(paid).toMatchObject({
      status: 'paid',
      amount_paid: 1000,
      amount_overpaid: 300,
      amount_remaining: 0,
    });
    expect((await stripe.customers.listBalanceTransactions(customer)).data).toMatchObject([
      { amount: -300, type: 'invoice_overpaid', ending_balance: -300, invoice: invoice.id },
    ]);
    expect(await types()).toEqual(expect.arrayContaining(['invoice.overpaid', 'invoice.paid']));
    const [own] = (await stripe.invoicePayments.list({ invoice: invoice.id, status: 'canceled' })).data;
    expect(own).toMatchObject({ is_default: true });
    const unpaid = await stripe.paymentIntents.retrieve(String(own?.payment.payment_intent));
    expect(unpaid.status).toBe('canceled');
  });

  test('are attached only where they fit', async () => {
    const { stripe, open, intent } = await shop();
    const invoice = await open(1000);
    const other = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
    await expect(stripe.invoices.attachPayment(invoice.id, { payment_intent: other.id })).rejects.toThrow(
      /does not match the customer/,
    );
    const mine = await intent(100, false);
    await stripe.invoices.attachPayment(invoice.id, { payment_intent: mine.id });
    await expect(stripe.invoices.attachPayment(invoice.id, { payment_intent: mine.id })).rejects.toThrow(
      /already attached/,
    );
    const gone = await intent(100, false);
    await stripe.paymentIntents.cancel(gone.id);
    await expect(stripe.invoices.attachPayment(invoice.id, { payment_intent: gone.id })).rejects.toThrow(
      /canceled PaymentIntent/,
    );
    await expect(stripe.invoices.attachPayment(invoice.id, {})).rejects.toThrow(/Missing required param/);
  });
});

describe('attempts', () => {
  test('made by hand count as the first and leave the schedule of retries alone', async () => {
    const { stripe, open } = await shop('pm_card_chargeCustomerFail');
    const invoice = await open(1000, { auto_advance: true });
    expect(invoice).toMatchObject({ attempted: false, next_payment_attempt: now / 1000 + 3600 });
    await expect(stripe.invoices.pay(invoice.id)).rejects.toMatchObject({ code: 'card_declined' });
    const once = await stripe.invoices.retrieve(invoice.id);
    expect(once).toMatchObject({ attempt_count: 1, next_payment_attempt: now / 1000 + 3 * 86_400 });
    await expect(stripe.invoices.pay(invoice.id)).rejects.toMatchObject({ code: 'card_declined' });
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({
      attempt_count: 1,
      next_payment_attempt: once.next_payment_attempt,
    });
    now += 3 * day + 1000;
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ attempt_count: 2 });
    const stopped = await stripe.invoices.update(invoice.id, { auto_advance: false });
    expect(stopped).toMatchObject({ auto_advance: false, next_payment_attempt: null });
    now += 30 * day;
    expect(await stripe.invoices.retrieve(invoice.id)).toMatchObject({ attempt_count: 2, status: 'open' });
  });

  test('are none when it is paid elsewhere', async () => {
    const { stripe, open } = await shop();
    const invoice = await open(1000, {
      collection_method: 'send_invoice',
      days_until_due: 9,
      auto_advance: true,
    });
    expect(await stripe.invoices.pay(invoice.id, { paid_out_of_band: true })).toMatchObject({
      status: 'paid',
      amount_paid: 1000,
      amount_paid_off_stripe: 1000,
      attempted: false,
      attempt_count: 0,
      auto_advance: false,
    });
  });
});

describe('an invoice that is sent', () => {
  test('is announced before it falls due and once it is', async () => {
    const { open, types } = await shop();
    const invoice = await open(1000, { collection_method: 'send_invoice', days_until_due: 10 });
    expect(invoice.due_date).toBe(now / 1000 + 10 * 86_400);
    now += 7 * day + 1000;
    expect(await types()).toContain('invoice.will_be_due');
    expect(await types()).not.toContain('invoice.overdue');
    now += 3 * day;
    expect(await types()).toContain('invoice.overdue');
  });

  test('is drafted with a due date or not at all', async () => {
    const { stripe, customer } = await shop();
    const refused = (params: Stripe.InvoiceCreateParams, message: RegExp) =>
      expect(stripe.invoices.create({ customer, ...params })).rejects.toThrow(message);
    await refused({ collection_method: 'send_invoice' }, /you must specify 'due_date' or 'days_until_due'/);
    await refused({ days_until_due: 3 }, /only specify 'due_date' or 'days_until_due' if/);
    await refused(
      { collection_method: 'send_invoice', days_until_due: 3, due_date: now / 1000 + 99 },
      /only specify one/,
    );
    await refused({ collection_method: 'send_invoice', due_date: 5 }, /in the future/);
    const draft = await stripe.invoices.create({ customer });
    await expect(stripe.invoices.update(draft.id, { collection_method: 'send_invoice' })).rejects.toThrow(
      /you must specify/,
    );
    const due_date = now / 1000 + 500;
    expect(
      await stripe.invoices.update(draft.id, { collection_method: 'send_invoice', due_date }),
    ).toMatchObject({ due_date, collection_method: 'send_invoice' });
    expect(
      await stripe.invoices.update(draft.id, { collection_method: 'charge_automatically' }),
    ).toMatchObject({ due_date: null });
  });
});

describe('a draft', () => {
  test('finalizes itself when it was told to, or an hour after it was made', async () => {
    const { stripe, customer, types } = await shop();
    const made = now / 1000;
    const draft = await stripe.invoices.create({ customer, auto_advance: true });
    expect(draft).toMatchObject({
      automatically_finalizes_at: made + 3600,
      next_payment_attempt: made + 3600,
    });
    expect(await stripe.invoices.update(draft.id, { auto_advance: false })).toMatchObject({
      automatically_finalizes_at: null,
      next_payment_attempt: null,
    });
    expect(await stripe.invoices.update(draft.id, { auto_advance: true })).toMatchObject({
      automatically_finalizes_at: made + 3600,
    });
    const later = await stripe.invoices.update(draft.id, { automatically_finalizes_at: made + 9000 });
    expect(later.automatically_finalizes_at).toBe(made + 9000);
    now += 2 * 3_600_000;
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('draft');
    now += 3_600_000;
    expect((await stripe.invoices.retrieve(draft.id)).status).toBe('paid');
    expect(await types()).not.toContain('invoice.finalization_failed');
  });

  test('that cannot be finalized says why and stays', async () => {
    const { stripe, customer, types } = await shop();
    const draft = await stripe.invoices.create({ customer, auto_advance: true, currency: 'usd' });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 100_000_000 }] });
    await expect(stripe.invoices.finalizeInvoice(draft.id)).rejects.toMatchObject({
      code: 'amount_too_large',
    });
    now += 2 * 3_600_000;
    expect(await stripe.invoices.retrieve(draft.id)).toMatchObject({
      status: 'draft',
      automatically_finalizes_at: null,
      last_finalization_error: { code: 'amount_too_large', type: 'invalid_request_error' },
    });
    expect(await types()).toContain('invoice.finalization_failed');
  });

  test('shows its terms, and its customer’s where it has none', async () => {
    const { stripe, customer } = await shop();
    await stripe.customers.update(customer, {
      invoice_settings: { footer: 'Thank you', custom_fields: [{ name: 'PO', value: '7' }] },
      invoice_prefix: 'BEA',
      next_invoice_sequence: 41,
    });
    const draft = await stripe.invoices.create({
      customer,
      description: 'Two nails',
      effective_at: now / 1000 - 500,
      rendering: { amount_tax_display: 'include_inclusive_tax', pdf: { page_size: 'a4' } },
      shipping_details: { name: 'Bea', address: { city: 'Oslo' } },
      payment_settings: { payment_method_types: ['card'] },
    });
    expect(draft).toMatchObject({
      footer: 'Thank you',
      custom_fields: [{ name: 'PO', value: '7' }],
      rendering: { amount_tax_display: 'include_inclusive_tax', pdf: { page_size: 'a4' }, template: null },
      shipping_details: { name: 'Bea', address: { city: 'Oslo', line1: null } },
      payment_settings: { payment_method_types: ['card'] },
    });
    await stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] });
    const open = await stripe.invoices.finalizeInvoice(draft.id);
    expect(open).toMatchObject({ number: 'BEA-0041', effective_at: now / 1000 - 500 });
    await expect(
      stripe.invoices.create({ customer, rendering: { template: 'inrtem_nope' } }),
    ).rejects.toThrow(/No such invoice rendering template/);
    expect((await stripe.invoiceRenderingTemplates.list()).data).toEqual([]);
  });

  test('of a customer who is exempt is not taxed', async () => {
    const { stripe, customer, open } = await shop();
    const vat = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 20 });
    await stripe.customers.update(customer, { tax_exempt: 'reverse' });
    const invoice = await open(1000, { default_tax_rates: [vat.id] });
    expect(invoice).toMatchObject({
      total: 1000,
      customer_tax_exempt: 'reverse',
      total_taxes: [{ amount: 0, taxability_reason: 'reverse_charge' }],
    });
  });
});

describe('a revision', () => {
  test('takes over lines and terms, voids what it replaces and takes up its credit', async () => {
    const { stripe, customer, open } = await shop();
    await stripe.customers.createBalanceTransaction(customer, { amount: -400, currency: 'usd' });
    const original = await open(1000, { description: 'Nails', metadata: { order: '7' } });
    expect(original).toMatchObject({ amount_due: 600, starting_balance: -400 });
    const draft = await stripe.invoices.create({
      from_invoice: { action: 'revision', invoice: original.id },
      description: 'Screws',
    });
    expect(draft).toMatchObject({
      status: 'draft',
      customer,
      total: 1000,
      description: 'Screws',
      metadata: { order: '7' },
      from_invoice: { action: 'revision', invoice: original.id },
    });
    const line = draft.lines.data[0]?.id ?? '';
    await stripe.invoices.updateLineItem(draft.id, line, { amount: 900 });
    expect(await stripe.invoices.retrieve(original.id)).toMatchObject({
      status: 'open',
      latest_revision: null,
    });
    const revised = await stripe.invoices.finalizeInvoice(draft.id);
    expect(revised).toMatchObject({ amount_due: 500, starting_balance: -400, ending_balance: 0 });
    const replaced = await stripe.invoices.retrieve(original.id, { expand: ['latest_revision'] });
    expect(replaced).toMatchObject({ status: 'void', latest_revision: { id: revised.id }, total: 1000 });
    expect((await stripe.customers.retrieve(customer)) as Stripe.Customer).toMatchObject({ balance: 0 });
    const again = await stripe.invoices.create({ from_invoice: { action: 'revision', invoice: revised.id } });
    await stripe.invoices.finalizeInvoice(again.id);
    expect((await stripe.invoices.retrieve(original.id)).latest_revision).toBe(again.id);
  });
});

describe('how the payments of invoices are to be made', () => {
  const any = { payment_method_options: { card: { request_three_d_secure: 'any' as const } } };
  const wish = async (stripe: Stripe, { id = '' }: Stripe.Invoice) => {
    const { data } = await stripe.invoicePayments.list({
      invoice: id,
      expand: ['data.payment.payment_intent'],
    });
    const intent = data[0]?.payment.payment_intent as Stripe.PaymentIntent | undefined;
    return intent?.payment_method_options?.card;
  };

  test('is said of an invoice, shown, and kept to', async () => {
    const { stripe, open } = await shop('pm_card_threeDSecureOptional');
    const invoice = await open(1000, { payment_settings: any });
    expect(invoice.payment_settings.payment_method_options).toMatchObject({
      card: { request_three_d_secure: 'any' },
      us_bank_account: null,
    });
    expect(await wish(stripe, invoice)).toMatchObject({ request_three_d_secure: 'any' });
    await expect(stripe.invoices.pay(invoice.id ?? '', { off_session: false })).rejects.toMatchObject({
      code: 'invoice_payment_intent_requires_action',
    });
    const plain = await open(1000);
    expect((await stripe.invoices.pay(plain.id ?? '', { off_session: false })).status).toBe('paid');
  });

  test('is said of a subscription, for its invoices', async () => {
    const { stripe, customer } = await shop('pm_card_threeDSecureOptional');
    const price = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 500,
      recurring: { interval: 'month' },
      product_data: { name: 'Plan' },
    });
    const items = [{ price: price.id }];
    const asked = await stripe.subscriptions.create({
      customer,
      items,
      payment_settings: any,
      expand: ['latest_invoice'],
    });
    expect(asked.status).toBe('incomplete');
    expect(asked.payment_settings?.payment_method_options?.card).toEqual({
      network: null,
      request_three_d_secure: 'any',
    });
    expect(await wish(stripe, asked.latest_invoice as Stripe.Invoice)).toMatchObject({
      request_three_d_secure: 'any',
    });
    const unset = await stripe.subscriptions.update(asked.id, {
      payment_settings: { payment_method_options: { card: '' } },
    });
    expect(unset.payment_settings?.payment_method_options?.card).toBeNull();
    expect((await stripe.subscriptions.create({ customer, items })).status).toBe('active');
  });
});
