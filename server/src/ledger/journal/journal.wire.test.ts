import { createSandbox, type Sandbox } from '@purser/sandbox';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../database/database.ts';
import { testDatabase } from '../../database/testing.ts';
import { ToolError } from '../../tools/tool.ts';
import { createLedger, type LedgerAccount } from '../ledger.ts';
import { csvOf, type Report, viewOf } from '../report.ts';
import { createReports } from '../reports.ts';
import { mostXeroRows } from './files.ts';
import { makeJournal } from './journal.ts';

let database: Database;
let sandbox: Sandbox;
let now = new Date('2026-03-02T12:00:00Z');
const clock = { now: () => now };

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
  const ledger = createLedger({ db: database.db, clock });
  const reports = createReports({ db: database.db, ledger, clock });
  const span = (from = '2000-01-01', to = '2100-01-01') => ({ from: new Date(from), to: new Date(to) });
  return {
    ...{ stripe, of },
    journal: async () => makeJournal(database.db, await ledger.refresh(of), of, span()),
    report: (from?: string, to?: string) => reports.make('journal', of, span(from, to)),
  };
}

async function customer(stripe: Stripe, method = 'pm_card_visa'): Promise<string> {
  const { id } = await stripe.customers.create({ name: 'C', email: 'c@example.com' });
  const attached = await stripe.paymentMethods.attach(method, { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: attached.id } });
  return id;
}

interface Sale {
  amount: number;
  currency?: string;
  tax?: string | undefined;
}

async function invoice(
  stripe: Stripe,
  who: string,
  { amount, currency = 'usd', tax }: Sale,
): Promise<string> {
  const made = await stripe.invoices.create({
    ...{ customer: who, currency, collection_method: 'send_invoice', days_until_due: 30 },
    pending_invoice_items_behavior: 'exclude',
  });
  const product = (await stripe.products.create({ name: 'Thing' })).id;
  await stripe.invoiceItems.create({
    ...{ customer: who, invoice: made.id, ...(tax && { tax_rates: [tax] }) },
    price_data: { product, currency, unit_amount: amount },
  });
  const { id = '' } = await stripe.invoices.finalizeInvoice(made.id ?? '', { auto_advance: false });
  return id;
}

const taxOf = async (stripe: Stripe, inclusive = false) =>
  (await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive })).id;

const table = (report: Report, name: string) => {
  const found = report.tables.find((each) => each.name === name);
  if (!found) throw new Error(`There is no table ${name}.`);
  return found;
};

/** What each account comes to, by name and currency. */
function balances(report: Report): Record<string, string> {
  return Object.fromEntries(
    table(report, 'by_account')
      .rows.filter(({ balance }) => !/^-?0(\.0+)?$/.test(String(balance)))
      .map(({ account, currency, balance }) => [`${account} ${currency}`, String(balance)]),
  );
}

