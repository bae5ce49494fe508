import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { balanceTransactions } from '../balance/balance.ts';
import { day } from '../clock.ts';

/** Between which moments there is something to report, in seconds since 1970. */
export interface Availability {
  readonly start: number;
  readonly end: number;
}

/**
 * Stripe prepares the data of reports twice a day; here it is there at once, up to this very second, and beyond it what
 * happened on test clocks that are ahead.
 */
export function availabilityOf(account: Account): Availability {
  let first = accountObject(account).created ?? account.now();
  let last = account.now();
  for (const member of account.family()) {
    for (const { created } of member.of(balanceTransactions).oldestFirst()) {
      first = Math.min(first, created);
      last = Math.max(last, created);
    }
  }
  return { start: Math.floor(first / day) * day, end: last + 1 };
}
