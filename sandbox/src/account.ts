import type { Clock } from './clock.ts';
import { createDueQueue, type DueJob, dueJobs, type Timeline } from './due.ts';
import { newId } from './ids.ts';
import type { CollectionSpec, Stored } from './store/collection.ts';
import type { Journal } from './store/journal.ts';
import { openState, type State } from './store/state.ts';
import { StripeFault } from './wire/errors.ts';

/** Which request is being served, as events name it. */
export interface RequestInfo {
  readonly id: string;
  readonly idempotencyKey: string | null;
}

export type JobRunner = (account: Account, payload: string) => void;
/** Runs in the same change as the event, after it was recorded. */
export type Listener = (account: Account, object: unknown) => void;

/** What the resources brought: accounts know none of them by name. */
export interface Registry {
  readonly collections: ReadonlyMap<string, CollectionSpec<Stored>>;
  readonly jobs: ReadonlyMap<string, JobRunner>;
  readonly listeners: ReadonlyMap<string, readonly Listener[]>;
}

/** The state of one account: collections, clock, work that falls due. Knows no resource. */
export interface Account extends State {
  readonly id: string;
  readonly livemode: boolean;
  readonly registry: Registry;
  /**
   * Seconds since 1970 as the current work sees them: on this account's clock or, within a test clock, on that one;
   * inside a due job, the time the job was due.
   */
  now(): number;
  /** Seconds since 1970 on this account's clock, also within a test clock: when events happen. */
  ownNow(): number;
  /** The test clock in whose time the current work is; null in the account's own. */
  timeline(): Timeline;
  /** Does something in the time of a test clock that stands at `at` (seconds). What it schedules waits for that clock. */
  within<T>(clock: string, at: number, work: () => T): T;
  /** Runs a registered job when the clock in force passes `at` (seconds). Answers an id for `cancel`. */
  schedule(at: number, kind: string, payload: string): string;
  cancel(jobId: string): void;
  /** Makes jobs wait for a test clock, or for the account's own time, instead. */
  moveJobs(jobs: readonly DueJob[], timeline: Timeline): void;
  /** Moves the clock on to `at` (seconds), running what falls due in order, each at its own time. Never back. */
  advanceTo(at: number): void;
  /**
   * Runs what falls due on a test clock from one time to another (seconds), in order, each at its own time. Answers
   * false when a job failed: it is logged, nothing of it is kept, and what would follow stays undone.
   */
  advanceClock(clock: string, from: number, to: number): boolean;
  /** Stops the clock at `at` (seconds) until `release`: a seed plays a year with `hold` and `advanceTo`. */
  hold(at: number): void;
  release(): void;
  request: RequestInfo | null;
  /** Where the sandbox's own pages are: `http://127.0.0.1:12111`. */
  origin(): string;
}

interface AccountOptions {
  readonly id: string;
  readonly livemode: boolean;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly origin: () => string;
  /** Called soon after something changed, once for all that changed in the meantime. */
  readonly changed?: (account: Account) => void;
  readonly log: (message: string, cause?: unknown) => void;
}

/** Opens an account and reads back what its journal holds. */
export function openAccount(options: AccountOptions): Account {
  const { registry, clock } = options;
  const keepsAfter = (error: unknown) => error instanceof StripeFault && error.keeps;
  const changed = soon(() => options.changed?.(account));
  const state = openState({ specs: registry.collections, journal: options.journal, keepsAfter, changed });
  const due = createDueQueue(() => state.of(dueJobs));
  due.reload();
  let held: number | null = null;
  /** The test clock the current work is in, and where it stands. */
  let place: { readonly clock: string; readonly at: number } | null = null;
  const ownNow = () => held ?? Math.floor(clock.now() / 1000);

  const account: Account = {
    ...state,
    id: options.id,
    livemode: options.livemode,
    registry,
    request: null,
    origin: options.origin,
    now: () => place?.at ?? ownNow(),
    ownNow,
    timeline: () => place?.clock ?? null,
    within(clock, at, work) {
      const before = place;
      place = { clock, at };
      try {
        return work();
      } finally {
        place = before;
      }
    },
    schedule(at, kind, payload) {
      const job = { id: newId('job', 16), at, kind, payload };
      return state.transact(() => due.add(place ? { ...job, clock: place.clock } : job));
    },
    cancel: (jobId) => state.transact(() => state.of(dueJobs).delete(jobId)),
    moveJobs: (jobs, timeline) => state.transact(() => due.move(jobs, timeline)),
    advanceTo(at) {
      const before = held;
      due.runUntil(null, at, (job) => {
        held = Math.max(job.at, before ?? 0);
        const failed = runJob(account, job, options.log);
        if (failed) account.cancel(job.id);
        held = before;
      });
      if (held !== null) held = Math.max(held, at);
    },
    advanceClock(clock, from, to) {
      let failed = false;
      due.runUntil(clock, to, (job) => {
        failed ||= account.within(clock, Math.max(job.at, from), () => runJob(account, job, options.log));
      });
      return !failed;
    },
    hold(at) {
      held = at;
    },
    release() {
      held = null;
    },
    async clear(keep) {
      const cleared = state.clear(keep);
      due.reload();
      await cleared;
    },
  };
  return account;
}

/** Runs `work` when the current turn is over, once however often it was asked for. */
function soon(work: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      work();
    });
  };
}

/** Answers whether the job failed; nothing of it is kept then. */
function runJob(account: Account, job: DueJob, log: AccountOptions['log']): boolean {
  const request = account.request;
  account.request = null;
  try {
    account.transact(() => {
      account.of(dueJobs).delete(job.id);
      const run = account.registry.jobs.get(job.kind);
      if (!run) throw new Error(`No resource runs jobs of kind ${job.kind}`);
      run(account, job.payload);
    });
    return false;
  } catch (error) {
    log(`The job ${job.kind} of ${account.id} failed`, error);
    return true;
  } finally {
    account.request = request;
  }
}