describe('what happens to an invoice', () => {
  test('sold in March, paid in April: revenue by the invoice, money when it came', async () => {
    const { stripe, report } = open('sk_test_journal_sale');
    const who = await customer(stripe);
    const id = await invoice(stripe, who, { amount: 10_000, tax: await taxOf(stripe) });
    now = new Date('2026-04-03T12:00:00Z');
    await stripe.invoices.pay(id);
    expect(balances(await report('2026-03-01', '2026-04-01'))).toEqual({
      'Stripe Receivables usd': '119.00',
      'Stripe Sales usd': '-100.00',
      'Stripe Tax Payable usd': '-19.00',
    });
    expect(balances(await report('2026-04-01', '2026-05-01'))).toEqual({
      'Stripe Clearing usd': '115.25',
      'Stripe Fees usd': '3.75',
      'Stripe Receivables usd': '-119.00',
    });
  });

  test('a refund gives its tax back, to the cent, also in parts; a credit note says so itself', async () => {
    const { stripe, report } = open('sk_test_journal_refund');
    const who = await customer(stripe);
    const vat = await taxOf(stripe, true);
    const first = await stripe.invoices.pay(await invoice(stripe, who, { amount: 9_999, tax: vat }));
    const [charge] = (await stripe.charges.list({ customer: who })).data;
    for (const amount of [3_333, 3_333, 3_333])
      await stripe.refunds.create({ charge: charge?.id ?? '', amount });
    const second = await stripe.invoices.pay(await invoice(stripe, who, { amount: 5_000, tax: vat }));
    const line = second.lines.data[0]?.id ?? '';
    await stripe.creditNotes.create({
      ...{ invoice: second.id ?? '', refund_amount: 5_000 },
      lines: [{ type: 'invoice_line_item', invoice_line_item: line, quantity: 1 }],
    });
    const sums = balances(await report());
    expect(sums['Stripe Tax Payable usd']).toBeUndefined();
    expect(sums['Stripe Receivables usd']).toBeUndefined();
    expect(sums['Stripe Sales usd']).toBe('-126.05');
    expect(sums['Stripe Refunds usd']).toBe('126.05');
    expect(first.status).toBe('paid');
  });

  test('given up, then paid in part after all; voided; paid outside', async () => {
    const { stripe, report } = open('sk_test_journal_ends');
    const who = await customer(stripe);
    const late = await invoice(stripe, who, { amount: 4_000 });
    await stripe.invoices.markUncollectible(late);
    now = new Date(now.getTime() + 60_000);
    await stripe.invoices.pay(late);
    await stripe.invoices.markUncollectible(await invoice(stripe, who, { amount: 700 }));
    await stripe.invoices.voidInvoice(await invoice(stripe, who, { amount: 900, tax: await taxOf(stripe) }));
    await stripe.invoices.pay(await invoice(stripe, who, { amount: 1_100 }), { paid_out_of_band: true });
    expect(balances(await report())).toEqual({
      'Stripe Clearing usd': '38.54',
      'Stripe Fees usd': '1.46',
      'Paid Outside Stripe usd': '11.00',
      'Stripe Bad Debt usd': '7.00',
      'Stripe Sales usd': '-58.00',
    });
  });

  test('credit that a customer holds pays for the next invoice', async () => {
    const { stripe, report } = open('sk_test_journal_credit');
    const who = await customer(stripe);
    const paid = await stripe.invoices.pay(await invoice(stripe, who, { amount: 3_000 }));
    await stripe.creditNotes.create({ invoice: paid.id ?? '', amount: 1_000, credit_amount: 1_000 });
    await stripe.invoices.pay(await invoice(stripe, who, { amount: 2_500 }));
    const sums = balances(await report());
    expect(sums['Stripe Customer Credit usd']).toBeUndefined();
    expect(sums['Stripe Receivables usd']).toBeUndefined();
    expect(sums['Stripe Sales usd']).toBe('-55.00');
    expect(sums['Stripe Refunds usd']).toBe('10.00');
  });

  test('a sale in another currency balances in each, against the exchange account', async () => {
    const { stripe, report } = open('sk_test_journal_cad');
    await stripe.invoices.pay(
      await invoice(stripe, await customer(stripe), { amount: 2_000, currency: 'cad' }),
    );
    const sums = balances(await report());
    expect(sums['Stripe Sales cad']).toBe('-20.00');
    expect(sums['Stripe Currency Exchange cad']).toBe('20.00');
    expect(sums['Stripe Clearing cad']).toBeUndefined();
    expect(Number(sums['Stripe Currency Exchange usd'])).toBeLessThan(0);
    expect((await report()).incomplete).toBeUndefined();
  });

  test('a day is the account’s own', async () => {
    now = new Date('2026-06-01T03:00:00Z');
    const { stripe, report } = open('sk_test_journal_zone', 'America/New_York');
    await invoice(stripe, await customer(stripe), { amount: 500 });
    expect(table(await report(), 'lines').rows.map(({ date }) => date)).toEqual(['2026-05-31', '2026-05-31']);
  });
});

test('what the key may not read makes the journal incomplete, and says of what', async () => {
  const { stripe } = open('sk_test_journal_partly');
  await stripe.invoices.pay(await invoice(stripe, await customer(stripe), { amount: 500 }));
  const asked = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_journal_partly', 'content-type': 'application/json' },
    body: JSON.stringify({
      permissions: { balance_transaction_source: 'read', balance: 'read', invoice: 'read', charge: 'read' },
    }),
  });
  const { secret } = (await asked.json()) as { secret: string };
  const partly = open(secret);
  const read: LedgerAccount['read'] = async (work) => {
    try {
      return await partly.of.read(work);
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripePermissionError)) throw error;
      throw new ToolError('permission_missing', error.message);
    }
  };
  const ledger = createLedger({ db: database.db, clock });
  const reports = createReports({ db: database.db, ledger, clock });
  const report = await reports.make('journal', { ...partly.of, read }, {});
  expect(report.incomplete?.join(' ')).toContain('The key may not read Credit notes');
  expect(report.incomplete?.join(' ')).not.toContain('Invoices');
  expect(viewOf(report)).toMatchObject({ complete: false });
  expect(balances(report)['Stripe Sales usd']).toBe('-5.00');
});

