import type { Stored } from '../store/collection.ts';
import { invalidRequest } from './errors.ts';

/** Stripe's limits: how deep one property may be expanded, and how many at once. */
export const expandLimits = { depth: 4, count: 20 } as const;

/**
 * How a field is expanded: the collections its id may be in, or a function that makes the value (for fields that are
 * left out unless asked for). Names are dotted inside plain maps and lists of them: `discounts.coupon`; a `*` stands
 * for any one name there, and what leads to it is expanded first: `currency_options.*.tiers`.
 */
export type Expansion =
  | readonly string[]
  | ConnectedExpansion
  | ((lookup: Lookup, object: Stored, path: readonly string[]) => unknown);
/** An id of something that a connected account keeps, which another field of the object names. */
interface ConnectedExpansion {
  readonly account: string;
  readonly collections: readonly string[];
}
/** Object type (`charge`) → field → how. */
export type Expansions = Readonly<Record<string, Readonly<Record<string, Expansion>>>>;
/** Finds an object by collection name and id. Throws Stripe's 403 when the key may not read that collection. */
export interface Lookup {
  (collection: string, id: string): Stored | undefined;
  /** Everything under a key of an index, newest first. */
  by(collection: string, index: string, key: string): readonly Stored[];
  /** Makes the look-up look in an account connected to this one as well, from now on. */
  alsoIn(account: string): void;
}

type Json = Record<string, unknown>;

/** A copy of `value` with the named properties expanded; what is not expanded is shared, not copied. */
export function expand(value: unknown, paths: readonly string[], rules: Expansions, lookup: Lookup): unknown {
  if (paths.length > expandLimits.count)
    throw invalidRequest(`You may expand at most ${expandLimits.count} properties.`);
  return paths.reduce((whole, path) => {
    const steps = path.split('.');
    const depth = steps.filter((step) => step !== 'data').length;
    if (depth > expandLimits.depth) {
      throw invalidRequest(
        `You cannot expand more than ${expandLimits.depth} levels of a property. Property: ${path}`,
        { param: 'expand' },
      );
    }
    return expandAt(whole, steps, { rules, lookup, path });
  }, value);
}

interface Walk {
  readonly rules: Expansions;
  readonly lookup: Lookup;
  readonly path: string;
}

function expandAt(value: unknown, steps: readonly string[], walk: Walk): unknown {
  if (steps.length === 0 || value === null || value === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => expandAt(item, steps, walk));
  if (!isMap(value)) throw cannotExpand(walk);
  const [first = '', ...rest] = steps;
  if (value.object === 'list' || value.object === 'search_result') {
    if (first === 'total_count') return value;
    if (first !== 'data') throw cannotExpand(walk, `data.${walk.path}`);
    return { ...value, data: expandAt(value.data, rest, walk) };
  }
  const fields = walk.rules[String(value.object)] ?? {};
  for (let length = steps.length; length > 0; length--) {
    const taken = steps.slice(0, length);
    const field = fieldFor(fields, taken);
    const rule = field === undefined ? undefined : fields[field];
    if (field === undefined || !rule) continue;
    const star = field.split('.').indexOf('*');
    const owner = star > 0 ? expandAt(value, steps.slice(0, star), walk) : value;
    if (!isMap(owner)) throw cannotExpand(walk);
    return replaceAt(owner, taken, (old) =>
      expandAt(resolve(rule, old, owner, walk, taken), steps.slice(length), walk),
    );
  }
  // What stands in metadata is the caller's, whatever it looks like.
  const inner = first !== 'metadata' && Object.hasOwn(value, first) ? value[first] : undefined;
  if (rest.length === 0 || !isMap(inner)) throw cannotExpand(walk);
  return { ...value, [first]: expandAt(inner, rest, walk) };
}

/** The name of the field that a path leads to, as the rules write it. */
function fieldFor(fields: Readonly<Record<string, Expansion>>, path: readonly string[]): string | undefined {
  const exact = path.join('.');
  if (Object.hasOwn(fields, exact)) return exact;
  return Object.keys(fields).find((field) => {
    const names = field.split('.');
    return (
      names.includes('*') &&
      names.length === path.length &&
      names.every((name, at) => name === '*' || name === path[at])
    );
  });
}

function resolve(rule: Expansion, old: unknown, owner: Json, walk: Walk, path: readonly string[]): unknown {
  // What is there was made for a path before this one, and perhaps expanded further.
  if (typeof rule === 'function')
    return isMap(old) || Array.isArray(old) ? old : rule(walk.lookup, owner as unknown as Stored, path);
  if (Array.isArray(old)) return old.map((item) => resolve(rule, item, owner, walk, path));
  if (typeof old !== 'string') return old ?? null;
  const account = isConnected(rule) ? owner[rule.account] : undefined;
  if (typeof account === 'string') walk.lookup.alsoIn(account);
  for (const collection of isConnected(rule) ? rule.collections : rule) {
    const found = walk.lookup(collection, old);
    if (found) return found;
  }
  return old;
}

function isConnected(rule: readonly string[] | ConnectedExpansion): rule is ConnectedExpansion {
  return !Array.isArray(rule);
}

function replaceAt(map: Json, steps: readonly string[], change: (old: unknown) => unknown): Json {
  const [first = '', ...rest] = steps;
  const old = map[first];
  if (rest.length === 0) return { ...map, [first]: change(old) };
  const inside = (item: unknown) => (isMap(item) ? replaceAt(item, rest, change) : item);
  return { ...map, [first]: Array.isArray(old) ? old.map(inside) : inside(old) };
}

function cannotExpand(walk: Walk, instead?: string) {
  const hint = instead ? ` You may want to try expanding '${instead}' instead.` : '';
  return invalidRequest(`This property cannot be expanded (${walk.path}).${hint}`, { param: 'expand' });
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
