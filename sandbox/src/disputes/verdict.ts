import type { Account } from '../account.ts';
import { book, settlementTime } from '../balance/balance.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { day } from '../clock.ts';
import { emit, update } from '../events.ts';
import { invalidRequest } from '../wire/errors.ts';
import { answerBy, type Dispute, deadlineJob, disputes, isInquiry, isOpen, withdraw } from './dispute.ts';

export const verdictJob = 'dispute.verdict';
/** How long a bank takes to decide, in seconds. */
const verdictSeconds = 60 * day;

/** Hands evidence to the bank. Stripe's test strings decide at once; anything else waits for the bank's verdict. */
export function submit(
  account: Account,
  dispute: Dispute,
  method: 'manual' | 'smart_disputes' = 'manual',
): Dispute {
  requireFee(dispute);
  const submitted: Dispute = {
    ...dispute,
    status: isInquiry(dispute) ? 'warning_under_review' : 'under_review',
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: true,
      submission_count: dispute.evidence_details.submission_count + 1,
      submission_method: method,
    },
  };
  update(account, disputes, submitted, 'charge.dispute.updated');
  mention(account, submitted);
  const word = dispute.evidence.uncategorized_text;
  if (word === 'winning_evidence') return win(account, submitted);
  if (word === 'losing_evidence') return lose(account, submitted);
  if (word === 'escalate_inquiry_evidence' && isInquiry(submitted)) return escalate(account, submitted);
  account.schedule(account.now() + verdictSeconds, verdictJob, dispute.id);
  return submitted;
}

/** Networks charge for answering a compliance case. Throws when the business has not agreed to that. */
function requireFee({ evidence_details: { enhanced_eligibility: eligibility } }: Dispute): void {
  for (const kind of ['visa_compliance', 'mastercard_compliance'] as const)
    if (eligibility[kind]?.status === 'requires_fee_acknowledgement')
      throw invalidRequest(
        `To submit evidence for this dispute you must acknowledge the network's fee: set evidence[enhanced_evidence][${kind}][fee_acknowledged] to true.`,
        { param: `evidence[enhanced_evidence][${kind}][fee_acknowledged]` },
      );
}

/** The charge tells of its dispute too, each time that goes on. */
function mention(account: Account, { charge: id }: Dispute): void {
  const charge = account.of(charges).get(id);
  if (charge) emit(account, 'charge.updated', charge);
}

function win(account: Account, dispute: Dispute): Dispute {
  if (isInquiry(dispute)) return close(account, dispute, 'warning_closed');
  const entry = book(account, {
    amount: dispute.amount,
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    source: dispute.id,
    type: 'adjustment',
    reportingCategory: 'dispute_reversal',
    availableOn: settlementTime(account),
  });
  const won: Dispute = {
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, entry],
    is_charge_refundable: true,
    status: 'won',
  };
  account.of(disputes).put(won);
  emit(account, 'charge.dispute.funds_reinstated', won);
  return close(account, won, 'won');
}

function lose(account: Account, dispute: Dispute): Dispute {
  return close(account, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost');
}

function close(account: Account, dispute: Dispute, status: 'won' | 'lost' | 'warning_closed'): Dispute {
  const closed = account.of(disputes).put({ ...dispute, status });
  emit(account, 'charge.dispute.closed', closed);
  return closed;
}

/** A question becomes a chargeback: the money is withdrawn, and there is new time to answer. */
function escalate(account: Account, dispute: Dispute): Dispute {
  const dueBy = answerBy(account);
  const { payment_method_details: details } = dispute;
  const escalated: Dispute = {
    ...dispute,
    evidence_details: { ...dispute.evidence_details, due_by: dueBy },
    is_charge_refundable: false,
    ...(details?.card
      ? {
          payment_method_details: {
            ...details,
            card: { ...details.card, case_type: 'chargeback', network_reason_code: '10.4' },
          },
        }
      : {}),
    status: 'needs_response',
  };
  account.schedule(dueBy, deadlineJob, dispute.id);
  return withdraw(account, update(account, disputes, escalated, 'charge.dispute.updated'));
}

/** The business accepts a dispute. */
export function accept(account: Account, dispute: Dispute): Dispute {
  const closed = lose(account, dispute);
  mention(account, closed);
  return closed;
}

/** The deadline passed without an answer, unless Stripe answers by itself. Runs as a due job. */
export function passDeadline(account: Account, id: string): void {
  const dispute = account.of(disputes).get(id);
  if (!dispute || !isOpen(dispute) || (dispute.evidence_details.due_by ?? 0) > account.now()) return;
  if (dispute.intended_submission_method === 'smart_disputes') {
    submit(account, dispute, 'smart_disputes');
    return;
  }
  lose(account, { ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } });
}

/** The bank decided about evidence that no test string settled. Runs as a due job. */
export function decide(account: Account, id: string): void {
  const dispute = account.of(disputes).get(id);
  if (dispute?.status !== 'under_review' && dispute?.status !== 'warning_under_review') return;
  const { visa_compelling_evidence_3: visa } = dispute.evidence_details.enhanced_eligibility;
  if (visa?.status === 'qualified') win(account, dispute);
  else lose(account, dispute);
}

/** Hears that a charge was refunded in full: nobody asks about it any more. */
export function onRefunded(account: Account, object: unknown): void {
  const charge = object as Charge;
  if (!charge.refunded) return;
  for (const dispute of account.of(disputes).by('charge', charge.id))
    if (isInquiry(dispute) && dispute.status !== 'warning_closed') lose(account, dispute);
}