/** One thing that may happen to an account. */
const step = fc.oneof(
  fc.record({
    do: fc.constant('pay' as const),
    amount: fc.integer({ min: 50, max: 90_000 }),
    taxed: fc.boolean(),
    foreign: fc.boolean(),
  }),
  fc.record({ do: fc.constant('charge' as const), amount: fc.integer({ min: 50, max: 90_000 }) }),
  fc.record({ do: fc.constant('refund' as const), part: fc.integer({ min: 1, max: 100 }) }),
  fc.record({
    do: fc.constant('credit' as const),
    part: fc.integer({ min: 1, max: 100 }),
    way: fc.constantFrom('refund', 'credit', 'outside'),
  }),
  fc.record({
    do: fc.constantFrom('open' as const, 'void' as const, 'giveUp' as const, 'outside' as const),
    amount: fc.integer({ min: 50, max: 9_000 }),
  }),
  fc.record({ do: fc.constant('dispute' as const), amount: fc.integer({ min: 1_000, max: 9_000 }) }),
  fc.record({ do: fc.constant('payout' as const), part: fc.integer({ min: 1, max: 100 }) }),
);

test('whatever happens: each entry balances, the clearing account ends where Stripe’s balance is, receivables are what is open', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      run += 1;
      const { stripe, journal } = open(`sk_test_journal_random_${run}`);
      const who = await customer(stripe, 'pm_card_bypassPending');
      const disputed = await customer(stripe, 'pm_card_createDispute');
      const vat = await taxOf(stripe);
      for (const each of steps) {
        now = new Date(now.getTime() + 3_600_000);
        await happen(stripe, { who, disputed, vat }, each).catch((error: unknown) => {
          // A part too small, or more than is left: Stripe refuses, and nothing happened.
          if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
        });
      }
      const { entries, clearing, incomplete } = await journal();
      for (const { lines } of entries) expect(lines.reduce((sum, { amount }) => sum + amount, 0n)).toBe(0n);
      expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
      expect(entries.every(({ lines }) => lines.every(({ ids }) => ids.length > 0))).toBe(true);
      for (const { closing, untilNow, stated } of clearing) {
        expect(closing).toBe(stated);
        expect(untilNow).toBe(stated);
      }
      expect(incomplete).toEqual([]);
      const invoices = await stripe.invoices.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
      for (const currency of ['usd', 'cad']) {
        const open = invoices
          .filter(({ status }) => status === 'open')
          .reduce((sum, each) => sum + (each.currency === currency ? each.amount_remaining : 0), 0);
        const owed = entries
          .filter((entry) => entry.currency === currency)
          .flatMap(({ lines }) => lines.filter(({ account }) => account === 'receivable'))
          .reduce((sum, { amount }) => sum + amount, 0n);
        expect(owed).toBe(BigInt(open));
      }
    }),
    { numRuns: 12 },
  );
});

