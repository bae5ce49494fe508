import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { book } from '../balance/balance.ts';
import { settlementCurrency } from '../balance/exchange.ts';
import { disputeFee } from '../balance/fees.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { day } from '../clock.ts';
import { customers } from '../customers.ts';
import { create, emit } from '../events.ts';
import { newId } from '../ids.ts';
import { refundable } from '../refunds/refund.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import type { DisputeCase } from './cases.ts';
import { eligibilityOf, emptyEvidence } from './evidence.ts';

// needs_response ──submit──▶ under_review ──▶ won | lost        warning_needs_response ──submit──▶ warning_under_review
//    ▲  └──────────── close, or the deadline passes ──▶ lost           │      └── close, or the deadline ──▶ warning_closed
//    └───────────────────────────── escalated ─────────────────────────┘

export type Dispute = Wire<Stripe.Dispute>;

export const disputes: CollectionSpec<Dispute, 'charge' | 'payment_intent'> = {
  name: 'disputes',
  indexes: { charge: (dispute) => dispute.charge, payment_intent: (dispute) => dispute.payment_intent },
};

export const deadlineJob = 'dispute.deadline';

/** Until when a dispute that arrives now must be answered: the end of the ninth day, in UTC. */
export function answerBy(account: Account): number {
  return (Math.floor(account.now() / day) + 9) * day - 1;
}

/** Whether a dispute waits for the business. */
export function isOpen({ status }: Dispute): boolean {
  return status === 'needs_response' || status === 'warning_needs_response';
}

/** Whether it is only a question so far: no money was withdrawn. */
export function isInquiry({ status }: Dispute): boolean {
  return status.startsWith('warning');
}

/** A cardholder disputes what is left of a captured charge, or `part` of it: the money is withdrawn with a fee. */
export function openDispute(
  account: Account,
  charge: Charge,
  about: DisputeCase,
  part: number = disputable(account, charge),
): Dispute {
  const { code, isFinal, kind, reason } = about;
  const isQuestion = kind === 'inquiry';
  const dueBy = isFinal ? null : answerBy(account);
  const { card, type } = charge.payment_method_details ?? {};
  const dispute: Dispute = {
    id: newId('du', 24),
    object: 'dispute',
    amount: part,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    enhanced_eligibility_types: about.enhanced ? [about.enhanced] : [],
    evidence: { ...emptyEvidence, ...knownOf(account, charge) },
    evidence_details: {
      due_by: dueBy,
      enhanced_eligibility: about.enhanced ? eligibilityOf(about.enhanced, {}) : {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: about.isSmart ? 'smart_disputes' : null,
    is_charge_refundable: isQuestion,
    livemode: account.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    ...(type === 'card'
      ? {
          payment_method_details: {
            card: {
              brand: card?.brand ?? 'visa',
              case_type: kind,
              network: card?.network ?? 'visa',
              network_reason_code: code,
            },
            type,
          },
        }
      : {}),
    reason,
    status: isFinal ? 'lost' : isQuestion ? 'warning_needs_response' : 'needs_response',
  };
  create(account, disputes, dispute, 'charge.dispute.created');
  if (dueBy !== null) account.schedule(dueBy, deadlineJob, dispute.id);
  if (isQuestion) return dispute;
  const withdrawn = withdraw(account, dispute);
  if (isFinal) emit(account, 'charge.dispute.closed', withdrawn);
  return withdrawn;
}

/** What of a charge can be disputed, in minor units: what was neither given back nor disputed before. */
export function disputable(account: Account, charge: Charge): number {
  const before = account
    .of(disputes)
    .by('charge', charge.id)
    .filter(({ status }) => status !== 'won' && status !== 'warning_closed')
    .reduce((total, { amount }) => total + amount, 0);
  return Math.max(0, refundable(account, charge) - before);
}

/** Evidence that Stripe finds by itself. */
function knownOf(account: Account, charge: Charge): Partial<Dispute['evidence']> {
  const customer = charge.customer === null ? undefined : account.of(customers).get(charge.customer);
  const { billing_details: billing } = charge;
  const known = customer && !customer.deleted ? customer : undefined;
  return {
    customer_email_address: known?.email ?? billing.email ?? charge.receipt_email,
    customer_name: known?.name ?? billing.name,
    product_description: charge.description,
  };
}

/** Takes the disputed money from the balance, with Stripe's fee, which is never given back. */
export function withdraw(account: Account, dispute: Dispute): Dispute {
  const entry = book(account, {
    amount: -dispute.amount,
    currency: dispute.currency,
    fee: disputeFee(settlementCurrency(account, dispute.currency)),
    feeDescription: 'Dispute fee',
    description: `Chargeback withdrawal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    reportingCategory: 'dispute',
  });
  const withdrawn: Dispute = { ...dispute, balance_transactions: [...dispute.balance_transactions, entry] };
  account.of(disputes).put(withdrawn);
  const charge = account.of(charges).get(dispute.charge);
  if (charge) account.of(charges).put({ ...charge, disputed: true });
  emit(account, 'charge.dispute.funds_withdrawn', withdrawn);
  return withdrawn;
}
