import type { Clock } from './clock.ts';
import { createDueQueue, type DueJob, dueJobs, type Timeline } from './due.ts';
import { newId } from './ids.ts';
import { type Blobs, memoryBlobs } from './store/blobs.ts';
import type { CollectionSpec, Stored } from './store/collection.ts';
import type { Journal } from './store/journal.ts';
import { openState, type State } from './store/state.ts';
import { StripeFault } from './wire/errors.ts';

/** Which request is being served, as events name it. */
export interface RequestInfo {
  readonly id: string;
  readonly idempotencyKey: string | null;
  /** The key it was made with, as errors show it: masked. */
  readonly key: string;
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

/**
 * The state of one account: collections, clock, work that falls due. Knows no resource. A platform and the accounts
 * connected to it are one family: they share the journal, the clocks and the order of work, and one `transact` changes
 * all of them or none; their collections are apart.
 */
export interface Account extends State {
  readonly id: string;
  readonly livemode: boolean;
  readonly registry: Registry;
  /** The platform this account is connected to; null for an account of its own. */
  readonly platform: Account | null;
  /** How the addresses of the sandbox's own pages name this account, for `Directory.find`. */
  readonly address: string;
  /** The state of an account connected to this one; whether there is such an account is for resources to know. */
  connected(id: string): Account;
  /** The platform, first, and the accounts connected to it that hold anything, deleted ones too. */
  family(): readonly Account[];
  /**
   * Seconds since 1970 as the current work sees them: on this account's clock or, within a test clock, on that one;
   * inside a due job, the time the job was due.
   */
  now(): number;
  /** Seconds since 1970 on this account's clock, also within a test clock: when events happen. */
  ownNow(): number;
  /** The test clock in whose time the current work is; null in the account's own. */
  timeline(): Timeline;
  /** Does something at a time (seconds) of a test clock or, for null, of the account. What it schedules waits for that clock. */
  within<T>(timeline: Timeline, at: number, work: () => T): T;
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
  /** The bytes of the family's files. */
  readonly blobs: Blobs;
  /** Where the sandbox's own pages are: `http://127.0.0.1:12111`. */
  origin(): string;
}

interface AccountOptions {
  readonly id: string;
  readonly livemode: boolean;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Absent: kept in memory. */
  readonly blobs?: Blobs;
  readonly origin: () => string;
  /** Called soon after something changed, once for all that changed in the meantime. */
  readonly changed?: (account: Account) => void;
  readonly log: (message: string, cause?: unknown) => void;
}

/** What a family shares. */
interface Family {
  readonly options: AccountOptions;
  readonly state: State;
  readonly due: ReturnType<typeof createDueQueue<Account>>;
  readonly blobs: Blobs;
  readonly connected: Map<string, Account>;
  held: number | null;
  /** Where the current work is, when not in the account's own present. */
  place: { readonly timeline: Timeline; readonly at: number } | null;
  request: RequestInfo | null;
}

/** Opens an account and reads back what its journal holds. */
export function openAccount(options: AccountOptions): Account {
  const { registry, journal } = options;
  const keepsAfter = (error: unknown) => error instanceof StripeFault && error.keeps;
  const changed = soon(() => options.changed?.(account));
  const state = openState({ specs: registry.collections, journal, keepsAfter, changed });
  const due = createDueQueue<Account>();
  const { blobs = memoryBlobs() } = options;
  const shared = { options, state, due, blobs, connected: new Map<string, Account>() };
  const account = member({ ...shared, held: null, place: null, request: null }, options.id, state, null);
  due.reload(account.family());
  return account;
}

/** One account of a family: the platform itself, or one connected to it. */
function member(
  family: Family,
  id: string,
  collections: Pick<State, 'of' | 'byName'>,
  platform: Account | null,
): Account {
  const { options, state, due } = family;
  const account: Account = {
    ...state,
    ...collections,
    ...clockOf(family),
    id,
    livemode: options.livemode,
    registry: options.registry,
    origin: options.origin,
    blobs: family.blobs,
    platform,
    address: platform ? `${platform.id}.${id}` : id,
    connected(child) {
      if (platform) throw new Error(`${id} is connected to ${platform.id} and has no accounts of its own`);
      const known = family.connected.get(child);
      if (known) return known;
      const fresh = member(family, child, state.space(child), account);
      family.connected.set(child, fresh);
      return fresh;
    },
    family: () => (platform ? platform.family() : [account, ...state.spaces().map(account.connected)]),
    get request() {
      return family.request;
    },
    set request(request) {
      family.request = request;
    },
    schedule(at, kind, payload) {
      const job = { id: newId('job', 16), at, kind, payload };
      const timeline = account.timeline();
      return state.transact(() => due.add(account, timeline === null ? job : { ...job, clock: timeline }));
    },
    cancel: (jobId) => state.transact(() => account.of(dueJobs).delete(jobId)),
    moveJobs: (jobs, timeline) => state.transact(() => due.move(account, jobs, timeline)),
    async clear(keep) {
      const cleared = state.clear(keep);
      family.connected.clear();
      due.reload(account.family());
      await cleared;
      await family.blobs.clear();
    },
  };
  return account;
}

type ClockOf = Pick<
  Account,
  'now' | 'ownNow' | 'timeline' | 'within' | 'advanceTo' | 'advanceClock' | 'hold' | 'release'
>;

/** The time of a family, and its work that falls due. */
function clockOf(family: Family): ClockOf {
  const { options, due } = family;
  const ownNow = () => family.held ?? Math.floor(options.clock.now() / 1000);
  function within<T>(timeline: Timeline, at: number, work: () => T): T {
    const before = family.place;
    family.place = { timeline, at };
    try {
      return work();
    } finally {
      family.place = before;
    }
  }
  return {
    now: () => family.place?.at ?? ownNow(),
    ownNow,
    timeline: () => family.place?.timeline ?? null,
    within,
    advanceTo(at) {
      const before = family.held;
      due.runUntil(null, at, (owner, job) => {
        family.held = Math.max(job.at, before ?? 0);
        const failed = runJob(owner, job, options.log);
        if (failed) owner.cancel(job.id);
        family.held = before;
      });
      if (family.held !== null) family.held = Math.max(family.held, at);
    },
    advanceClock(clock, from, to) {
      let failed = false;
      due.runUntil(clock, to, (owner, job) => {
        failed ||= within(clock, Math.max(job.at, from), () => runJob(owner, job, options.log));
      });
      return !failed;
    },
    hold(at) {
      family.held = at;
    },
    release() {
      family.held = null;
    },
  };
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
