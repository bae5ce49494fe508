import type { Clock } from './clock.ts';
import { createDueQueue, type DueJob, dueJobs } from './due.ts';
import { newId } from './ids.ts';
import { type Change, Collection, type CollectionSpec, type Stored } from './store/collection.ts';
import type { Journal, JournalEntry } from './store/journal.ts';
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
export interface Account {
  readonly id: string;
  readonly livemode: boolean;
  readonly registry: Registry;
  /** Seconds since 1970 on this account's clock; inside a due job, the time the job was due. */
  now(): number;
  of<T extends Stored>(spec: CollectionSpec<T>): Collection<T>;
  byName(name: string): Collection<Stored> | undefined;
  /** Does `change` as a whole: if it throws, nothing of it stays (but for a StripeFault that `keeps`). Nests. */
  transact<T>(change: () => T): T;
  /** Runs a registered job when the clock passes `at` (seconds). Answers an id for `cancel`. */
  schedule(at: number, kind: string, payload: string): string;
  cancel(jobId: string): void;
  /** Moves the clock on to `at` (seconds), running what falls due in order, each at its own time. Never back. */
  advanceTo(at: number): void;
  /** Stops the clock at `at` (seconds) until `release`: a seed plays a year with `hold` and `advanceTo`. */
  hold(at: number): void;
  release(): void;
  request: RequestInfo | null;
  /** Where the sandbox's own pages are: `http://127.0.0.1:12111`. */
  origin(): string;
  /** Resolves when all changes so far are durable. */
  flush(): Promise<void>;
  /** Rewrites the journal with only what is still true, when much of it is outdated. */
  tidy(): Promise<void>;
  /** Forgets everything but the given collections, on disk too. */
  clear(keep: readonly { readonly name: string }[]): Promise<void>;
  close(): Promise<void>;
}

interface AccountOptions {
  readonly id: string;
  readonly livemode: boolean;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly origin: () => string;
  readonly log: (message: string, cause?: unknown) => void;
}

/** Opens an account and reads back what its journal holds. */
export async function openAccount(options: AccountOptions): Promise<Account> {
  const { registry, journal, clock } = options;
  const collections = new Map<string, Collection<Stored>>();
  let changes: Change[] | null = null;
  let held: number | null = null;
  /** How many states the journal holds, outdated ones included. */
  let written = 0;

  function byName(name: string): Collection<Stored> | undefined {
    const found = collections.get(name);
    const spec = found ? undefined : registry.collections.get(name);
    if (!spec) return found;
    const made = new Collection<Stored>(spec, (change) => {
      if (!changes) throw new Error(`${name} was changed outside a transaction`);
      changes.push(change);
    });
    collections.set(name, made);
    return made;
  }

  function of<T extends Stored>(spec: CollectionSpec<T>): Collection<T> {
    const found = byName(spec.name);
    if (!found) throw new Error(`The collection ${spec.name} is not registered`);
    return found as unknown as Collection<T>;
  }

  function transact<T>(change: () => T): T {
    if (changes) return change();
    changes = [];
    try {
      const result = change();
      write(changes);
      return result;
    } catch (error) {
      if (error instanceof StripeFault && error.keeps) write(changes);
      else for (const done of changes.reverse()) done.collection.restore(done.id, done.before);
      throw error;
    } finally {
      changes = null;
    }
  }

  function write(done: readonly Change[]): void {
    const line = journalLine(done);
    if (!line) return;
    written += done.length;
    journal.append(line);
  }

  const account: Account = {
    id: options.id,
    livemode: options.livemode,
    registry,
    request: null,
    origin: options.origin,
    now: () => held ?? Math.floor(clock.now() / 1000),
    of,
    byName,
    transact,
    schedule: (at, kind, payload) => transact(() => due.add({ id: newId('job', 16), at, kind, payload })),
    cancel: (jobId) => transact(() => of(dueJobs).delete(jobId)),
    advanceTo(at) {
      const before = held;
      due.runUntil(at, (job) => {
        held = Math.max(job.at, before ?? 0);
        runJob(account, job, options.log);
        held = before;
      });
      if (held !== null) held = Math.max(held, at);
    },
    hold(at) {
      held = at;
    },
    release() {
      held = null;
    },
    flush: () => journal.flush(),
    async tidy() {
      let live = 0;
      for (const collection of collections.values()) live += collection.size;
      if (written < 1000 || written < live * 1.5) return;
      written = live;
      await journal.rewrite([...snapshotLines(collections)]);
    },
    async clear(keep) {
      for (const name of [...collections.keys()]) {
        if (!keep.some((kept) => kept.name === name)) collections.delete(name);
      }
      due.reload();
      await journal.rewrite([...snapshotLines(collections)]);
    },
    close: () => journal.close(),
  };
  const due = createDueQueue(() => of(dueJobs));
  written = load(journal, byName);
  due.reload();
  return account;
}

function runJob(account: Account, job: DueJob, log: AccountOptions['log']): void {
  const request = account.request;
  account.request = null;
  try {
    account.transact(() => {
      account.of(dueJobs).delete(job.id);
      const run = account.registry.jobs.get(job.kind);
      if (!run) throw new Error(`No resource runs jobs of kind ${job.kind}`);
      run(account, job.payload);
    });
  } catch (error) {
    log(`The job ${job.kind} of ${account.id} failed and was dropped`, error);
    account.transact(() => account.of(dueJobs).delete(job.id));
  } finally {
    account.request = request;
  }
}

/** One line with the last state of everything a change touched, in the order of first touch. */
function journalLine(changes: readonly Change[]): string | null {
  const touched = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.collection.name}/${change.id}`;
    if (!touched.has(key)) touched.set(key, change);
  }
  const entries: string[] = [];
  for (const { collection, id, before } of touched.values()) {
    const object = collection.get(id);
    if (object) entries.push(`["${collection.name}",${JSON.stringify(object)}]`);
    else if (before) entries.push(`["${collection.name}",${JSON.stringify(id)},0]`);
  }
  return entries.length === 0 ? null : `[${entries.join(',')}]`;
}

/** Reads the journal back. Answers how many states it held. */
function load(journal: Journal, byName: (name: string) => Collection<Stored> | undefined): number {
  let entries = 0;
  for (const line of journal.load()) {
    for (const entry of line) {
      restoreEntry(entry, byName);
      entries++;
    }
  }
  return entries;
}

function restoreEntry(entry: JournalEntry, byName: (name: string) => Collection<Stored> | undefined): void {
  const collection = byName(entry[0]);
  if (!collection) return;
  if (entry.length === 3) collection.restore(entry[1], undefined);
  else collection.restore((entry[1] as Stored).id, entry[1] as Stored);
}

function* snapshotLines(collections: ReadonlyMap<string, Collection<Stored>>): Generator<string> {
  for (const collection of collections.values()) {
    for (const object of collection.oldestFirst()) yield `[["${collection.name}",${JSON.stringify(object)}]]`;
  }
}
