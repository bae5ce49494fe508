import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, demoKey, type Sandbox } from '../index.ts';

const hour = 3600;
const now = Date.UTC(2026, 10, 23, 15);
let dataDir = '';
let sandbox: Sandbox;
let stripe: Stripe;
const troubles: unknown[] = [];

function open(): { sandbox: Sandbox; stripe: Stripe } {
  const made = createSandbox({
    dataDir,
    seed: 'demo',
    clock: { now: () => now },
    log: (message, cause) => troubles.push([message, cause]),
  });
  const httpClient = Stripe.createFetchHttpClient(made.fetch);
  return { sandbox: made, stripe: new Stripe(demoKey, { httpClient, maxNetworkRetries: 0 }) };
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'demo-'));
  ({ sandbox, stripe } = open());
  await stripe.balance.retrieve();
});
afterAll(async () => {
  await sandbox.close();
  await rm(dataDir, { recursive: true });
});

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}

function sumBy<T>(
  items: readonly T[],
  key: (item: T) => string,
  amount: (item: T) => number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const item of items) sums[key(item)] = (sums[key(item)] ?? 0) + amount(item);
  return sums;
}

describe('the demo year', () => {
  test('no rule failed on the way, and the books are in order', async () => {
    expect(troubles).toEqual([]);
    const headers = { authorization: `Bearer ${demoKey}` };
    const audit = await sandbox.fetch('http://sandbox/_sandbox/audit', { headers });
    expect(await audit.json()).toMatchObject({ problems: [] });
  });

  test('the balance is what the balance transactions add up to', async () => {
    const entries = await all(stripe.balanceTransactions.list({ limit: 100 }));
    const balance = await stripe.balance.retrieve();
    const nets = sumBy(
      entries,
      (entry) => entry.currency,
      (entry) => entry.net,
    );
    const shown = sumBy(
      [...balance.available, ...balance.pending],
      (sum) => sum.currency,
      (sum) => sum.amount,
    );
    expect(shown).toEqual(nets);
    for (const entry of entries) expect(entry.net).toBe(entry.amount - entry.fee);
    for (const { amount } of balance.available) expect(amount).toBeGreaterThanOrEqual(0);
  });

  test('every invoice adds up, and what was paid by card is what was charged', async () => {
    const invoices = await all(stripe.invoices.list({ limit: 100 }));
    const numbers = invoices.map((invoice) => invoice.number).filter((number) => number !== null);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const invoice of invoices) {
      const lines = invoice.lines.data.reduce((sum, line) => sum + line.amount, 0);
      const off = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
      expect(invoice.subtotal).toBe(lines);
      expect(invoice.total).toBe(lines - off);
      expect(invoice.amount_due).toBe(invoice.amount_paid + invoice.amount_remaining);
    }
    const payments = await all(stripe.invoicePayments.list({ limit: 100, status: 'paid' }));
    const byCard = sumBy(
      payments,
      (payment) => payment.currency,
      (payment) => payment.amount_paid ?? 0,
    );
    const offStripe = sumBy(
      invoices,
      (invoice) => invoice.currency,
      (invoice) => invoice.amount_paid_off_stripe ?? 0,
    );
    const paid = sumBy(
      invoices,
      (invoice) => invoice.currency,
      (invoice) => invoice.amount_paid,
    );
    for (const [currency, amount] of Object.entries(paid))
      expect((byCard[currency] ?? 0) + (offStripe[currency] ?? 0)).toBe(amount);
  });

  test('has what a business has: growth, plans, currencies, trouble', async () => {
    const customers = await all(stripe.customers.list({ limit: 100 }));
    const subscriptions = await all(stripe.subscriptions.list({ limit: 100, status: 'all' }));
    const charges = await all(stripe.charges.list({ limit: 100 }));
    const disputes = await all(stripe.disputes.list({ limit: 100 }));
    const invoices = await all(stripe.invoices.list({ limit: 100 }));
    const today = now / 1000;
    expect(customers.length).toBeGreaterThan(195);
    expect(customers.filter((customer) => customer.created > today - 7 * 24 * hour).length).toBeGreaterThan(
      3,
    );
    expect(customers.some((customer) => customer.name === 'Bob Loblaw')).toBe(false);
    const statuses = new Set<string>(subscriptions.map((subscription) => subscription.status));
    for (const status of ['active', 'canceled', 'incomplete_expired', 'past_due', 'trialing'])
      expect(statuses).toContain(status);
    expect(new Set(charges.map((charge) => charge.currency))).toEqual(new Set(['usd', 'eur', 'gbp', 'jpy']));
    expect(charges.filter((charge) => charge.refunded).length).toBeGreaterThan(5);
    expect(charges.filter((charge) => charge.amount_refunded > 0 && !charge.refunded).length).toBeGreaterThan(
      5,
    );
    expect(
      charges.filter((charge) => charge.status === 'failed' && charge.created > today - 24 * hour).length,
    ).toBeGreaterThan(2);
    expect(new Set<string>(disputes.map((dispute) => dispute.status))).toEqual(
      new Set(['needs_response', 'won', 'lost']),
    );
    for (const dispute of disputes.filter((one) => one.status === 'needs_response'))
      expect(dispute.evidence_details.due_by).toBeGreaterThan(today);
    expect(
      invoices.some((invoice) => invoice.status === 'draft' && invoice.billing_reason === 'manual'),
    ).toBe(true);
    expect(
      invoices.some(
        (invoice) => invoice.status === 'open' && invoice.due_date !== null && invoice.due_date < today,
      ),
    ).toBe(true);
    expect((await stripe.payouts.list({ limit: 1 })).data).toHaveLength(1);
  });

  test('is there after a restart, the same', async () => {
    const before = await stripe.balance.retrieve();
    const [newest] = (await stripe.invoices.list({ limit: 1 })).data;
    await sandbox.close();
    ({ sandbox, stripe } = open());
    expect(await stripe.balance.retrieve()).toEqual(before);
    expect((await stripe.invoices.list({ limit: 1 })).data[0]).toEqual(newest);
  });
});
