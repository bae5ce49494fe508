import type { Account } from './account.ts';
import { auditBilling } from './audit-billing.ts';
import { auditConnect } from './audit-connect.ts';
import { auditPayments } from './audit-payments.ts';
import { balanceTransactions, clockOfFunds, currencyBalances } from './balance/balance.ts';

<<<<<<< HEAD

import { type Charge, charges } from './charges/charge.ts';
import { payoutParts } from './payouts/parts.ts';
import { payouts } from './payouts/payout.ts';
import { refunds } from './refunds.ts';

=======
>>>>>>> a01628c (Sandbox: refunds, disputes, reviews, early fraud warnings and value lists complete; no history gives money back twice)

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
<<<<<<< HEAD
      ...auditCharges(member),
      ...auditPayouts(member),
=======
      ...auditPayments(member),
>>>>>>> a01628c (Sandbox: refunds, disputes, reviews, early fraud warnings and value lists complete; no history gives money back twice)
      ...auditBilling(member),
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
  const sums = new Map<string, { available: number; pending: number }>();
  for (const { currency, net, status } of account.of(balanceTransactions).oldestFirst()) {
    const sum = sums.get(currency) ?? { available: 0, pending: 0 };
    sums.set(currency, sum);
    if (status === 'pending') sum.pending += net;
    else sum.available += net;
  }
  for (const { id, available, pending } of account.of(currencyBalances).oldestFirst()) {
    const sum = sums.get(id) ?? { available: 0, pending: 0 };
    if (sum.available !== available)
      yield `${id}: ${available} available, but its transactions add up to ${sum.available}`;
    if (sum.pending !== pending)
      yield `${id}: ${pending} pending, but its transactions add up to ${sum.pending}`;
    sums.delete(id);
  }
  for (const currency of sums.keys()) yield `${currency}: has transactions but no balance`;
}
<<<<<<< HEAD

function* auditCharges(account: Account): Generator<string> {
  for (const charge of account.of(charges).oldestFirst())
    if (charge.captured) yield* auditCharge(account, charge);
}

function* auditCharge(account: Account, charge: Charge): Generator<string> {
  const { id, amount, amount_captured: captured, amount_refunded: refunded } = charge;
  const given = account
    .of(refunds)
    .by('charge', id)
    .reduce((total, refund) => total + (refund.status === 'failed' ? 0 : refund.amount), 0);
  if (given !== refunded) yield `${id}: ${refunded} refunded, but its refunds add up to ${given}`;
  if (refunded > captured) yield `${id}: more refunded (${refunded}) than captured (${captured})`;
  if (captured > amount) yield `${id}: more captured (${captured}) than charged (${amount})`;
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
=======
>>>>>>> a01628c (Sandbox: refunds, disputes, reviews, early fraud warnings and value lists complete; no history gives money back twice)
