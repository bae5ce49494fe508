import { createSandbox, demoKey, type Sandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { ToolError } from '../tools/tool.ts';
import { createLedger, type LedgerAccount } from './ledger.ts';
import { decimal } from './report.ts';
import { revenueReport } from './reports/revenue.ts';

let database: Database;
let sandbox: Sandbox;
let now = new Date();
const clock = { now: () => now };

beforeAll(async () => {
  database = await testDatabase();
  sandbox = createSandbox({ seed: 'demo', clock: { now: () => now.getTime() } });
});
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

function accountOf(key: string, timeZone = 'UTC', fails: () => boolean = () => false) {
  const stripe = new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
  let requests = 0;
  const account: LedgerAccount = {
    account: { id: `acct_${key}`, name: key, country: null, defaultCurrency: 'usd' },
    mode: 'test',
    timeZone,
    async read(work) {
      requests += 1;
      if (fails()) throw new ToolError('unreachable', 'Nobody answers.');
      return work(stripe);
    },
  };
  return { account, stripe, requests: () => requests };
}

const wide = { from: new Date('2000-01-01'), to: new Date('2100-01-01') };

/** A customer who paid, and what for. */
async function sell(stripe: Stripe, product: string, amount: number): Promise<string> {
  const customer = await stripe.customers.create({ name: 'C' });
  await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
  const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
  await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: method?.id ?? '' },
  });
  const invoice = await stripe.invoices.create({
    customer: customer.id,
    pending_invoice_items_behavior: 'exclude',
  });
  const price_data = { product, currency: 'usd', unit_amount: amount };
  await stripe.invoiceItems.create({ customer: customer.id, invoice: invoice.id, price_data });
  const paid = await stripe.invoices.pay(invoice.id ?? '');
  expect(paid.status).toBe('paid');
  const charges = await stripe.charges.list({ customer: customer.id });
  return charges.data[0]?.id ?? '';
}

describe('the demo year', () => {
  test('is mirrored whole, and its revenue agrees with the balance to the cent', async () => {
    const { account, stripe } = accountOf(demoKey, 'America/New_York');
    const ledger = createLedger({ db: database.db, clock });
    const books = await ledger.refresh(account);
    const transactions = await stripe.balanceTransactions
      .list({ limit: 100 })
      .autoPagingToArray({ limit: 10_000 });
    const { rows } = await revenueReport(database.db, books, wide).then(
      ({ tables }) => tables[0] ?? { rows: [] },
    );
    expect(rows.length).toBeGreaterThan(5);
    const report = await revenueReport(database.db, books, wide);
    for (const { currency, balanceChange, difference } of report.tieOut) {
      const net = transactions
        .filter((one) => one.currency === currency)
        .reduce((sum, one) => sum + one.net, 0);
      expect([currency, balanceChange, Number(difference)]).toEqual([
        currency,
        decimal(BigInt(net), currency),
        0,
      ]);
    }
  });

  test('any stretch of time agrees, and stretches add up', async () => {
    const { account } = accountOf(demoKey, 'America/New_York');
    const books = await createLedger({ db: database.db, clock }).refresh(account);
    const days = (count: number) => new Date(now.getTime() - count * 86_400_000 + 12_345_000);
    const cuts = [days(400), days(213), days(190), days(121), days(77), days(76), new Date('2100-01-01')];
    const total = async (from: Date, to: Date) => {
      const report = await revenueReport(database.db, books, { from, to });
      for (const { difference } of report.tieOut) expect(Number(difference)).toBe(0);
      const row = report.tables
        .find(({ name }) => name === 'total')
        ?.rows.find(({ currency }) => currency === 'usd');
      return Math.round(Number(row?.gross ?? 0) * 100);
    };
    let sum = 0;
    for (const [n, from] of cuts.slice(0, -1).entries()) sum += await total(from, cuts[n + 1] ?? from);
    expect(sum).toBe(await total(cuts[0] ?? days(0), new Date('2100-01-01')));
    expect(sum).toBeGreaterThan(0);
  });
});

describe('an account that goes on', () => {
  test('sales, discounts, tax, refunds in parts and a dispute, by product', async () => {
    const { account, stripe, requests } = accountOf('sk_test_ledger_sales');
    const ledger = createLedger({ db: database.db, clock });
    const [a, b] = [
      await stripe.products.create({ name: 'Alpha' }),
      await stripe.products.create({ name: 'Beta' }),
    ];
    const charge = await sell(stripe, a.id, 10_000);
    await sell(stripe, b.id, 5_000);
    await ledger.refresh(account);
    now = new Date(now.getTime() + 3_600_000);
    await stripe.refunds.create({ charge, amount: 3_333 });
    await stripe.refunds.create({ charge, amount: 1 });
    const before = requests();
    const books = await ledger.refresh(account);
    // Only what changed is asked for.
    expect(requests() - before).toBeLessThan(20);
    const report = await revenueReport(database.db, books, wide);
    expect(report.tables[0]?.rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ product: 'Alpha', gross: '100.00', refunded: '33.34', net: '66.66' }),
        expect.objectContaining({ product: 'Beta', gross: '50.00', refunded: '0.00', net: '50.00' }),
      ]),
    );
    expect(report.tieOut.map(({ difference }) => difference)).toEqual(['0.00']);
  });

  test('a filling that is cut short goes on where it was, and ends the same', async () => {
    let left = 3;
    const flaky = accountOf(demoKey, 'UTC', () => left-- === 0);
    const ledger = createLedger({ db: database.db, clock });
    await database.db.deleteFrom('ledgers').execute();
    await expect(ledger.refresh(flaky.account)).rejects.toMatchObject({ code: 'unreachable' });
    const books = await ledger.refresh(flaky.account);
    const { tieOut } = await revenueReport(database.db, books, wide);
    expect(tieOut.map(({ difference }) => Number(difference))).toEqual(tieOut.map(() => 0));
  });

  test('what the key may not read is said, and the sums still agree', async () => {
    const { account } = accountOf('sk_test_ledger_sales');
    const narrow: LedgerAccount = {
      ...account,
      account: { ...account.account, id: 'acct_narrow' },
      read: (work, context) =>
        account.read((api) => {
          const hidden = { list: () => Promise.reject(new ToolError('permission_missing', 'No.')) };
          return work(Object.assign(Object.create(api), { invoices: hidden }));
        }, context),
    };
    const books = await createLedger({ db: database.db, clock }).refresh(narrow);
    expect(books.missing).toEqual(['invoice']);
    const report = await revenueReport(database.db, books, wide);
    expect(report.notes.join()).toContain('may not read invoice');
    expect(report.tables[0]?.rows).toMatchObject([{ product: 'Without a product', gross: '150.00' }]);
  });
});
