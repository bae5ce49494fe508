import { invalidRequest, missingParam, notSupported, StripeFault } from './errors.ts';
import type { FormMap, FormValue } from './form.ts';
import { apiVersion } from './version.ts';

/** Reads one parameter. `path` is its name as Stripe shows it: `items[0][price]`. */
export interface Param<T> {
  readonly required: boolean;
  /** The API version that removed this parameter; from then on it is unknown. */
  readonly until?: string;
  /** `version` is the API version asked in; maps and lists hand it on to what is in them. */
  parse(value: FormValue, path: string, version?: string): T;
}

export type Fields = { readonly [name: string]: Param<unknown> };
/** What a set of fields parses to: required ones present, the others perhaps. */
export type Parsed<F extends Fields> = {
  [K in keyof F as F[K] extends { required: true } ? K : never]: F[K] extends Param<infer T> ? T : never;
} & {
  [K in keyof F as F[K] extends { required: true } ? never : K]?: F[K] extends Param<infer T> ? T : never;
};

type Optionally<T> = Param<T> & { readonly required: false };
type Needed<T> = Param<T> & { readonly required: true };

/** A parameter of one's own reading; `parse` throws Stripe's 400. */
export function param<T>(parse: Param<T>['parse']): Optionally<T> {
  return { required: false, parse };
}

/** Makes a parameter compulsory. */
export function required<T>(inner: Param<T>): Needed<T> {
  return { required: true, parse: inner.parse };
}

/** A parameter that Stripe dropped in an API version, given by its date. */
export function until<T>(version: string, inner: Param<T>): Optionally<T> {
  return { required: false, parse: inner.parse, until: version };
}

/** Text that cannot be unset; at most `max` characters. */
export function text(max = 5000): Optionally<string> {
  return param((value, path) => {
    if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${show(value)}`, { param: path });
    if (value === '') throw emptyValue(path);
    return checkedLength(value, path, max);
  });
}

/** Text that `''` unsets; unset is null. */
export function unsettableText(max = 5000): Optionally<string | null> {
  return param((value, path) => {
    if (typeof value !== 'string') throw invalidRequest(`Invalid string: ${show(value)}`, { param: path });
    return value === '' ? null : checkedLength(value, path, max);
  });
}

/** `''` unsets, anything else goes to the inner parameter. */
export function emptyable<T>(inner: Param<T>): Optionally<T | null> {
  return param((value, path, version) => (value === '' ? null : inner.parse(value, path, version)));
}

export function boolean(): Optionally<boolean> {
  return param((value, path) => {
    if (value === 'true') return true;
    if (value === 'false') return false;
    if (value === '') throw emptyValue(path);
    throw invalidRequest(`Invalid boolean: ${show(value)}`, { param: path });
  });
}

/** A whole number within bounds. */
export function integer(min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER): Optionally<number> {
  return param((value, path) => {
    if (value === '') throw emptyValue(path);
    if (typeof value !== 'string' || !/^-?\d{1,15}$/.test(value)) {
      throw invalidRequest(`Invalid integer: ${show(value)}`, {
        param: path,
        code: 'parameter_invalid_integer',
      });
    }
    const number = Number(value);
    if (number < min) throw outOfRange(path, `greater than or equal to ${min}`);
    if (number > max) throw outOfRange(path, `less than or equal to ${max}`);
    return number;
  });
}

/** A decimal kept as text, at most 12 places: percentages and `unit_amount_decimal`. */
export function decimal(): Optionally<string> {
  return param((value, path) => {
    if (typeof value !== 'string' || !/^-?\d{1,15}(\.\d{1,12})?$/.test(value)) {
      throw invalidRequest(`Invalid decimal: ${show(value)}`, { param: path });
    }
    return value;
  });
}

/** A parameter Stripe has and the sandbox has not: a 501 that says so rather than "unknown". */
export function unsupported(): Optionally<never> {
  return param((_value, path) => {
    throw notSupported(`the parameter ${path}`);
  });
}

/** One of a few words. */
export function oneOf<const T extends string>(...words: readonly T[]): Optionally<T> {
  return param((value, path) => {
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    if (value === '') throw emptyValue(path);
    throw invalidRequest(`Invalid ${path}: must be ${inWords(words)}`, { param: path });
  });
}

export function list<T>(inner: Param<T>, max = 1000): Optionally<T[]> {
  return param((value, path, version) => {
    if (!Array.isArray(value)) throw invalidRequest('Invalid array', { param: path });
    if (value.length > max)
      throw invalidRequest(`Array ${path} exceeded maximum ${max} allowed elements.`, { param: path });
    return value.map((item, at) => inner.parse(item, `${path}[${at}]`, version));
  });
}

export function object<const F extends Fields>(fields: F): Optionally<Parsed<F>> {
  return param((value, path, version) => {
    if (typeof value === 'string' || Array.isArray(value))
      throw invalidRequest('Invalid object', { param: path });
    return parseFields(fields, value, path, version);
  });
}

/** A map with names of the caller's choosing. */
export function mapOf<T>(inner: Param<T>): Optionally<Record<string, T>> {
  return param((value, path, version) => {
    if (typeof value === 'string' || Array.isArray(value))
      throw invalidRequest('Invalid object', { param: path });
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, inner.parse(item, `${path}[${name}]`, version)]),
    );
  });
}

/** A word or, failing that, something else: `ending_before`'s `now`, a time or a range. */
export function either<A, B>(
  first: (value: FormValue) => boolean,
  a: Param<A>,
  b: Param<B>,
): Optionally<A | B> {
  return param((value, path, version) => (first(value) ? a : b).parse(value, path, version));
}

/** Metadata as it arrives: '' for the whole unsets all, '' for one value unsets that key. */
export type MetadataChange = '' | Readonly<Record<string, string>>;

export function metadata(): Optionally<MetadataChange> {
  return param((value, path) => {
    if (value === '') return '';
    if (typeof value === 'string') throw invalidRequest(`Invalid object`, { param: path });
    const entries = Object.entries(value).map(([name, item]): [string, string] => {
      if (typeof item !== 'string') throw invalidRequest('Metadata values must be strings.', { param: path });
      if (isLonger(name, 40))
        throw invalidRequest(
          `Metadata keys can have up to 40 characters, but you passed in a key that is ${lengthOf(name)} characters. Invalid key: ${name}`,
          { param: path },
        );
      if (isLonger(item, 500))
        throw invalidRequest(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${lengthOf(item)} characters. Invalid value: ${item.slice(0, 100)}`,
          { param: `${path}[${name}]` },
        );
      return [name, item];
    });
    // Not by assignment: `__proto__` is a name like any other.
    return Object.fromEntries(entries);
  });
}

