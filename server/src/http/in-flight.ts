import { setTimeout as sleep } from 'node:timers/promises';

/** Requests that are being answered. */
export interface InFlight {
  /** Counts a request until its answer begins; what streams on is not waited for. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** From when `stop` was called: nothing new should be sent here. */
  readonly isStopping: boolean;
  /** Waits until all are answered, at most so long. */
  stop(atMostMs: number): Promise<void>;
}

const pollMs = 20;

export function createInFlight(): InFlight {
  let count = 0;
  let isStopping = false;
  return {
    async during(work) {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
      }
    },
    get isStopping() {
      return isStopping;
    },
    async stop(atMostMs) {
      isStopping = true;
      const until = Date.now() + atMostMs;
      while (count > 0 && Date.now() < until) await sleep(pollMs);
    },
  };
}
