import type { Account } from '../account.ts';

/** What is to happen in a simulated time, each at its moment in seconds; happenings may add further ones. */
export interface Agenda {
  readonly from: number;
  readonly until: number;
  /** Adds a happening; one before `from` or after `until` is left out. */
  at(time: number, happen: () => void): void;
  /** Plays everything up to `until`, with the account's own due work in between. */
  play(): void;
}

/** An agenda from one moment to another. */
export function createAgenda(account: Account, from: number, until: number): Agenda {
  const waiting: { time: number; happen: () => void }[] = [];
  return {
    from,
    until,
    at(time, happen) {
      if (time < from || time > until) return;
      let low = 0;
      let high = waiting.length;
      // Latest first, so that the next one is popped off the end; of equals the first to be added comes first.
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((waiting[middle]?.time ?? 0) > time) low = middle + 1;
        else high = middle;
      }
      waiting.splice(low, 0, { time, happen });
    },
    play() {
      account.hold(from);
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        account.advanceTo(next.time);
        next.happen();
      }
      account.advanceTo(until);
    },
  };
}
