import { currencyExponent } from '@purser/money';
import type { Account } from './account.ts';
import { applicationFees } from './application-fees/fee.ts';
import { feeRefunds } from './application-fees/refund.ts';
import { type BalanceTransaction, balanceTransactions } from './balance/balance.ts';
import { tenThousandthsPerDollar } from './balance/exchange-rates.ts';
import { charges } from './charges/charge.ts';
import { refunds } from './refunds/refund.ts';
import { transferReversals } from './transfers/reversal.ts';
import { transfers } from './transfers/transfer.ts';

/** Checks that what moves between a platform and its connected accounts is the same on both sides. */
export function* auditConnect(platform: Account): Generator<string> {
  yield* auditTransfers(platform);
  yield* auditFees(platform);
  yield* auditConservation(platform);
}

function* auditTransfers(platform: Account): Generator<string> {
  for (const transfer of platform.of(transfers).oldestFirst()) {
    const { id, amount, amount_reversed: reversed, destination, destination_payment: payment } = transfer;
    const taken = sum(platform.of(transferReversals).by('transfer', id));
    if (taken !== reversed) yield `${id}: ${reversed} reversed, but its reversals add up to ${taken}`;
    if (reversed > amount) yield `${id}: more reversed (${reversed}) than transferred (${amount})`;
    const received = platform.connected(destination).of(charges).get(payment);
    if (received?.amount !== amount)
      yield `${id}: ${amount} sent, but ${destination} received ${received?.amount}`;
    if (received?.amount_refunded !== reversed)
      yield `${id}: ${reversed} reversed, but ${payment} gave back ${received?.amount_refunded}`;
  }
}

function* auditFees(platform: Account): Generator<string> {
  for (const { id, amount, amount_refunded: refunded } of platform.of(applicationFees).oldestFirst()) {
    const given = sum(platform.of(feeRefunds).by('fee', id));
    if (given !== refunded) yield `${id}: ${refunded} refunded, but its refunds add up to ${given}`;
    if (refunded > amount) yield `${id}: more refunded (${refunded}) than taken (${amount})`;
  }
}

/** Between the accounts of one platform money neither comes into being nor vanishes: what stays inside adds up to nothing. */
function* auditConservation(platform: Account): Generator<string> {
  const inside = new Map<string, number>();
  const roundings: string[] = [];
  for (const account of platform.family()) {
    for (const entry of account.of(balanceTransactions).oldestFirst()) {
      const moved = insidePart(account, entry);
      inside.set(entry.currency, (inside.get(entry.currency) ?? 0) + moved);
      if (moved !== 0 && entry.exchange_rate !== null) roundings.push(entry.currency);
    }
  }
  if (roundings.length > 0 && isWorthNothing(inside, roundings)) return;
  for (const [currency, total] of inside)
    if (total !== 0) yield `${currency}: the transfers and fees between the accounts leave ${total}, not 0`;
}

/** Whether amounts add up to nothing but for the roundings of what was exchanged, a minor unit each. */
function isWorthNothing(amounts: ReadonlyMap<string, number>, roundings: readonly string[]): boolean {
  const worth = [...amounts].reduce((total, [currency, amount]) => total + worthOf(amount, currency), 0n);
  const most = roundings.reduce((total, currency) => total + worthOf(1, currency) + 1n, 0n);
  return worth <= most && worth >= -most;
}

/** In hundred-millionths of a US dollar. */
function worthOf(amount: number, currency: string): bigint {
  const scaled = BigInt(amount) * 10n ** BigInt(12 - currencyExponent(currency));
  return scaled / tenThousandthsPerDollar(currency);
}

const betweenAccounts = ['application_fee', 'application_fee_refund', 'transfer', 'transfer_refund'];

/** What of an entry comes from or goes to another account of the family. */
function insidePart(account: Account, entry: BalanceTransaction): number {
  const fees = sum(entry.fee_details.filter((detail) => detail.type === 'application_fee'));
  return (isInside(account, entry) ? entry.amount : 0) - fees;
}

function isInside(
  account: Account,
  { type, source, reporting_category: category }: BalanceTransaction,
): boolean {
  if (betweenAccounts.includes(type)) return true;
  if (source === null) return false;
  if (type === 'payment') return Boolean(account.of(charges).get(source)?.source_transfer);
  if (type === 'payment_refund') return Boolean(account.of(refunds).get(source)?.source_transfer_reversal);
  return type === 'adjustment' && category === 'fee' && account.platform !== null;
}

function sum(parts: readonly { readonly amount: number }[]): number {
  return parts.reduce((total, { amount }) => total + amount, 0);
}
