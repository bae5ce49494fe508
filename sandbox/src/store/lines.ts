import type { Change, Collection, Stored } from './collection.ts';

/**
 * One entry of a journal's line: `[collection, object]` sets an object, `[collection, id, 0]` removes it. An object that
 * holds another whole, as an event does, names it instead where that is the current one: `[collection, object, [collection,
 * id]]`; so most events are written, kept and read without a copy of their own.
 */
type JournalEntry =
  | readonly [collection: string, object: unknown]
  | readonly [collection: string, id: string, gone: 0]
  | readonly [collection: string, object: unknown, held: readonly [collection: string, id: string]];

/** What a line of a journal says: what one change came to, or that all but the named collections are forgotten. */
export type JournalLine = readonly JournalEntry[] | { readonly keep: readonly string[] };

type Find = (collection: string) => Collection<Stored> | undefined;

/**
 * One line with the last state of everything a change touched, in the order of first touch; null for nothing. `states`
 * is how many states stand in it; one that is only named is none.
 */
export function lineOf(changes: readonly Change[]): { text: string; states: number } | null {
  const touched = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.collection.path}/${change.id}`;
    if (!touched.has(key)) touched.set(key, change);
  }
  const written = new Map<unknown, Collection<Stored>>();
  const entries: string[] = [];
  let named = 0;
  const homeOf = (held: Stored) => {
    const home = written.get(held);
    if (home) named++;
    return home;
  };
  for (const { collection, id, before } of touched.values()) {
    const object = collection.get(id);
    if (object) {
      entries.push(setting(collection, object, homeOf));
      written.set(object, collection);
    } else if (before) entries.push(`["${collection.path}",${JSON.stringify(id)},0]`);
  }
  if (entries.length === 0) return null;
  return { text: `[${entries.join(',')}]`, states: entries.length - named };
}

/** Everything there is as lines, those that may name others last. What changes while they are taken is not in them. */
export function snapshotOf(collections: Iterable<Collection<Stored>>): Iterable<string> {
  const all = [...collections].sort(
    (one, other) => Number(one.holds !== null) - Number(other.holds !== null),
  );
  const taken = all.map((collection) => ({ collection, objects: [...collection.oldestFirst()] }));
  return linesOf(taken, all);
}

function* linesOf(
  taken: readonly { collection: Collection<Stored>; objects: readonly Stored[] }[],
  all: readonly Collection<Stored>[],
): Generator<string> {
  // Objects of one type are mostly in one collection: it is looked into first.
  const homes = new Map<unknown, Collection<Stored>>();
  const written = all.filter(({ holds }) => holds === null);
  const homeOf = (held: Stored) => {
    const type = 'object' in held ? held.object : undefined;
    const home = homes.get(type);
    if (home?.get(held.id) === held) return home;
    const found = written.find((collection) => collection.get(held.id) === held);
    if (found) homes.set(type, found);
    return found;
  };
  for (const { collection, objects } of taken)
    for (const object of objects) yield `[${setting(collection, object, homeOf)}]`;
}

/** The entry that sets an object. `homeOf` tells where what it holds is stored, if that is current and written before. */
function setting(
  collection: Collection<Stored>,
  object: Stored,
  homeOf: (held: Stored) => Collection<Stored> | undefined,
): string {
  const { holds } = collection;
  const held = holds?.of(object);
  const home = isStored(held) ? homeOf(held) : undefined;
  if (!holds || !home || !isStored(held)) return `["${collection.path}",${JSON.stringify(object)}]`;
  return `["${collection.path}",${JSON.stringify(holds.put(object, {}))},["${home.path}",${JSON.stringify(held.id)}]]`;
}

function isStored(value: unknown): value is Stored {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

/** Does to the collections what a line says. Answers how many states stand in it. */
export function applyLine(line: readonly JournalEntry[], find: Find): number {
  let states = 0;
  for (const entry of line) {
    applyEntry(entry, find);
    if (!Array.isArray(entry[2])) states++;
  }
  return states;
}

function applyEntry(entry: JournalEntry, find: Find): void {
  const [path, value, third] = entry;
  const collection = find(path);
  if (!collection) return;
  if (third === 0) collection.restore(String(value), undefined);
  else if (isStored(value))
    collection.restore(value.id, third ? holding(collection, value, third, find) : value);
}

function holding(
  collection: Collection<Stored>,
  object: Stored,
  [path, id]: readonly [string, string],
  find: Find,
): Stored {
  const held = find(path)?.get(id);
  if (!held) throw new Error(`${collection.path} ${object.id} holds ${path} ${id}, which is not there`);
  return collection.holds?.put(object, held) ?? object;
}
