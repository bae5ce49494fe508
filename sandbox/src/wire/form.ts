import { invalidRequest, type StripeFault } from './errors.ts';

/** A decoded form: text, lists and maps, as Stripe's SDKs send them. */
export type FormValue = string | FormValue[] | FormMap;
export interface FormMap {
  [name: string]: FormValue;
}

/** Limits on one request, so that a hostile body cannot cost much. */
export const formLimits = { bytes: 1_000_000, fields: 5_000, depth: 12 } as const;

/**
 * Decodes `a[b][0][c]=1&d[]=2`. Maps whose names are all numbers become lists. Throws Stripe's 400 on nonsense such as
 * a name that is both text and map.
 */
export function decodeForm(text: string): FormMap {
  if (text === '') return {};
  const root: FormMap = Object.create(null);
  const counts: Counts = new Map();
  let fields = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    if (++fields > formLimits.fields)
      throw invalidRequest(`Too many parameters: at most ${formLimits.fields}.`);
    const equals = pair.indexOf('=');
    const path = pathOf(equals < 0 ? pair : pair.slice(0, equals));
    place(root, path, equals < 0 ? '' : decode(pair.slice(equals + 1)), counts);
  }
  return withLists(root);
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalidRequest('Invalid request: the parameters are not valid percent-encoded UTF-8.');
  }
}

/** The steps of names that were met before, as they were sent: the same few come with every request. */
const knownPaths = new Map<string, readonly string[]>();
const mostKnownPaths = 2_000;

function pathOf(encoded: string): readonly string[] {
  const known = knownPaths.get(encoded);
  if (known) return known;
  const path = stepsOf(decode(encoded));
  if (knownPaths.size < mostKnownPaths && encoded.length < 100) knownPaths.set(encoded, path);
  return path;
}

function stepsOf(name: string): readonly string[] {
  const bracket = name.indexOf('[');
  if (bracket < 0) return [name];
  const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name);
  if (!match?.[1] || !match[2]) throw invalidRequest(`Invalid parameter name: ${name.slice(0, 100)}`);
  const path = [match[1], ...match[2].slice(1, -1).split('][')];
  if (path.length > formLimits.depth)
    throw invalidRequest(`Parameters may be nested at most ${formLimits.depth} deep.`);
  return path;
}

/** How many elements the maps have that were filled by empty steps; counting names each time would take too long. */
type Counts = Map<FormMap, number>;

function place(root: FormMap, path: readonly string[], value: string, counts: Counts): void {
  let map = root;
  const last = path.length - 1;
  for (let at = 0; at < last; at++) {
    const step = path[at] ?? '';
    const key = step === '' ? nextKey(map, path.slice(at + 1), counts) : step;
    const next = map[key] ?? (Object.create(null) as FormMap);
    map[key] = next;
    if (typeof next === 'string' || Array.isArray(next)) throw bothValueAndMap(path);
    map = next;
  }
  const step = path[last] ?? '';
  const key = step === '' ? nextKey(map, [], counts) : step;
  if (typeof map[key] === 'object') throw bothValueAndMap(path);
  map[key] = value;
}

/**
 * Where an empty step leads: to the next number in `a[]=1&a[]=2`, and to the map before in `a[][b]=1&a[][c]=2`, which is one
 * map as long as names do not repeat.
 */
function nextKey(map: FormMap, rest: readonly string[], counts: Counts): string {
  let count = counts.get(map) ?? Object.keys(map).length;
  const last = map[String(count - 1)];
  const goesOn = rest.length > 0 && typeof last === 'object' && !Array.isArray(last) && !has(last, rest);
  if (goesOn) return String(count - 1);
  while (map[String(count)] !== undefined) count++;
  counts.set(map, count + 1);
  return String(count);
}

function has(map: FormMap, [step = '', ...rest]: readonly string[]): boolean {
  const value = map[step];
  if (value === undefined) return false;
  return rest.length === 0 || typeof value === 'string' || Array.isArray(value) || has(value, rest);
}

function bothValueAndMap([first = '', ...rest]: readonly string[]): StripeFault {
  const name = first + rest.map((step) => `[${step}]`).join('');
  return invalidRequest(`Invalid parameter: ${name} is both a value and a map.`);
}

function withLists(map: FormMap): FormMap {
  for (const key in map) {
    const value = map[key];
    if (value === undefined || typeof value === 'string' || Array.isArray(value)) continue;
    const inner = withLists(value);
    const keys = Object.keys(inner);
    map[key] = keys.every((name) => /^\d{1,5}$/.test(name)) ? keys.map((name) => inner[name] ?? '') : inner;
  }
  return map;
}
