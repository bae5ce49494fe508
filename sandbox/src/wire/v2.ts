import type { Collection, Stored } from '../store/collection.ts';
import { invalidRequest, type StripeFault } from './errors.ts';
import { integer, object, param, type RangeFilter, text } from './params.ts';

/** What API v2 does its own way: errors, pages, times. */

export function isV2(path: string): boolean {
  return path.startsWith('/v2/');
}

/** A refusal in the shape of API v2: no `param`, and codes of its own for what is not there or not valid. */
export function v2ErrorBody({ status, body, v2Type, v2Code }: StripeFault): object {
  const { type, code, message, doc_url: doc } = body;
  const known =
    v2Code ??
    (code === 'resource_missing' || status === 404
      ? 'not_found'
      : status === 400 && type === 'invalid_request_error'
        ? 'invalid_fields'
        : code);
  return {
    type: v2Type ?? type,
    ...(known ? { code: known } : {}),
    message,
    ...(known === code && doc ? { doc_url: doc } : {}),
  };
}

/** The parameters of every v2 list; `page` is a token out of `next_page_url`. */
export const v2PageParams = { limit: integer(1, 100), page: text(500) } as const;

export interface V2Page<T> {
  readonly data: T[];
  readonly next_page_url: string | null;
  readonly previous_page_url: string | null;
}

interface V2PageRequest {
  readonly url: string;
  readonly limit?: number;
  readonly page?: string;
  /** What else was asked for, for the addresses of the other pages. */
  readonly query?: Readonly<Record<string, string>>;
}

/** A page, newest first, of what passes `where`. Throws Stripe's 400 for a token that is none. */
export function v2PageOf<T extends Stored>(
  collection: Collection<T>,
  request: V2PageRequest,
  where: (object: T) => boolean = () => true,
): V2Page<T> {
  const { limit = 20 } = request;
  const cursor = request.page === undefined ? null : cursorOf(request.page);
  const back = cursor?.to === 'newer';
  const walk =
    cursor === null
      ? collection.newestFirst()
      : back
        ? collection.oldestFirst({ above: cursor.position })
        : collection.newestFirst({ below: cursor.position });
  const found: T[] = [];
  for (const one of walk) {
    if (!where(one)) continue;
    found.push(one);
    if (found.length > limit) break;
  }
  const more = found.length > limit;
  const data = found.slice(0, limit);
  if (back) data.reverse();
  const address = (to: Cursor['to'], at: T | undefined) =>
    at ? pageUrl(request, { to, position: collection.positionOf(at.id) ?? 0 }) : null;
  return {
    data,
    next_page_url: back || more ? address('older', data.at(-1)) : null,
    previous_page_url: back
      ? more
        ? address('newer', data[0])
        : null
      : cursor
        ? address('newer', data[0])
        : null,
  };
}

interface Cursor {
  readonly to: 'newer' | 'older';
  readonly position: number;
}

function pageUrl({ url, limit, query }: V2PageRequest, cursor: Cursor): string {
  const page = `page_${Buffer.from(`${cursor.to}:${cursor.position}`).toString('base64url')}`;
  const rest = { ...query, ...(limit === undefined ? {} : { limit: String(limit) }), page };
  return `${url}?${new URLSearchParams(rest)}`;
}

function cursorOf(token: string): Cursor {
  const written = Buffer.from(token.replace(/^page_/, ''), 'base64url').toString();
  const [, to, position] = /^(newer|older):(\d{1,15})$/.exec(written) ?? [];
  if (to !== 'newer' && to !== 'older') throw invalidRequest('Invalid page token.', { param: 'page' });
  return { to, position: Number(position) };
}

/** A time as API v2 writes it, from seconds since 1970. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** RFC 3339 as the reference has it, or seconds since 1970, which the SDK makes of dates. */
export const v2Time = param((value, path): number => {
  if (typeof value === 'string' && /^\d{1,12}$/.test(value)) return Number(value);
  const ms = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms))
    throw invalidRequest(`Invalid timestamp: ${path} must be an RFC 3339 date and time.`, { param: path });
  return ms / 1000;
});

/** `created[gte]=2026-01-01T00:00:00Z`, as a range of seconds since 1970. */
export const v2TimeRange = param((value, path): RangeFilter => {
  if (typeof value !== 'string') return bounds.parse(value, path);
  const at = v2Time.parse(value, path);
  return { gte: at, lte: at };
});
const bounds = object({ gt: v2Time, gte: v2Time, lt: v2Time, lte: v2Time });

/** The parts of a range as they go into an address. */
export function rangeQuery(name: string, range: RangeFilter | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(range ?? {}).map(([bound, seconds]) => [`${name}[${bound}]`, isoTime(seconds)]),
  );
}
