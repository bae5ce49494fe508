/** What every stored thing has. Stored objects are never changed in place: an update puts a new object. */
export interface Stored {
  readonly id: string;
}

/** Names a collection of an account and says by what its objects are looked up. */
export interface CollectionSpec<T extends Stored, I extends string = string> {
  /** Stripe's plural, also the name in the journal: `payment_intents`. */
  readonly name: string;
  /** Index name → the key of an object, or null when the object has none. */
  readonly indexes: { readonly [K in I]: (object: T) => string | null };
  /** For objects that hold another whole, as an event does what it is about: written as its name where it is current. */
  readonly holds?: Holds<T>;
  /** Carries the type; never present. */
  readonly type?: T;
}

/** Where an object holds another, and how to make one that holds something else there. */
export interface Holds<T> {
  of(object: T): object | undefined;
  put(object: T, held: object): T;
}

interface Entry<T> {
  /** Position in the order of creation; never reused. */
  readonly position: number;
  object: T | undefined;
}

/** What to walk over: all, or what is under a key of an index; between positions as `positionOf` answers them, exclusive. */
interface Among {
  readonly index?: string;
  readonly key?: string;
  readonly above?: number | undefined;
  readonly below?: number | undefined;
}

/** What a change was, so that it can be undone and written down. */
export interface Change {
  readonly collection: Collection<Stored>;
  readonly id: string;
  readonly before: Stored | undefined;
  /** Where the object stood, so that undoing a removal puts it back there. */
  readonly position: number | undefined;
}

/**
 * The objects of one kind in one account, in order of creation, with indexes. Reads cost a hash look-up; pages walk
 * backwards from a position and never copy the whole.
 */
export class Collection<T extends Stored> {
  readonly name: string;
  /** Its name in the journal: with the space it is in, if any. */
  readonly path: string;
  readonly holds: Holds<T> | null;
  #entries: Entry<T>[] = [];
  #byId = new Map<string, Entry<T>>();
  #indexes = new Map<string, { key: (object: T) => string | null; entries: Map<string, Entry<T>[]> }>();
  #next = 0;
  #gone = 0;
  /** Whether no object was created earlier (by its `created`) than one that stands before it. */
  #inOrder = true;
  #onChange: (change: Change) => void;