/** The metadata after a change: keys set to '' are gone. At most 50 keys. */
export function applyMetadata(
  before: Readonly<Record<string, string>>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === undefined) return before;
  if (change === '') return {};
  const after = Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== ''),
  );
  if (Object.keys(after).length > 50)
    throw invalidRequest('Metadata can have up to 50 keys.', { param: 'metadata' });
  return after;
}

export interface RangeFilter {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
}

/** `created=123` or `created[gte]=123`: both become a range. */
export function timeRange(): Optionally<RangeFilter> {
  const bounds = object({ gt: integer(), gte: integer(), lt: integer(), lte: integer() });
  return param((value, path) => {
    if (typeof value !== 'string') return bounds.parse(value, path);
    const at = integer().parse(value, path);
    return { gte: at, lte: at };
  });
}

export function inRange(value: number, range: RangeFilter | undefined): boolean {
  if (!range) return true;
  if (range.gt !== undefined && value <= range.gt) return false;
  if (range.gte !== undefined && value < range.gte) return false;
  if (range.lt !== undefined && value >= range.lt) return false;
  return range.lte === undefined || value <= range.lte;
}

/** Checks a whole form against its fields; unknown names are refused together, as Stripe does. */
export function parseFields<const F extends Fields>(
  fields: F,
  form: FormMap,
  path = '',
  version = apiVersion,
): Parsed<F> {
  const known = (name: string) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return field !== undefined && (field.until === undefined || version < field.until);
  };
  const unknown = Object.keys(form).filter((name) => !known(name));
  if (unknown.length > 0) throw new UnknownParams(unknown.map((name) => nested(path, name)));
  const parsed: Record<string, unknown> = {};
  let missing: string | undefined;
  for (const name in fields) {
    const field = fields[name];
    const value = form[name];
    if (value !== undefined && field) parsed[name] = field.parse(value, nested(path, name), version);
    else if (field?.required) missing ??= nested(path, name);
  }
  // What was said is looked at first, so that something unknown is told before something missing.
  if (missing !== undefined) throw missingParam(missing);
  return parsed as Parsed<F>;
}

function nested(path: string, name: string): string {
  return path === '' ? name : `${path}[${name}]`;
}

/** 400: parameters that an endpoint does not have. */
export class UnknownParams extends StripeFault {
  /** As Stripe shows them: `items[0][price]`. */
  readonly names: readonly string[];

  constructor(names: readonly string[]) {
    const message = `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`;
    super(400, {
      type: 'invalid_request_error',
      message,
      param: names[0] ?? '',
      code: 'parameter_unknown',
    });
    this.names = names;
  }
}

function emptyValue(path: string): StripeFault {
  return invalidRequest(
    `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
    { param: path, code: 'parameter_invalid_empty' },
  );
}

function checkedLength(value: string, path: string, max: number): string {
  if (!isLonger(value, max)) return value;
  const shown = `${value.slice(0, 11)}...${value.slice(-10)}`;
  throw invalidRequest(`Invalid string: ${shown}; must be at most ${max} characters`, { param: path });
}

/** Whether text has more than `max` characters: an emoji is one, though it takes two of JavaScript's. */
function isLonger(value: string, max: number): boolean {
  return value.length > max && (value.length > 2 * max || lengthOf(value) > max);
}

function lengthOf(value: string): number {
  let length = 0;
  for (const _ of value) length++;
  return length;
}

function outOfRange(path: string, rule: string): StripeFault {
  return invalidRequest(`This value must be ${rule}.`, { param: path, code: 'parameter_invalid_integer' });
}

function show(value: FormValue): string {
  return typeof value === 'string' ? value.slice(0, 100) : JSON.stringify(value).slice(0, 100);
}

function inWords(words: readonly string[]): string {
  if (words.length === 1) return `${words[0]}`;
  return `one of ${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`;
}
