import type { Account } from './account.ts';
import { balanceTransactions, issuingBalances } from './balance/balance.ts';
import { authorizations, dueHold, held } from './issuing/authorization.ts';
import { refundable, transactions } from './issuing/transaction.ts';

/** Checks that cards spend what is there and no more. Answers a sentence for each thing that is wrong. */
export function* auditIssuing(account: Account): Generator<string> {
  for (const { available, id } of account.of(issuingBalances).oldestFirst())
    if (available < 0) yield `${id}: the Issuing balance is ${available}, below zero`;
  const entries = account.of(balanceTransactions);
  for (const authorization of account.of(authorizations).oldestFirst()) {
    const { balance_transactions: own, id, status } = authorization;
    const due = dueHold(authorization);
    if (held(authorization) !== due)
      yield `${id}: ${held(authorization)} held, not ${due}, while it is ${status}`;
    const booked = entries.by('source', id).length;
    if (booked !== own.length) yield `${id}: has ${own.length} of its ${booked} balance transactions`;
    const made = account.of(transactions).by('authorization', id).length;
    if (authorization.transactions.length !== made)
      yield `${id}: has ${authorization.transactions.length} of its ${made} transactions`;
  }
  for (const transaction of account.of(transactions).oldestFirst()) {
    const { amount, balance_transaction: entry, id, type } = transaction;
    const booked = entry === null ? undefined : entries.get(entry)?.amount;
    if (booked !== amount) yield `${id}: is about ${amount}, but ${booked} was booked`;
    if (type === 'capture' && refundable(account, transaction) < 0)
      yield `${id}: more came back than the ${-amount} that was spent`;
  }
}
