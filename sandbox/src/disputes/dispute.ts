import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { book } from '../balance/balance.ts';
import { disputeFee } from '../balance/fees.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { day } from '../clock.ts';
import { create, emit, update } from '../events.ts';
import { newId } from '../ids.ts';
import { behaviourOf, paymentMethods } from '../payment-methods/payment-method.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';

// needs_response ──submit──▶ under_review ──▶ won | lost        warning_needs_response ──submit──▶ warning_under_review
//       └──────────── close, or the deadline passes ──▶ lost           └── close, or the deadline ──▶ warning_closed

export type Dispute = Wire<Stripe.Dispute>;

export const disputes: CollectionSpec<Dispute, 'charge' | 'payment_intent'> = {
  name: 'disputes',
  indexes: { charge: (dispute) => dispute.charge, payment_intent: (dispute) => dispute.payment_intent },
};

export const deadlineJob = 'dispute.deadline';
export const verdictJob = 'dispute.verdict';

/** How long there is to answer, and how long a bank then takes, in seconds. */
const responseSeconds = 9 * day;
const verdictSeconds = 60 * day;

const reasonCodes: Readonly<Record<string, string>> = { fraudulent: '10.4', product_not_received: '13.1' };

/** Opens the dispute that a test card is for, once its charge is captured. Answers the charge as it then is. */
export function openDisputeFor(account: Account, charge: Charge): Charge {
  const method =
    charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
  const complaint = method ? behaviourOf(method).complaint : undefined;
  if (!complaint || !charge.captured || charge.disputed || complaint === 'warning') return charge;
  const reason = complaint === 'product_not_received' ? complaint : 'fraudulent';
  openDispute(account, charge, reason, complaint === 'inquiry');
  return account.of(charges).get(charge.id) ?? charge;
}

/** A cardholder disputes a captured charge: the money is withdrawn with a fee, unless it is only an inquiry. */
export function openDispute(account: Account, charge: Charge, reason: string, inquiry = false): Dispute {
  const id = newId('du', 24);
  const dueBy = Math.floor((account.now() + responseSeconds) / day) * day + day - 1;
  const amount = charge.amount_captured - charge.amount_refunded;
  const dispute: Dispute = {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: emptyEvidence,
    evidence_details: {
      due_by: dueBy,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: account.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      card: {
        brand: charge.payment_method_details?.card?.brand ?? 'visa',
        case_type: inquiry ? 'inquiry' : 'chargeback',
        network: charge.payment_method_details?.card?.network ?? 'visa',
        network_reason_code: reasonCodes[reason] ?? '10.4',
      },
      type: 'card',
    },
    reason,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  };
  create(account, disputes, dispute, 'charge.dispute.created');
  account.schedule(dueBy, deadlineJob, id);
  if (inquiry) return dispute;
  update(account, charges, { ...charge, disputed: true }, 'charge.updated');
  return withdraw(account, dispute);
}

function withdraw(account: Account, dispute: Dispute): Dispute {
  const entry = book(account, {
    amount: -dispute.amount,
    currency: dispute.currency,
    fee: disputeFee(dispute.currency),
    feeDescription: 'Dispute fee',
    description: `Chargeback withdrawal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    reportingCategory: 'dispute',
  });
  const withdrawn: Dispute = { ...dispute, balance_transactions: [entry] };
  account.of(disputes).put(withdrawn);
  emit(account, 'charge.dispute.funds_withdrawn', withdrawn);
  return withdrawn;
}

export function isOpen(dispute: Dispute): boolean {
  return dispute.status === 'needs_response' || dispute.status === 'warning_needs_response';
}

/** Hands evidence to the bank. Stripe's test strings decide at once; anything else waits for the bank's verdict. */
export function submit(account: Account, dispute: Dispute): Dispute {
  const details = {
    ...dispute.evidence_details,
    submission_count: dispute.evidence_details.submission_count + 1,
    has_evidence: true,
  };
  const status = dispute.status === 'warning_needs_response' ? 'warning_under_review' : 'under_review';
  const submitted = update(
    account,
    disputes,
    { ...dispute, status, evidence_details: details },
    'charge.dispute.updated',
  );
  const word = dispute.evidence.uncategorized_text;
  if (word === 'winning_evidence') return win(account, submitted);
  if (word === 'losing_evidence') return lose(account, submitted);
  account.schedule(account.now() + verdictSeconds, verdictJob, dispute.id);
  return submitted;
}

export function win(account: Account, dispute: Dispute): Dispute {
  if (dispute.status === 'warning_under_review') return close(account, dispute, 'warning_closed');
  const entry = book(account, {
    amount: dispute.amount,
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    reportingCategory: 'dispute_reversal',
  });
  const reinstated: Dispute = { ...dispute, balance_transactions: [...dispute.balance_transactions, entry] };
  const won = close(account, reinstated, 'won');
  emit(account, 'charge.dispute.funds_reinstated', won);
  return won;
}

export function lose(account: Account, dispute: Dispute): Dispute {
  return close(account, dispute, dispute.status.startsWith('warning') ? 'warning_closed' : 'lost');
}

function close(account: Account, dispute: Dispute, status: 'won' | 'lost' | 'warning_closed'): Dispute {
  const closed: Dispute = { ...dispute, status };
  account.of(disputes).put(closed);
  emit(account, 'charge.dispute.closed', closed);
  return closed;
}

/** The deadline passed without an answer. Runs as a due job. */
export function passDeadline(account: Account, id: string): void {
  const dispute = account.of(disputes).get(id);
  if (!dispute || !isOpen(dispute)) return;
  lose(account, { ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } });
}

/** The bank decided about evidence that no test string settled: for the cardholder. Runs as a due job. */
export function decide(account: Account, id: string): void {
  const dispute = account.of(disputes).get(id);
  if (dispute && (dispute.status === 'under_review' || dispute.status === 'warning_under_review'))
    lose(account, dispute);
}

const emptyEvidence: Wire<Stripe.Dispute.Evidence> = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