async function happen(
  stripe: Stripe,
  { who, disputed, vat }: { who: string; disputed: string; vat: string },
  each: typeof step extends fc.Arbitrary<infer Step> ? Step : never,
): Promise<void> {
  switch (each.do) {
    case 'pay': {
      const currency = each.foreign ? 'cad' : 'usd';
      await stripe.invoices.pay(
        await invoice(stripe, who, { amount: each.amount, currency, tax: each.taxed ? vat : undefined }),
      );
      return;
    }
    case 'charge':
    case 'dispute':
      await stripe.paymentIntents.create({
        ...{ amount: each.amount, currency: 'usd', confirm: true, off_session: true },
        customer: each.do === 'dispute' ? disputed : who,
        payment_method:
          (await stripe.customers.listPaymentMethods(each.do === 'dispute' ? disputed : who)).data[0]?.id ??
          '',
      });
      return;
    case 'refund': {
      const charge = (await stripe.charges.list({ customer: who })).data.find(({ refunded }) => !refunded);
      if (!charge) return;
      const left = charge.amount - charge.amount_refunded;
      const amount = Math.max(1, Math.floor((left * each.part) / 100));
      await stripe.refunds.create({ charge: charge.id, amount });
      return;
    }
    case 'credit': {
      const paid = (await stripe.invoices.list({ status: 'paid', limit: 1 })).data[0];
      if (!paid?.id) return;
      const amount = Math.max(1, Math.floor((paid.amount_paid * each.part) / 100));
      await stripe.creditNotes.create({
        ...{ invoice: paid.id, amount },
        ...(each.way === 'refund' && { refund_amount: amount }),
        ...(each.way === 'credit' && { credit_amount: amount }),
        ...(each.way === 'outside' && { out_of_band_amount: amount }),
      });
      return;
    }
    case 'payout': {
      const { available } = await stripe.balance.retrieve();
      const usd = available.find(({ currency }) => currency === 'usd')?.amount ?? 0;
      const amount = Math.floor((usd * each.part) / 100);
      if (amount > 0) await stripe.payouts.create({ amount, currency: 'usd' });
      return;
    }
    default: {
      const id = await invoice(stripe, who, { amount: each.amount });
      if (each.do === 'void') await stripe.invoices.voidInvoice(id);
      if (each.do === 'giveUp') await stripe.invoices.markUncollectible(id);
      if (each.do === 'outside') await stripe.invoices.pay(id, { paid_out_of_band: true });
    }
  }
}

describe('the files', () => {
  test('QuickBooks and Xero get their own columns, dates and signs; the same entry has the same number each time', async () => {
    now = new Date('2026-07-09T12:00:00Z');
    const { stripe, report } = open('sk_test_journal_files');
    const id = await invoice(stripe, await customer(stripe), { amount: 1_000, tax: await taxOf(stripe) });
    const made = await report();
    const again = await report();
    const quickbooks = csvOf(table(made, 'quickbooks')).split('\r\n');
    expect(quickbooks[0]).toBe('Journal No.,Journal Date,Account Name,Debits,Credits,Description,Currency');
    expect(quickbooks[1]).toMatch(/^PU-[0-9a-f]{12},07\/09\/2026,Stripe Receivables,11\.90,,/);
    expect(quickbooks[2]).toMatch(/^PU-[0-9a-f]{12},07\/09\/2026,Stripe Sales,,10\.00,/);
    expect(quickbooks[2]).toContain(id);
    const xero = csvOf(table(made, 'xero')).split('\r\n');
    expect(xero[0]).toBe('*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount');
    expect(xero[1]).toMatch(/,09 Jul 2026,Invoice .*,1030,Tax Exempt,11\.90$/);
    expect(xero[3]).toMatch(/,2010,Tax Exempt,-1\.90$/);
    expect(csvOf(table(again, 'xero'))).toBe(csvOf(table(made, 'xero')));
  });

  test('Xero takes 300 lines a file: no journal is torn apart, and each file balances', async () => {
    const { stripe, report } = open('sk_test_journal_many');
    const who = await customer(stripe);
    for (let n = 0; n < 110; n += 1) await invoice(stripe, who, { amount: 100 + n, tax: undefined });
    const rate = await taxOf(stripe);
    for (let n = 0; n < 30; n += 1) await invoice(stripe, who, { amount: 100 + n, tax: rate });
    const made = await report();
    const files = made.tables.filter(({ name }) => /^xero(_\d+)?$/.test(name));
    expect(files).toHaveLength(2);
    expect(files.reduce((count, { rows }) => count + rows.length, 0)).toBe(310);
    expect(files.every(({ rows }) => rows.length <= mostXeroRows)).toBe(true);
    for (const { rows } of files)
      expect(rows.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0)).toBe(0);
    expect(table(made, 'xero_daily').rows).toHaveLength(3);
  });
});

test('money set aside for issued cards is part of what Stripe states', async () => {
  const { stripe, journal } = open('sk_test_journal_issuing');
  await stripe.topups.create({ amount: 700, currency: 'usd', ...{ destination_balance: 'issuing' } });
  now = new Date(now.getTime() + 10 * 86_400_000);
  const { clearing, incomplete } = await journal();
  expect(incomplete).toEqual([]);
  expect(clearing).toMatchObject([{ currency: 'usd', untilNow: 700n, stated: 700n }]);
});
