import { formatMoney, money } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { applicationFees } from '../application-fees/fee.ts';
import { refundFee } from '../application-fees/refund.ts';
import { shareToReturn } from '../application-fees/share.ts';
import { availableIn, balanceTransactions, book } from '../balance/balance.ts';
import { exchanged, settlementCurrency } from '../balance/exchange.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { applicationOf } from '../connect/application.ts';
import { advance, update } from '../events.ts';
import { newId } from '../ids.ts';
import { type Refund, refunds } from '../refunds/refund.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { pageOf } from '../wire/pages.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Transfer, transfers } from './transfer.ts';

/** Kept with the platform. */
export type TransferReversal = Wire<Stripe.TransferReversal>;
export const transferReversals: CollectionSpec<TransferReversal, 'transfer'> = {
  name: 'transfer_reversals',
  indexes: { transfer: (reversal) => reversal.transfer },
};

export interface ReversalInput {
  /** Minor units; absent: all that is left. */
  readonly amount?: number | undefined;
  readonly description?: string | undefined;
  readonly metadata?: MetadataChange | undefined;
  /** What of the platform's fee of the destination payment goes back with it: an amount, or true for its share. */
  readonly feeBack?: number | boolean | undefined;
  /** The refund of the platform's charge that this is part of; the connected account may go negative then. */
  readonly sourceRefund?: string | undefined;
}

/** Takes money of a transfer back, on both sides at once. Throws Stripe's refusals: more than is left, or than is there. */
export function reverseTransfer(
  platform: Account,
  transfer: Transfer,
  input: ReversalInput,
): TransferReversal {
  const to = platform.connected(transfer.destination);
  const payment = to.of(charges).get(transfer.destination_payment);
  if (!payment) throw new Error(`The destination payment of ${transfer.id} is gone`);
  const amount = checkedAmount(transfer, input.amount);
  const availableOn = pendingUntil(to, payment);
  if (
    input.sourceRefund === undefined &&
    availableOn === undefined &&
    availableFor(to, transfer.currency) < amount
  )
    throw refused(
      'amount',
      'The connected account does not have sufficient funds in its available balance for this reversal.',
      'balance_insufficient',
    );
  const id = newId('trr', 24);
  const entry = book(platform, {
    amount,
    currency: transfer.currency,
    description: input.description ?? null,
    source: id,
    type: 'transfer_refund',
    reportingCategory: 'transfer_reversal',
    availableOn,
  });
  const refund = refundPayment(platform, to, payment, { ...input, amount, reversal: id, availableOn });
  const reversal: TransferReversal = {
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: entry.id,
    created: platform.now(),
    currency: transfer.currency,
    destination_payment_refund: refund.id,
    metadata: applyMetadata({}, input.metadata),
    source_refund: input.sourceRefund ?? null,
    transfer: transfer.id,
  };
  platform.of(transferReversals).put(reversal);
  const reversed = transfer.amount_reversed + amount;
  const next = { ...transfer, amount_reversed: reversed, reversed: reversed === transfer.amount };
  advance(platform, transfers, withReversals(platform, next), 'transfer.reversed');
  return reversal;
}

/** What of an account's balance can be taken back in a currency, in its minor units. */
function availableFor(account: Account, currency: string): number {
  const kept = settlementCurrency(account, currency);
  return exchanged(availableIn(account, kept), kept, currency);
}

/** The transfer with its newest reversals embedded. */
export function withReversals(platform: Account, transfer: Transfer): Transfer {
  const url = `/v1/transfers/${transfer.id}/reversals`;
  const where = { index: 'transfer', key: transfer.id };
  return { ...transfer, reversals: pageOf(platform.of(transferReversals), url, {}, where) };
}

function checkedAmount(transfer: Transfer, wanted: number | undefined): number {
  const left = transfer.amount - transfer.amount_reversed;
  if (left === 0) throw refused('id', `Transfer ${transfer.id} is already fully reversed.`);
  if (wanted !== undefined && wanted > left)
    throw refused(
      'amount',
      `Transfer reversal amount (${shown(wanted, transfer.currency)}) is greater than unreversed amount on transfer (${shown(left, transfer.currency)})`,
    );
  return wanted ?? left;
}

function shown(amount: number, currency: string): string {
  return formatMoney(money(amount, currency));
}

/** What has not arrived yet is taken back from what has not arrived yet. */
function pendingUntil(to: Account, payment: Charge): number | undefined {
  const entry =
    payment.balance_transaction === null
      ? undefined
      : to.of(balanceTransactions).get(payment.balance_transaction);
  return entry?.status === 'pending' ? entry.available_on : undefined;
}

/** The connected account's side: its payment is refunded, with the platform's fee in proportion where that was asked for. */
function refundPayment(
  platform: Account,
  to: Account,
  payment: Charge,
  of: ReversalInput & {
    readonly amount: number;
    readonly reversal: string;
    readonly availableOn: number | undefined;
  },
): Refund {
  const given = payment.amount_refunded + of.amount;
  const { application_fee: feeId } = payment;
  const fee = feeId === null ? undefined : platform.of(applicationFees).get(feeId);
  const share = () => {
    if (typeof of.feeBack === 'number') return of.feeBack;
    const refund = { whole: payment.amount, amount: of.amount, given };
    return fee ? shareToReturn(fee.amount, fee.amount - fee.amount_refunded, refund, fee.currency) : 0;
  };
  const feeBack = of.feeBack === undefined || of.feeBack === false ? 0 : share();
  if (fee && feeBack > 0) refundFee(platform, fee, feeBack);
  const id = newId('pyr', 24);
  const entry = book(to, {
    amount: -of.amount,
    currency: payment.currency,
    applicationFee: { amount: -feeBack, application: applicationOf(platform) },
    description: 'REFUND FOR PAYMENT',
    source: id,
    type: 'payment_refund',
    reportingCategory: 'refund',
    availableOn: of.availableOn,
  });
  const refund: Refund = {
    id,
    object: 'refund',
    amount: of.amount,
    balance_transaction: entry.id,
    charge: payment.id,
    created: to.now(),
    currency: payment.currency,
    customer: null,
    customer_account: null,
    metadata: {},
    payment_intent: null,
    payment_method: null,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: of.reversal,
    status: 'succeeded',
    transfer_reversal: null,
  };
  to.of(refunds).put(refund);
  const next = { ...payment, amount_refunded: given, refunded: given === payment.amount };
  update(to, charges, next, 'charge.refunded');
  return refund;
}