  constructor(spec: CollectionSpec<T>, path: string, onChange: (change: Change) => void) {
    this.name = spec.name;
    this.path = path;
    this.holds = spec.holds ?? null;
    this.#onChange = onChange;
    for (const [name, key] of Object.entries<(object: T) => string | null>(spec.indexes)) {
      this.#indexes.set(name, { key, entries: new Map() });
    }
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id)?.object;
  }

  /** Adds the object or replaces the one with its id, which keeps its place in the order. Answers what it was given. */
  put(object: T): T {
    const { id } = object;
    const entry = this.#byId.get(id);
    const before = entry?.object;
    if (entry) this.#replace(entry, object);
    else this.#insert(object, this.#next);
    const position = entry?.position;
    this.#onChange({ collection: this as unknown as Collection<Stored>, id, before, position });
    return object;
  }

  delete(id: string): void {
    const position = this.positionOf(id);
    const before = this.restore(id, undefined);
    if (before) this.#onChange({ collection: this as unknown as Collection<Stored>, id, before, position });
  }

  /** Sets the state of an id without recording a change: for loading, undoing and forgetting. Answers what was there. */
  restore(id: string, object: T | undefined, position = this.#next): T | undefined {
    const entry = this.#byId.get(id);
    if (!entry) {
      if (object) this.#insert(object, position);
      return undefined;
    }
    const before = entry.object;
    this.#replace(entry, object);
    if (!object) this.#remove(id);
    return before;
  }

  #replace(entry: Entry<T>, object: T | undefined): void {
    const created = createdOf(entry.object);
    this.#reindex(entry, entry.object, object);
    entry.object = object;
    if (createdOf(object) !== created) this.#checkOrder(firstAtOrAbove(this.#entries, entry.position));
  }

  *newestFirst(among: Among = {}): Generator<T> {
    const { entries, start, end } = this.#among(among);
    for (let at = end - 1; at >= start; at--) {
      const object = entries[at]?.object;
      if (object !== undefined) yield object;
    }
  }

  *oldestFirst(among: Among = {}): Generator<T> {
    const { entries, start, end } = this.#among(among);
    for (let at = start; at < end; at++) {
      const object = entries[at]?.object;
      if (object !== undefined) yield object;
    }
  }

  /**
   * The position from which on everything was created at a time (seconds) or later, and nothing before it was; null where
   * the order of creation is not that of the times, as test clocks can have it.
   */
  firstCreatedFrom(time: number): number | null {
    if (!this.#inOrder) return null;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      // What is gone, or deleted and so without a time, is passed over.
      let known = middle;
      while (known > low && createdOf(this.#entries[known]?.object) === undefined) known--;
      const created = createdOf(this.#entries[known]?.object);
      if (created === undefined || created < time) low = middle + 1;
      else high = known;
    }
    return this.#entries[low]?.position ?? this.#next;
  }

  positionOf(id: string): number | undefined {
    return this.#byId.get(id)?.position;
  }

  /** Everything under a key of an index, newest first. */
  by(index: string, key: string): T[] {
    return [...this.newestFirst({ index, key })];
  }

  /** The newest under a key of an index. */
  newestBy(index: string, key: string): T | undefined {
    for (const object of this.newestFirst({ index, key })) return object;
    return undefined;
  }

  #among({ index, key = '', above, below }: Among) {
    const entries = index === undefined ? this.#entries : this.#indexed(index, key);
    return {
      entries,
      start: above === undefined ? 0 : firstAtOrAbove(entries, above + 1),
      end: below === undefined ? entries.length : firstAtOrAbove(entries, below),
    };
  }

  #indexed(index: string, key: string): Entry<T>[] {
    const found = this.#indexes.get(index);
    if (!found) throw new Error(`Collection ${this.name} has no index ${index}`);
    return found.entries.get(key) ?? [];
  }

  #insert(object: T, position: number): void {
    const entry: Entry<T> = { position, object };
    this.#next = Math.max(this.#next, position + 1);
    const at = firstAtOrAbove(this.#entries, position);
    // A removal undone: its place is still there, empty, unless the empty places were cleared.
    const isVacant = this.#entries[at]?.position === position;
    if (isVacant) this.#gone--;
    if (at === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(at, isVacant ? 1 : 0, entry);
    this.#checkOrder(at);
    this.#byId.set(object.id, entry);
    this.#reindex(entry, undefined, object);
  }

  /** Whether the object at a place fits the times of those around it. */
  #checkOrder(at: number): void {
    const created = createdOf(this.#entries[at]?.object);
    if (!this.#inOrder || created === undefined) return;
    const before = this.#timeFrom(at - 1, -1) ?? created;
    const after = this.#timeFrom(at + 1, 1) ?? created;
    this.#inOrder = before <= created && created <= after;
  }

  /** The first `created` from a place on in one direction; undefined when nothing there has one. */
  #timeFrom(start: number, step: 1 | -1): number | undefined {
    let at = start;
    while (at >= 0 && at < this.#entries.length && createdOf(this.#entries[at]?.object) === undefined)
      at += step;
    return createdOf(this.#entries[at]?.object);
  }

  #reindex(entry: Entry<T>, before: T | undefined, after: T | undefined): void {
    for (const { key, entries } of this.#indexes.values()) {
      const from = before === undefined ? null : key(before);
      const to = after === undefined ? null : key(after);
      if (from === to) continue;
      if (from !== null) dropEntry(entries, from, entry);
      if (to !== null) addEntry(entries, to, entry);
    }
  }

  #remove(id: string): void {
    this.#byId.delete(id);
    if (++this.#gone < 64 || this.#gone < this.#entries.length / 2) return;
    this.#entries = this.#entries.filter((entry) => entry.object !== undefined);
    this.#gone = 0;
  }
}

function createdOf(object: Stored | undefined): number | undefined {
  return object && 'created' in object && typeof object.created === 'number' ? object.created : undefined;
}

function firstAtOrAbove(entries: readonly { position: number }[], position: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.position ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

function addEntry<T>(entries: Map<string, Entry<T>[]>, key: string, entry: Entry<T>): void {
  const list = entries.get(key);
  if (!list) entries.set(key, [entry]);
  else if ((list.at(-1)?.position ?? -1) < entry.position) list.push(entry);
  else list.splice(firstAtOrAbove(list, entry.position), 0, entry);
}

function dropEntry<T>(entries: Map<string, Entry<T>[]>, key: string, entry: Entry<T>): void {
  const list = entries.get(key);
  const at = list ? firstAtOrAbove(list, entry.position) : -1;
  if (list && list[at] === entry) list.splice(at, 1);
  if (list?.length === 0) entries.delete(key);
}
