import { createSandbox, type Sandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { createLedger, type LedgerAccount } from './ledger.ts';
import { csvOf, type Report, viewOf } from './report.ts';
import { createReports, type ReportName } from './reports.ts';

let database: Database;
let sandbox: Sandbox;
let now = new Date('2026-01-15T12:00:00Z');
const clock = { now: () => now };
const until = (iso: string) => {
  now = new Date(iso);
};

beforeAll(async () => {
  database = await testDatabase();
  sandbox = createSandbox({ clock: { now: () => now.getTime() } });
});
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

function open(key: string, timeZone = 'UTC') {
  const stripe = new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
  const of: LedgerAccount = {
    account: { id: `acct_${key}`, name: key, country: null, defaultCurrency: 'usd' },
    ...{ mode: 'test', timeZone },
    read: (work) => work(stripe),
  };
  const reports = createReports({ db: database.db, ledger: createLedger({ db: database.db, clock }), clock });
  const make = (name: ReportName, from?: string, to?: string) =>
    reports.make(name, of, { from: from ? new Date(from) : undefined, to: to ? new Date(to) : undefined });
  return { stripe, make };
}

async function customer(stripe: Stripe, name: string, card = 'pm_card_visa'): Promise<string> {
  const { id } = await stripe.customers.create({ name, email: `${name.toLowerCase()}@example.com` });
  const method = await stripe.paymentMethods.attach(card, { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
}

const rows = (report: Report, table: string) => report.tables.find(({ name }) => name === table)?.rows ?? [];

describe('monthly recurring revenue', () => {
  test('new, expansion, contraction, churn and reactivation, each once, in the months they happened', async () => {
    const { stripe, make } = open('sk_test_mrr');
    const price = async (unit_amount: number, interval: 'month' | 'year') =>
      (
        await stripe.prices.create({
          ...{ unit_amount, currency: 'usd', recurring: { interval } },
          product_data: { name: `Plan ${unit_amount}` },
        })
      ).id;
    const [small, large, yearly] = [
      await price(1_000, 'month'),
      await price(3_000, 'month'),
      await price(24_000, 'year'),
    ];
    const subscribe = async (who: string, to: string) =>
      stripe.subscriptions.create({ customer: who, items: [{ price: to }] });
    const [ann, bob, eve] = [
      await customer(stripe, 'Ann'),
      await customer(stripe, 'Bob'),
      await customer(stripe, 'Eve'),
    ];
    const first = await subscribe(ann, small);
    const second = await subscribe(bob, yearly);
    const third = await subscribe(eve, large);

    until('2026-02-20T12:00:00Z');
    await stripe.subscriptions.update(first.id, {
      items: [{ id: first.items.data[0]?.id ?? '', price: large }],
    });
    until('2026-03-10T12:00:00Z');
    await stripe.subscriptions.cancel(third.id);
    until('2026-04-20T12:00:00Z');
    await subscribe(eve, small);
    await stripe.subscriptions.update(first.id, {
      items: [{ id: first.items.data[0]?.id ?? '', price: small }],
    });
    until('2026-05-20T12:00:00Z');

    const report = await make('mrr', '2026-01-01', '2026-06-01');
    expect(rows(report, 'by_month')).toMatchObject([
      { month: '2026-01', mrr: '60.00', new: '60.00', churn: '0.00', customers: 3 },
      { month: '2026-02', mrr: '80.00', expansion: '20.00', new: '0.00', customers: 3 },
      { month: '2026-03', mrr: '50.00', churn: '-30.00', churned_customers: 1, customers: 2 },
      { month: '2026-04', mrr: '40.00', contraction: '-20.00', reactivation: '10.00', new: '0.00' },
      { month: '2026-05', mrr: '40.00', expansion: '0.00', contraction: '0.00', churn: '0.00' },
    ]);
    expect(rows(report, 'now')).toMatchObject([
      { currency: 'usd', mrr: '40.00', arr: '480.00', customers: 3, arpa: '13.33' },
    ]);
    expect(rows(report, 'cohorts')).toMatchObject([{ cohort: '2026-01', m0: 3, m1: 3, m2: 2, m3: 3 }]);
    expect(second.status).toBe('active');
  });

  test('a subscription counts from its first payment on', async () => {
    const { stripe, make } = open('sk_test_mrr_unpaid');
    const price = await stripe.prices.create({
      ...{ unit_amount: 2_500, currency: 'usd', recurring: { interval: 'month' } },
      product_data: { name: 'Late' },
    });
    const declined = await customer(stripe, 'Dan', 'pm_card_chargeCustomerFail');
    const subscription = await stripe.subscriptions.create({
      customer: declined,
      items: [{ price: price.id }],
    });
    expect(subscription.status).toBe('incomplete');
    expect(rows(await make('mrr'), 'now')).toEqual([]);
    await stripe.invoices.pay(String(subscription.latest_invoice), { payment_method: 'pm_card_visa' });
    expect(rows(await make('mrr'), 'now')).toMatchObject([{ currency: 'usd', mrr: '25.00', customers: 1 }]);
  });

  test('coupons lower it, trials and usage count nothing, currencies are never added', async () => {
    const { stripe, make } = open('sk_test_mrr_odd');
    const product = (await stripe.products.create({ name: 'P' })).id;
    const price = async (currency: string, unit_amount: number) =>
      (await stripe.prices.create({ product, currency, unit_amount, recurring: { interval: 'month' } })).id;
    const [usd, jpy] = [await price('usd', 2_000), await price('jpy', 1_500)];
    const coupon = (await stripe.coupons.create({ percent_off: 25, duration: 'forever' })).id;
    await stripe.subscriptions.create({
      customer: await customer(stripe, 'Ann'),
      items: [{ price: usd }],
      discounts: [{ coupon }],
    });
    await stripe.subscriptions.create({
      customer: await customer(stripe, 'Bob'),
      items: [{ price: jpy, quantity: 2 }],
    });
    await stripe.subscriptions.create({
      customer: await customer(stripe, 'Eve'),
      items: [{ price: usd }],
      trial_period_days: 30,
    });
    expect(rows(await make('mrr'), 'now')).toMatchObject([
      { currency: 'jpy', mrr: '3000' },
      { currency: 'usd', mrr: '15.00', customers: 1 },
    ]);
  });
});

describe('what else is asked for', () => {
  test('tax by jurisdiction, on paid invoices only', async () => {
    const { stripe, make } = open('sk_test_tax');
    const rate = await stripe.taxRates.create({
      display_name: 'USt',
      percentage: 19,
      inclusive: false,
      country: 'DE',
      jurisdiction: 'DE',
    });
    const who = await customer(stripe, 'Ann');
    const invoice = async (amount: number, pays: boolean) => {
      const { id } = await stripe.invoices.create({
        customer: who,
        currency: 'eur',
        default_tax_rates: [rate.id],
        pending_invoice_items_behavior: 'exclude',
      });
      await stripe.invoiceItems.create({ customer: who, invoice: id, amount, currency: 'eur' });
      await stripe.invoices.finalizeInvoice(id ?? '', { auto_advance: false });
      if (pays) await stripe.invoices.pay(id ?? '');
    };
    await invoice(10_000, true);
    await invoice(5_001, true);
    await invoice(70_000, false);
    expect(rows(await make('tax'), 'by_jurisdiction')).toMatchObject([
      {
        country: 'DE',
        rate: 'USt 19 % (exclusive)',
        currency: 'eur',
        taxable: '150.01',
        tax: '28.50',
        invoices: 2,
      },
    ]);
  });

  test('failed payments: why, what helps, when it is tried again; mended ones are gone', async () => {
    const { stripe, make } = open('sk_test_failed');
    const price = await stripe.prices.create({
      unit_amount: 4_000,
      currency: 'usd',
      recurring: { interval: 'month' },
      product_data: { name: 'P' },
    });
    const dora = await customer(stripe, 'Dora');
    const subscription = await stripe.subscriptions.create({ customer: dora, items: [{ price: price.id }] });
    const bad = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: dora });
    await stripe.customers.update(dora, { invoice_settings: { default_payment_method: bad.id } });
    until('2026-06-21T12:00:00Z');
    await stripe.customers.retrieve(dora);
    until('2026-06-21T13:30:00Z');
    const report = await make('failed-payments', '2026-06-01');
    expect(rows(report, 'payments')).toMatchObject([
      {
        ...{ customer: dora, customer_email: 'dora@example.com', amount: '40.00', currency: 'usd' },
        ...{ subscription: subscription.id, decline_class: 'other_method', attempts: 1 },
        next_attempt: expect.stringMatching(/^2026-06-2/),
      },
    ]);
    const good = await stripe.paymentMethods.attach('pm_card_visa', { customer: dora });
    const open_ = await stripe.invoices.list({ customer: dora, status: 'open' });
    await stripe.invoices.pay(open_.data[0]?.id ?? '', { payment_method: good.id });
    expect(rows(await make('failed-payments', '2026-06-01'), 'payments')).toEqual([]);
  });

  test('disputes, with what helps against each', async () => {
    const { stripe, make } = open('sk_test_disputes');
    await stripe.paymentIntents.create({
      ...{ amount: 2_500, currency: 'usd', payment_method: 'pm_card_createDispute', confirm: true },
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    const report = await make('disputes');
    expect(rows(report, 'disputes')).toMatchObject([
      {
        amount: '25.00',
        reason: 'fraudulent',
        status: 'needs_response',
        evidence: expect.stringMatching(/\w/),
      },
    ]);
    expect(rows(report, 'by_status')).toMatchObject([
      { status: 'needs_response', count: 1, amount: '25.00' },
    ]);
  });
});

test('a report as CSV is safe to open, and as a view has money with its currency', async () => {
  const table = {
    ...{ name: 't', title: 'T' },
    columns: [
      { key: 'product', label: 'Product', type: 'text' as const },
      { key: 'currency', label: 'Currency', type: 'text' as const },
      { key: 'net', label: 'Net', type: 'money' as const },
    ],
    rows: [{ product: '=HYPERLINK("http://evil.example")', currency: 'usd', net: '-1.50' }],
  };
  const [head, row] = csvOf(table).split('\r\n');
  expect(head).toBe('Product,Currency,Net');
  expect(row).toMatch(/^"'=HYPERLINK/);
  expect(row).toMatch(/,-1\.50$/);
  const report: Report = {
    ...{ name: 'x', title: 'X', from: null, to: null, timeZone: 'UTC', basis: '', tables: [table] },
    ...{ tieOut: [], notes: [], asOf: '2026-01-01T00:00:00Z' },
  };
  expect(viewOf(report)).toMatchObject({ tables: [{ rows: [{ net: '-1.50 USD' }] }] });
});
