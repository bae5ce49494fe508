import type { Log } from './log.ts';
import { choreFailed } from './telemetry.ts';

/** Work that is done over and over as long as the program runs. */
export interface Chores {
  /** Does `work` every so often, never twice at a time. What it throws is logged, and the next round is tried. */
  every(ms: number, what: string, work: () => Promise<unknown>): void;
  /** Starts nothing more and waits for what is under way. */
  close(): Promise<void>;
}

export function createChores(log: Log): Chores {
  const timers: NodeJS.Timeout[] = [];
  const underWay = new Set<Promise<void>>();
  return {
    every(ms, what, work) {
      let isBusy = false;
      const round = async () => {
        isBusy = true;
        await work().catch((err) => {
          choreFailed(what);
          log.warn({ err }, `Could not ${what}`);
        });
        isBusy = false;
      };
      const timer = setInterval(() => {
        if (isBusy) return;
        const running = round().finally(() => underWay.delete(running));
        underWay.add(running);
      }, ms);
      timers.push(timer);
    },
    async close() {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}
