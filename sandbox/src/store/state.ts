import { type Change, Collection, type CollectionSpec, type Stored } from './collection.ts';
import { forgetfulJournal, type Journal } from './journal.ts';
import { applyLine, lineOf, snapshotOf } from './lines.ts';

type Collections = Map<string, Collection<Stored>>;

/** The collections of one account, changed only in transactions that are journalled whole. */
export interface State {
  of<T extends Stored>(spec: CollectionSpec<T>): Collection<T>;
  byName(name: string): Collection<Stored> | undefined;
  /** The same kinds of collections once more, apart, in the same journal and transactions: a connected account's. */
  space(name: string): Pick<State, 'of' | 'byName'>;
  /** The spaces that hold something. */
  spaces(): string[];
  /** Does `change` as a whole: if it throws, nothing of it stays, unless `keepsAfter` says so of the error. Nests. */
  transact<T>(change: () => T): T;
  /** Part of a transaction that, if it throws, is undone alone, so that the rest can go on. */
  attempt<T>(change: () => T): T;
  /** Does something, answers what it came to, and takes all of it back: previews are the real thing, undone. */
  imagine<T>(change: () => T): T;
  /** Resolves when everything so far is on disk. Rejects with a `JournalError` when the disk refused it. */
  flush(): Promise<void>;
  /** Whether the disk refused what changed last; the next `flush` tries again. */
  isStuck(): boolean;
  /** Rewrites the journal with only what is still true, when much of it is outdated, while work goes on. */
  tidy(): Promise<void>;
  /** Lets go of the journal's file until the next change. */
  rest(): Promise<void>;
  /** Forgets everything but the named collections, on disk too. */
  clear(keep: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

interface StateOptions {
  readonly specs: ReadonlyMap<string, CollectionSpec<Stored>>;
  readonly journal: Journal;
  /** Whether a change stays although it ended in this error. */
  readonly keepsAfter: (error: unknown) => boolean;
  /** Called after each change that stays. */
  readonly changed?: () => void;
}

/** A journal with fewer states than this is not worth rewriting. */
const fewestStates = 500;

/** Reads back what the journal holds and goes on from there. */
export function openState({ specs, journal, keepsAfter, changed = () => {} }: StateOptions): State {
  const collections: Collections = new Map();
  let changes: Change[] | null = null;
  /** How many states the journal holds, outdated ones included. */
  let written = 0;

  function byName(name: string): Collection<Stored> | undefined {
    const found = collections.get(name);
    // In the journal `acct_1/charges` is the collection `charges` of the space `acct_1`.
    const spec = found ? undefined : specs.get(name.slice(name.lastIndexOf('/') + 1));
    if (!spec) return found;
    const made = new Collection<Stored>(spec, name, (change) => {
      if (!changes) throw new Error(`${name} was changed outside a transaction`);
      changes.push(change);
    });
    collections.set(name, made);
    return made;
  }

  function keep(kept: readonly Change[]): void {
    if (kept.length === 0) return;
    written += write(journal, kept);
    changed();
  }

  function transact<T>(change: () => T): T {
    if (changes) return change();
    changes = [];
    try {
      const result = change();
      keep(changes);
      return result;
    } catch (error) {
      if (keepsAfter(error)) keep(changes);
      else undo(changes);
      throw error;
    } finally {
      changes = null;
    }
  }

  function attempt<T>(change: () => T): T {
    if (!changes) return transact(change);
    const mark = changes.length;
    try {
      return change();
    } catch (error) {
      if (!keepsAfter(error)) undo(changes.splice(mark));
      throw error;
    }
  }

  function imagine<T>(change: () => T): T {
    if (!changes) return transact(() => imagine(change));
    const mark = changes.length;
    try {
      return change();
    } finally {
      undo(changes.splice(mark));
    }
  }

  function of<T extends Stored>(spec: CollectionSpec<T>, name = spec.name): Collection<T> {
    const found = byName(name);
    if (!found) throw new Error(`The collection ${name} is not registered`);
    return found as unknown as Collection<T>;
  }

  for (const line of journal.load()) {
    if ('keep' in line) forget(collections, line.keep);
    else written += applyLine(line, byName);
  }
  return {
    of: (spec) => of(spec),
    byName,
    space: (space) => ({
      of: (spec) => of(spec, `${space}/${spec.name}`),
      byName: (name) => byName(`${space}/${name}`),
    }),
    spaces: () => spacesOf(collections),
    transact,
    attempt,
    imagine,
    flush: () => journal.flush(),
    isStuck: () => journal.isStuck,
    async tidy() {
      const live = liveCount(collections);
      if (written < fewestStates || written < live * 1.5) return;
      written = live;
      await journal.compact(snapshotOf(collections.values()));
    },
    clear(keep) {
      forget(collections, keep);
      journal.append(JSON.stringify({ keep }));
      return journal.flush();
    },
    rest: () => journal.rest(),
    close: () => journal.close(),
  };
}

function spacesOf(collections: Collections): string[] {
  const names = [...collections].filter(([, collection]) => collection.size > 0).map(([name]) => name);
  return [
    ...new Set(names.filter((name) => name.includes('/')).map((name) => name.slice(0, name.indexOf('/')))),
  ];
}

function undo(changes: readonly Change[]): void {
  for (const { collection, id, before, position } of changes.toReversed())
    collection.restore(id, before, position);
}

function liveCount(collections: Collections): number {
  let live = 0;
  for (const collection of collections.values()) live += collection.size;
  return live;
}

/** Journals a change. Answers how many states that wrote. */
function write(journal: Journal, changes: readonly Change[]): number {
  if (journal === forgetfulJournal) return 0;
  const line = lineOf(changes);
  if (line === null) return 0;
  journal.append(line.text);
  return line.states;
}

function forget(collections: Collections, keep: readonly string[]): void {
  for (const name of [...collections.keys()]) if (!keep.includes(name)) collections.delete(name);
}
