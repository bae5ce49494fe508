import type { Account } from './account.ts';
import { auditBilling } from './audit-billing.ts';
import { auditConnect } from './audit-connect.ts';
import { auditIssuing } from './audit-issuing.ts';
import { auditPayments } from './audit-payments.ts';
import {
  type BalanceTransaction,
  balanceTransactions,
  clockOfFunds,
  currencyBalances,
  issuingBalances,
} from './balance/balance.ts';
import { payoutParts } from './payouts/parts.ts';
import { payouts } from './payouts/payout.ts';
import { timeOn } from './test-clocks/test-clock.ts';

/**
 * Checks that the money of an account and of those connected to it adds up. Answers a sentence for each thing that does
 * not; none: all is well.
 */
export function auditBooks(account: Account): string[] {
  const books = account.family().map((member) => {
    const problems = [
      ...auditEntries(member),
      ...auditBalances(member),
      ...auditPayments(member),
      ...auditPayouts(member),
      ...auditBilling(member),
      ...auditIssuing(member),
    ];
    return member === account ? problems : problems.map((problem) => `${member.id}: ${problem}`);
  });
  return [...books.flat(), ...auditConnect(account)];
}

function* auditEntries(account: Account): Generator<string> {
  for (const entry of account.of(balanceTransactions).oldestFirst()) {
    const { id, amount, fee, fee_details: details, net } = entry;
    if (net !== amount - fee) yield `${id}: net ${net} is not amount ${amount} less fee ${fee}`;
    const fees = details.reduce((total, detail) => total + detail.amount, 0);
    if (fees !== fee) yield `${id}: the fee details add up to ${fees}, not ${fee}`;
    const now = timeOn(account, clockOfFunds(account, id));
    const status = entry.available_on > now ? 'pending' : 'available';
    if (entry.status !== status) yield `${id}: is ${entry.status}, but should be ${status}`;
  }
}

function* auditBalances(account: Account): Generator<string> {
  yield* auditSums(account, 'payments', currencyBalances);
  yield* auditSums(account, 'issuing', issuingBalances);
}

function* auditSums(
  account: Account,
  balance: BalanceTransaction['balance_type'],
  balances: typeof currencyBalances,
): Generator<string> {
  const sums = new Map<string, { available: number; pending: number }>();
  for (const entry of account.of(balanceTransactions).oldestFirst()) {
    const { balance_type: type, currency, net, status } = entry;
    if (type !== balance) continue;
    const sum = sums.get(currency) ?? { available: 0, pending: 0 };
    sums.set(currency, sum);
    if (status === 'pending') sum.pending += net;
    else sum.available += net;
  }
  for (const { id, available, pending } of account.of(balances).oldestFirst()) {
    const sum = sums.get(id) ?? { available: 0, pending: 0 };
    if (sum.available !== available)
      yield `${id}: ${available} available, but its transactions add up to ${sum.available}`;
    if (sum.pending !== pending)
      yield `${id}: ${pending} pending, but its transactions add up to ${sum.pending}`;
    sums.delete(id);
  }
  for (const currency of sums.keys()) yield `${currency}: has transactions but no balance`;
}

/** An automatic payout pays out exactly what its transactions come to. */
function* auditPayouts(account: Account): Generator<string> {
  for (const payout of account.of(payouts).oldestFirst()) {
    if (!payout.automatic) continue;
    const left = account
      .of(payoutParts)
      .by('payout', payout.id)
      .reduce((total, { id }) => total + (account.of(balanceTransactions).get(id)?.net ?? 0), 0);
    if (left !== 0) yield `${payout.id}: its transactions come to ${left}, not 0, with the payout itself`;
  }
}
