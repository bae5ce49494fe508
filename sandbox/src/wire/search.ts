import { invalidRequest } from './errors.ts';
import { isPresent, type Present } from './pages.ts';
import { integer, required, text } from './params.ts';
import { valueAt } from './value-at.ts';

type Kind = 'text' | 'number' | 'token';
/**
 * What may be searched: field → its kind, and where the object has it when that is elsewhere. One name of a field may be
 * any: `payment_method_details.*.last4`. `metadata` needs no entry.
 */
export type SearchFields = Readonly<Record<string, Kind | { readonly kind: Kind; readonly at: string }>>;
export const searchParams = { query: required(text(2000)), limit: integer(1, 100), page: text() } as const;

export interface SearchPage<T> {
  object: 'search_result';
  data: T[];
  has_more: boolean;
  url: string;
  next_page: string | null;
  /** How many match in all, as far as Stripe counts them; only where it was asked for. */
  total_count?: number;
}

/** Stripe counts matches up to this. */
const mostCounted = 10_000;

type Test = (object: Record<string, unknown>) => boolean;

/** Answers the objects that match, newest first, a page at a time. Throws Stripe's 400 for a query it cannot read. */
export function search<T extends object>(
  objects: Iterable<T>,
  {
    fields,
    known,
  }: {
    readonly fields: SearchFields;
    /** What is known of an object by now, where that lags behind. */
    readonly known: ((object: T) => object | undefined) | null;
  },
  url: string,
  request: { query: string; limit?: number; page?: string; expand?: readonly string[] },
): SearchPage<Present<T>> {
  const matches = parseQuery(request.query, fields);
  const { limit = 10 } = request;
  const skip = request.page === undefined ? 0 : pageNumber(request.page);
  const counts = request.expand?.includes('total_count') ?? false;
  const data: Present<T>[] = [];
  let seen = 0;
  for (const object of objects) {
    if (!isPresent(object)) continue;
    const state = known ? known(object) : object;
    if (!state || !matches(state as Record<string, unknown>)) continue;
    if (seen++ >= skip && data.length < limit) data.push(object);
    if (seen > skip + limit && (!counts || seen === mostCounted)) break;
  }
  const more = seen > skip + limit;
  return {
    object: 'search_result',
    data,
    has_more: more,
    url,
    next_page: more ? pageToken(skip + limit) : null,
    ...(counts ? { total_count: seen } : {}),
  };
}

function pageToken(skip: number): string {
  return Buffer.from(`skip:${skip}`).toString('base64url');
}

function pageNumber(token: string): number {
  const match = /^skip:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString());
  if (!match) throw invalidRequest('Invalid page token.', { param: 'page' });
  return Number(match[1]);
}

const clausePattern =
  /\s*(-)?\s*(?:(metadata)\[(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\]|([a-z_][a-z_.\d]*))\s*(:|~|>=|<=|>|<)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(null|-?\d+(?:\.\d+)?))/y;
/** Between two clauses: a word, or a space alone, which means AND. */
const joinPattern = /\s+(?:(AND|OR)\b)?/iy;

function parseQuery(query: string, fields: SearchFields): Test {
  const tests: Test[] = [];
  let join: string | null = null;
  for (let at = 0; ; ) {
    clausePattern.lastIndex = at;
    const clause = clausePattern.exec(query);
    if (!clause) throw badQuery(query);
    tests.push(clauseTest(clause, fields));
    at = clausePattern.lastIndex;
    if (query.slice(at).trim() === '') break;
    joinPattern.lastIndex = at;
    const between = joinPattern.exec(query);
    if (!between) throw badQuery(query);
    const word = between[1]?.toUpperCase() ?? 'AND';
    if (join !== null && join !== word)
      throw invalidRequest('Search queries cannot mix AND and OR.', { param: 'query' });
    join = word;
    at = joinPattern.lastIndex;
  }
  return join === 'OR'
    ? (object) => tests.some((test) => test(object))
    : (object) => tests.every((test) => test(object));
}

function clauseTest(clause: RegExpExecArray, fields: SearchFields): Test {
  const [, negated, isMetadata, doubleKey, singleKey, field = '', operator = ':', double, single, bare] =
    clause;
  const { kind, at } = isMetadata ? { kind: 'token' as const, at: '' } : fieldNamed(field, fields);
  const wanted = bare ?? unquoted(double ?? single ?? '');
  const test = comparison(kind, operator, wanted, bare === 'null', field);
  const path = isMetadata ? ['metadata', unquoted(doubleKey ?? singleKey ?? '')] : at.split('.');
  const wants = negated !== '-';
  return (object) => test(valueAt(object, path)) === wants;
}

/** Throws Stripe's 400 for a field that is not searched. */
function fieldNamed(field: string, fields: SearchFields): { readonly kind: Kind; readonly at: string } {
  const any = field.replace(/\.[^.]+\./, '.*.');
  const entry = [field, any].flatMap((name) => (Object.hasOwn(fields, name) ? (fields[name] ?? []) : []))[0];
  if (entry) return typeof entry === 'string' ? { kind: entry, at: field } : entry;
  throw invalidRequest(
    `Field \`${field}\` is an unsupported search field for this resource. See http://stripe.com/docs/search#query-fields-for for a list of supported fields.`,
    { param: 'query' },
  );
}

function comparison(kind: Kind, operator: string, wanted: string, isNull: boolean, field: string) {
  if (isNull) return (value: unknown) => value === null || value === undefined;
  if (kind === 'number') {
    const number = Number(wanted);
    if (Number.isNaN(number)) throw invalidRequest(`Field \`${field}\` needs a number.`, { param: 'query' });
    return (value: unknown) => typeof value === 'number' && compare(value, operator, number);
  }
  if (operator === '~') {
    if (kind !== 'text' || wanted.length < 3)
      throw invalidRequest('Substring search needs a text field and at least three characters.', {
        param: 'query',
      });
    const part = wanted.toLowerCase();
    return (value: unknown) => typeof value === 'string' && value.toLowerCase().includes(part);
  }
  if (operator !== ':')
    throw invalidRequest(`Field \`${field}\` cannot be compared with ${operator}.`, { param: 'query' });
  // Text matches whole or by all its words; tokens only whole. Neither minds case.
  const whole = wanted.toLowerCase();
  const words = kind === 'text' && !whole.includes('@') ? whole.split(/\s+/) : null;
  return (value: unknown) => {
    if (value === undefined || value === null) return false;
    const is = String(value).toLowerCase();
    if (is === whole) return true;
    // Taking text apart is slow and seldom needed.
    if (!words?.every((word) => is.includes(word))) return false;
    const parts = is.split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => parts.includes(word));
  };
}

function compare(value: number, operator: string, wanted: number): boolean {
  if (operator === '>') return value > wanted;
  if (operator === '<') return value < wanted;
  if (operator === '>=') return value >= wanted;
  if (operator === '<=') return value <= wanted;
  return value === wanted;
}

function unquoted(quoted: string): string {
  return quoted.replace(/\\(.)/g, '$1');
}

function badQuery(query: string) {
  return invalidRequest(
    `We were unable to parse your search query. Try using the format \`metadata["key"]:"value"\` to query for metadata or \`field:"value"\` to query for other fields. (${query.slice(0, 200)})`,
    { param: 'query' },
  );
}
