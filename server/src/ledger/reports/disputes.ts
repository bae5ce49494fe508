import type Stripe from 'stripe';
import { suggestedEvidence } from '../../connections/stripe/dispute-evidence.ts';
import type { CallContext } from '../../tools/tool.ts';
import type { LedgerAccount } from '../ledger.ts';
import { decimal, type Report } from '../report.ts';
import type { Span } from './revenue.ts';

const mostDisputes = 5_000;

/** Disputes opened in a time: what they are about, how they stand, until when they can be answered and with what. */
export async function disputesReport(
  of: LedgerAccount,
  span: Span & { readonly now: Date },
  context: CallContext,
): Promise<Report> {
  const from = Math.floor(span.from.getTime() / 1000);
  const disputes = await of.read(
    (api) =>
      api.disputes
        .list({
          ...{ limit: 100, created: { gte: from, lt: Math.ceil(span.to.getTime() / 1000) } },
          expand: ['data.charge', 'data.charge.customer'],
        })
        .autoPagingToArray({ limit: mostDisputes }),
    context,
  );
  return {
    name: 'disputes',
    title: 'Disputes',
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    timeZone: of.timeZone,
    basis: 'Disputes by the day they were opened',
    tables: [disputeTable(disputes), outcomeTable(disputes)],
    tieOut: [],
    notes:
      disputes.length < mostDisputes
        ? []
        : [`Only the newest ${mostDisputes} disputes of this time were looked at.`],
    asOf: span.now.toISOString(),
  };
}

function disputeTable(disputes: readonly Stripe.Dispute[]): Report['tables'][number] {
  return {
    name: 'disputes',
    title: 'Disputes',
    columns: [
      { key: 'dispute', label: 'Dispute', type: 'text' },
      { key: 'customer', label: 'Customer', type: 'text' },
      { key: 'currency', label: 'Currency', type: 'text' },
      { key: 'amount', label: 'Amount', type: 'money' },
      { key: 'reason', label: 'Reason', type: 'text' },
      { key: 'status', label: 'Status', type: 'text' },
      { key: 'opened', label: 'Opened', type: 'date' },
      { key: 'due_by', label: 'Answer by', type: 'date' },
      { key: 'submissions', label: 'Answers sent', type: 'number' },
      { key: 'evidence', label: 'What helps', type: 'text' },
    ],
    rows: disputes.map((dispute) => {
      const { due_by: dueBy, submission_count: submissions } = dispute.evidence_details;
      const waits = dispute.status === 'needs_response' || dispute.status === 'warning_needs_response';
      return {
        ...{ dispute: dispute.id, customer: customerOf(dispute), currency: dispute.currency },
        amount: decimal(BigInt(dispute.amount), dispute.currency),
        ...{ reason: dispute.reason, status: dispute.status, opened: day(dispute.created) },
        due_by: dueBy ? day(dueBy) : null,
        submissions,
        evidence: waits ? suggestedEvidence(dispute.reason).join('; ') : null,
      };
    }),
  };
}

function outcomeTable(disputes: readonly Stripe.Dispute[]): Report['tables'][number] {
  const groups = Map.groupBy(disputes, ({ status, currency }) => `${status} ${currency}`);
  return {
    name: 'by_status',
    title: 'By status',
    columns: [
      { key: 'status', label: 'Status', type: 'text' },
      { key: 'count', label: 'Disputes', type: 'number' },
      { key: 'currency', label: 'Currency', type: 'text' },
      { key: 'amount', label: 'Amount', type: 'money' },
    ],
    rows: [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (!first) return [];
      const sum = group.reduce((total, { amount }) => total + BigInt(amount), 0n);
      const { status, currency } = first;
      return [{ status, count: group.length, currency, amount: decimal(sum, currency) }];
    }),
  };
}

function customerOf({ charge }: Stripe.Dispute): string | null {
  if (typeof charge !== 'object') return null;
  const { customer, billing_details: billing } = charge;
  const known = typeof customer === 'object' && customer && !customer.deleted ? customer : null;
  return known?.name ?? known?.email ?? billing.name ?? billing.email ?? null;
}

const day = (seconds: number): string => new Date(seconds * 1000).toISOString();
