/** Payments that failed and were not mended since: why, when Stripe tries again, and what the customer is worth. */
import { type Kysely, sql } from 'kysely';
import type Stripe from 'stripe';
import { explainDecline } from '../../connections/stripe/declines.ts';
import type { Schema } from '../../database/schema.ts';
import type { CallContext } from '../../tools/tool.ts';
import type { LedgerAccount } from '../ledger.ts';
import { decimal, type Report } from '../report.ts';
import type { Span } from './revenue.ts';

/** More failed charges than this are not gone through at once. */
const mostCharges = 2_000;

export async function failedPaymentsReport(
  db: Kysely<Schema>,
  of: LedgerAccount,
  span: Span & { readonly now: Date },
  context: CallContext,
): Promise<Report> {
  const { failed, complete } = await failedCharges(of, span, context);
  const last = lastOfEachPayment(failed);
  const rows = [];
  for (const charge of last) {
    const row = await rowOf(of, charge, context);
    if (row) rows.push(row);
  }
  const worth = await worthOf(db, `${of.account.id}:${of.mode}`, rows);
  return {
    name: 'failed-payments',
    title: 'Failed payments',
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    timeZone: of.timeZone,
    basis: 'The last failed attempt of each payment that has not succeeded since',
    tables: [
      {
        name: 'payments',
        title: 'Payments',
        columns: [
          { key: 'customer_name', label: 'Customer', type: 'text' },
          { key: 'customer_email', label: 'E-mail', type: 'text' },
          { key: 'customer', label: 'Customer id', type: 'text' },
          { key: 'currency', label: 'Currency', type: 'text' },
          { key: 'amount', label: 'Amount', type: 'money' },
          { key: 'failed_at', label: 'Failed', type: 'date' },
          { key: 'decline_code', label: 'Decline code', type: 'text' },
          { key: 'decline_class', label: 'What helps', type: 'text' },
          { key: 'invoice', label: 'Invoice', type: 'text' },
          { key: 'subscription', label: 'Subscription', type: 'text' },
          { key: 'attempts', label: 'Attempts', type: 'number' },
          { key: 'next_attempt', label: 'Next attempt', type: 'date' },
          { key: 'payment_intent', label: 'Payment', type: 'text' },
          { key: 'paid_before', label: 'Paid before', type: 'money' },
        ],
        rows: rows.map((row) => ({
          ...row,
          paid_before: worth.get(`${row.customer} ${row.currency}`) ?? null,
        })),
      },
    ],
    tieOut: [],
    notes: complete ? [] : [`Only the newest ${mostCharges} failed charges of this time were looked at.`],
    asOf: span.now.toISOString(),
  };
}

async function failedCharges(of: LedgerAccount, span: Span, context: CallContext) {
  const from = Math.floor(span.from.getTime() / 1000);
  return of.read(async (api) => {
    const failed: Stripe.Charge[] = [];
    const list = api.charges.list({
      ...{ limit: 100, created: { gte: from, lt: Math.ceil(span.to.getTime() / 1000) } },
      expand: ['data.customer', 'data.payment_intent'],
    });
    for await (const charge of list) {
      if (charge.status !== 'failed') continue;
      if (failed.length >= mostCharges) return { failed, complete: false };
      failed.push(charge);
    }
    return { failed, complete: true };
  }, context);
}

/** Newest first comes in, so the first of a payment is its last attempt. */
function lastOfEachPayment(failed: readonly Stripe.Charge[]): Stripe.Charge[] {
  const seen = new Set<string>();
  return failed.filter((charge) => {
    const { payment_intent: intent } = charge;
    const key = typeof intent === 'string' ? intent : (intent?.id ?? charge.id);
    if (seen.has(key)) return false;
    seen.add(key);
    return typeof intent !== 'object' || intent?.status !== 'succeeded';
  });
}

async function rowOf(of: LedgerAccount, charge: Stripe.Charge, context: CallContext) {
  const intent =
    typeof charge.payment_intent === 'string' ? charge.payment_intent : charge.payment_intent?.id;
  const invoice = intent ? await invoiceOf(of, intent, context) : null;
  if (invoice && invoice.status !== 'open' && invoice.status !== 'uncollectible') return null;
  const customer = typeof charge.customer === 'object' && !charge.customer?.deleted ? charge.customer : null;
  const code = charge.outcome?.reason ?? charge.failure_code ?? null;
  const subscription = invoice?.parent?.subscription_details?.subscription;
  return {
    customer_name: customer?.name ?? charge.billing_details.name ?? null,
    customer_email: customer?.email ?? charge.billing_details.email ?? null,
    customer: customer?.id ?? (typeof charge.customer === 'string' ? charge.customer : null),
    currency: charge.currency,
    amount: decimal(BigInt(charge.amount), charge.currency),
    failed_at: new Date(charge.created * 1000).toISOString(),
    decline_code: code,
    decline_class: explainDecline(code ?? undefined, charge.failure_code ?? undefined).class,
    invoice: invoice?.id ?? null,
    subscription: typeof subscription === 'string' ? subscription : (subscription?.id ?? null),
    attempts: invoice?.attempt_count ?? null,
    next_attempt: invoice?.next_payment_attempt
      ? new Date(invoice.next_payment_attempt * 1000).toISOString()
      : null,
    payment_intent: intent ?? null,
  };
}

async function invoiceOf(
  of: LedgerAccount,
  intent: string,
  context: CallContext,
): Promise<Stripe.Invoice | null> {
  return of.read(async (api) => {
    const payment = { type: 'payment_intent', payment_intent: intent } as const;
    const [found] = (await api.invoicePayments.list({ payment, limit: 1 })).data;
    if (!found) return null;
    return api.invoices.retrieve(
      typeof found.invoice === 'string' ? found.invoice : (found.invoice.id ?? ''),
    );
  }, context);
}

/** What customers paid so far, less what they got back, as far as the ledger knows. By `customer currency`. */
async function worthOf(
  db: Kysely<Schema>,
  ledger: string,
  rows: readonly { customer: string | null }[],
): Promise<Map<string, string>> {
  const customers = [...new Set(rows.flatMap(({ customer }) => (customer ? [customer] : [])))];
  if (customers.length === 0) return new Map();
  const { rows: sums } = await sql<{ customer: string; currency: string; worth: string }>`
    select customer, currency, sum(gross - discount + tax - refunded - disputed)::text as worth
    from facts where ledger = ${ledger} and customer = any(${customers}) group by 1, 2`.execute(db);
  return new Map(
    sums.map(({ customer, currency, worth }) => [
      `${customer} ${currency}`,
      decimal(BigInt(worth), currency),
    ]),
  );
}
