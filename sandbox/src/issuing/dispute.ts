import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { advance, create, emit, update } from '../events.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { missingParam } from '../wire/errors.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import {
  type Evidence,
  type EvidenceChange,
  evidenceAfter,
  explanationOf,
  requireComplete,
} from './dispute-evidence.ts';
import { bookIssuing } from './funds.ts';
import { givenBack, namedTransaction, refundable, type Transaction, transactions } from './transaction.ts';

// unsubmitted ──submit──▶ submitted ──(the network decides)──▶ won | lost        unsubmitted ──110 days──▶ expired

export type Dispute = Wire<Stripe.Issuing.Dispute>;

export const disputes: CollectionSpec<Dispute, 'transaction'> = {
  name: 'issuing_disputes',
  indexes: { transaction: (dispute) => dispute.transaction },
};

export const tooLateJob = 'issuing.dispute.too_late';
export const decisionJob = 'issuing.dispute.decision';
/** How long after a purchase it can be disputed, and how long the network takes unless told what to say. */
const daysToSubmit = 110;
const daysToDecide = 60;

interface DisputeWish {
  readonly amount?: number;
  readonly evidence?: EvidenceChange;
  readonly metadata?: MetadataChange;
}

export function createDispute(
  account: Account,
  wish: DisputeWish & { readonly transaction?: string },
): Dispute {
  if (wish.transaction === undefined) throw missingParam('transaction');
  const transaction = namedTransaction(account, wish.transaction);
  requireDisputable(account, transaction);
  const none: Evidence = { reason: wish.evidence?.reason ?? 'other' };
  const dispute: Dispute = {
    id: newId('idp', 24),
    object: 'issuing.dispute',
    amount: amountOf(account, transaction, wish.amount),
    created: account.now(),
    currency: transaction.currency,
    evidence: evidenceAfter(account, none, { [none.reason]: {}, ...wish.evidence }),
    livemode: account.livemode,
    metadata: applyMetadata({}, wish.metadata),
    status: 'unsubmitted',
    transaction: transaction.id,
  };
  account.schedule(transaction.created + daysToSubmit * day, tooLateJob, dispute.id);
  const created = create(account, disputes, dispute, 'issuing_dispute.created');
  update(account, transactions, { ...transaction, dispute: dispute.id }, 'issuing_transaction.updated');
  return created;
}

export function updateDispute(account: Account, before: Dispute, change: DisputeWish): Dispute {
  const { amount, evidence, metadata } = change;
  if ((amount !== undefined || evidence) && before.status !== 'unsubmitted')
    throw refused(
      'evidence',
      `You cannot change a dispute after it was submitted. This dispute is ${before.status}.`,
    );
  const after: Dispute = {
    ...before,
    ...(amount === undefined
      ? {}
      : { amount: amountOf(account, namedTransaction(account, before.transaction), amount) }),
    evidence: evidence ? evidenceAfter(account, before.evidence, evidence) : before.evidence,
    metadata: applyMetadata(before.metadata, metadata),
  };
  return update(account, disputes, after, 'issuing_dispute.updated');
}

/** Hands a dispute to the network, for good. */
export function submitDispute(account: Account, before: Dispute, metadata?: MetadataChange): Dispute {
  if (before.status !== 'unsubmitted')
    throw refused('dispute', `Only unsubmitted disputes can be submitted. This dispute is ${before.status}.`);
  requireComplete(before.evidence);
  const next: Dispute = {
    ...before,
    metadata: applyMetadata(before.metadata, metadata),
    status: 'submitted',
  };
  const submitted = advance(account, disputes, next, 'issuing_dispute.submitted');
  const says = explanationOf(before.evidence);
  if (says.includes('winning_evidence')) return win(account, submitted);
  if (says.includes('losing_evidence')) return lose(account, submitted, 'other');
  account.schedule(account.now() + daysToDecide * day, decisionJob, submitted.id);
  return submitted;
}

/** The time to submit is over. Runs as a due job. */
export function expireUnsubmitted(account: Account, id: string): void {
  const dispute = account.of(disputes).get(id);
  if (dispute?.status === 'unsubmitted')
    advance(account, disputes, { ...dispute, status: 'expired' }, 'issuing_dispute.closed');
}

/** The network has decided: for the seller, as nothing else was asked for. Runs as a due job. */
export function decideSubmitted(account: Account, id: string): void {
  const dispute = account.of(disputes).get(id);
  if (dispute?.status === 'submitted') lose(account, dispute, 'other');
}

function win(account: Account, dispute: Dispute): Dispute {
  // The seller may have given it back meanwhile.
  const left = refundable(account, namedTransaction(account, dispute.transaction));
  if (left === 0) return lose(account, dispute, 'refund_issued');
  const amount = Math.min(dispute.amount, left);
  account.of(givenBack).put({ id: dispute.id, purchase: dispute.transaction, amount });
  bookIssuing(account, {
    amount,
    currency: dispute.currency,
    description: `Dispute of ${dispute.transaction}`,
    source: dispute.id,
    type: 'issuing_dispute',
  });
  const won: Dispute = { ...dispute, status: 'won' };
  account.of(disputes).put(won);
  emit(account, 'issuing_dispute.funds_reinstated', won);
  return advance(account, disputes, won, 'issuing_dispute.closed');
}

function lose(account: Account, dispute: Dispute, loss_reason: NonNullable<Dispute['loss_reason']>): Dispute {
  return advance(account, disputes, { ...dispute, loss_reason, status: 'lost' }, 'issuing_dispute.closed');
}

function requireDisputable(account: Account, transaction: Transaction): void {
  if (transaction.type !== 'capture')
    throw refused('transaction', 'Only transactions of type `capture` can be disputed.');
  if (account.now() >= transaction.created + daysToSubmit * day)
    throw refused('transaction', `Transactions can only be disputed within ${daysToSubmit} days.`);
  const before = transaction.dispute === null ? undefined : account.of(disputes).get(transaction.dispute);
  if (before) throw refused('transaction', `This transaction has already been disputed: ${before.id}.`);
}

function amountOf(account: Account, transaction: Transaction, wish: number | undefined): number {
  const most = refundable(account, transaction);
  const amount = wish ?? most;
  if (amount < 1 || amount > most)
    throw refused(
      'amount',
      `The disputed amount must be between 1 and what was not refunded of the transaction (${most}).`,
    );
  return amount;
}
