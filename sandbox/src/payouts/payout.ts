import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { availableIn, book } from '../balance/balance.ts';
import { day } from '../clock.ts';
import { type Destination, destinationTraits, externalAccounts } from '../connect/external-accounts.ts';
import { create, emit, update } from '../events.ts';
import { newId, randomText } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { payoutDestination } from './destination.ts';
import { failureMessage } from './failure.ts';
import { instantFee } from './instant.ts';
import { reconcile } from './parts.ts';

// pending ──(sent)──▶ in_transit ──(arrival)──▶ paid ──reverse──▶ (a payout back)
//    ├──cancel──▶ canceled             └──(the bank refuses)──▶ failed

export type Payout = Wire<Stripe.Payout>;
export const payouts: CollectionSpec<Payout, 'status'> = {
  name: 'payouts',
  indexes: { status: (payout) => payout.status },
};

export const sentJob = 'payout.sent';
export const arrivedJob = 'payout.arrived';

export interface PayoutInput {
  /** Minor units; negative where an account's debt is collected from its bank. */
  readonly amount: number;
  readonly currency: string;
  readonly automatic: boolean;
  readonly description?: string | null;
  /** The id of a bank account or debit card; absent: the default of the currency. */
  readonly destination?: string;
  readonly metadata?: MetadataChange;
  readonly method?: 'standard' | 'instant';
  readonly original?: string;
  /** What an automatic payout leaves in the balance, in minor units. */
  readonly kept?: number;
  readonly statementDescriptor?: string | null;
}

/** Sends available money to the bank. Throws Stripe's refusals: too little, or nowhere to send it. */
export function createPayout(account: Account, input: PayoutInput): Payout {
  const { amount, currency, automatic, kept = 0, method = 'standard', original = null } = input;
  const destination = payoutDestination(account, currency, method, input.destination);
  const fee = method === 'instant' ? instantFee(amount, currency) : 0;
  if (amount + fee > Math.max(0, availableIn(account, currency))) throw insufficientFunds();
  const id = newId('po', 24);
  const isReversal = original !== null;
  const entry = book(account, {
    amount: -amount,
    currency,
    fee,
    feeDescription: 'Instant payout fee',
    description: 'STRIPE PAYOUT',
    source: id,
    type: 'payout',
    reportingCategory: isReversal ? 'payout_reversal' : 'payout',
  });
  const payout: Payout = {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: method === 'instant' ? account.now() : arrival(account.now()),
    automatic,
    balance_transaction: entry.id,
    created: account.now(),
    currency,
    description: input.description ?? (automatic ? 'STRIPE PAYOUT' : null),
    destination: destination.id,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: account.livemode,
    metadata: applyMetadata({}, input.metadata),
    method,
    original_payout: original,
    payout_method: null,
    reconciliation_status: automatic ? 'in_progress' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: input.statementDescriptor ?? null,
    status: 'pending',
    trace_id: { status: 'pending', value: null },
    type: destination.object === 'card' ? 'card' : 'bank_account',
  };
  create(account, payouts, payout, 'payout.created');
  if (automatic) settleParts(account, payout, kept);
  account.schedule(account.now() + (method === 'instant' ? 1 : day / 2), sentJob, id);
  account.schedule(Math.max(payout.arrival_date, account.now() + 2), arrivedJob, id);
  return payout;
}

/**
 * Notes what an automatic payout pays out. What it leaves is held back from it and released to the next, so that its
 * transactions always come to nothing with the payout itself.
 */
function settleParts(account: Account, payout: Payout, kept: number): void {
  const { id: source, currency } = payout;
  const hold = 'payout_minimum_balance_hold';
  const release = 'payout_minimum_balance_release';
  if (kept > 0) book(account, { amount: -kept, currency, source, type: hold, reportingCategory: hold });
  reconcile(account, payout.id, currency);
  if (kept > 0) book(account, { amount: kept, currency, source, type: release, reportingCategory: release });
}

/** Stripe's refusal of a payout of more than there is. */
export function insufficientFunds() {
  return refused(
    'amount',
    'You have insufficient funds in your Stripe account. One likely reason you have insufficient funds is that your funds are automatically being paid out; try enabling manual payouts by going to https://dashboard.stripe.com/account/payouts.',
    'balance_insufficient',
  );
}

/** Two days on at midnight UTC, and not on a weekend. */
function arrival(now: number): number {
  let at = (Math.floor(now / day) + 2) * day;
  while ([0, 6].includes(new Date(at * 1000).getUTCDay())) at += day;
  return at;
}

/** The bank has it from here on; an automatic payout's transactions are settled. Runs as a due job. */
export function send(account: Account, id: string): void {
  const payout = account.of(payouts).get(id);
  if (payout?.status !== 'pending') return;
  const next: Payout = { ...payout, status: 'in_transit' };
  const sent = update(
    account,
    payouts,
    payout.automatic ? { ...next, reconciliation_status: 'completed' } : next,
    'payout.updated',
  );
  if (payout.automatic) emit(account, 'payout.reconciliation_completed', sent);
}

/** The money is there, or the bank sent it back. Runs as a due job. */
export function arrive(account: Account, id: string): void {
  const payout = account.of(payouts).get(id);
  if (payout?.status !== 'pending' && payout?.status !== 'in_transit') return;
  const failure =
    payout.destination === null ? undefined : account.of(destinationTraits).get(payout.destination)?.failure;
  if (failure) {
    fail(account, payout, failure);
    return;
  }
  const trace = { status: 'supported', value: randomText(15) };
  update(account, payouts, { ...payout, status: 'paid', trace_id: trace }, 'payout.paid');
}

/** The bank refused: the money returns to the balance, and the bank account is not tried by itself again. */
function fail(account: Account, payout: Payout, code: string): void {
  const entry = book(account, {
    amount: payout.amount,
    currency: payout.currency,
    description: 'STRIPE PAYOUT FAILURE',
    source: payout.id,
    type: 'payout_failure',
    reportingCategory: 'payout_reversal',
  });
  const failed: Payout = {
    ...payout,
    failure_balance_transaction: entry.id,
    failure_code: code,
    failure_message: failureMessage(code),
    status: 'failed',
    trace_id: { status: 'unsupported', value: null },
  };
  update(account, payouts, failed, 'payout.failed');
  const destination =
    payout.destination === null ? undefined : account.of(externalAccounts).get(payout.destination);
  if (destination && !destination.deleted) markErrored(account, destination);
}

function markErrored(account: Account, destination: Destination): void {
  update(
    account,
    externalAccounts,
    { ...destination, status: 'errored' },
    'account.external_account.updated',
  );
}
