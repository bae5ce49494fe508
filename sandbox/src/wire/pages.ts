import type { Collection, Stored } from '../store/collection.ts';
import { invalidRequest, noSuch } from './errors.ts';
import { inRange, integer, type RangeFilter, text, timeRange } from './params.ts';

/** The parameters every list takes. */
export const pageParams = { limit: integer(1, 100), starting_after: text(), ending_before: text() } as const;
/** Those and the `created` filter. */
export const datedPageParams = { ...pageParams, created: timeRange() } as const;

export interface PageRequest {
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
  readonly created?: RangeFilter;
  readonly expand?: readonly string[];
}

export interface Page<T> {
  object: 'list';
  data: T[];
  has_more: boolean;
  url: string;
  /** How many there are in all; only where it was asked for. */
  total_count?: number;
}

/** What of a collection can be listed: all but what was deleted. */
export type Present<T> = Exclude<T, { deleted: true }>;

/** Which objects a list is about: those under a key of an index, and those that pass `where`. */
export interface PageFilter<T> {
  readonly index?: string;
  readonly key?: string;
  readonly where?: (object: Present<T>) => boolean;
}

/** A page, newest first. Deleted objects are never listed. */
export function pageOf<T extends Stored>(
  collection: Collection<T>,
  url: string,
  request: PageRequest,
  filter: PageFilter<T> = {},
): Page<Present<T>> {
  const { limit = 10, starting_after: after, ending_before: before } = request;
  if (after !== undefined && before !== undefined) {
    throw invalidRequest('You cannot parameterize both starting_after and ending_before.');
  }
  const where = {
    ...(filter.index === undefined ? {} : { index: filter.index, key: filter.key ?? '' }),
    ...spanOf(collection, request.created),
  };
  const walk =
    before === undefined
      ? collection.newestFirst(
          after === undefined
            ? where
            : {
                ...where,
                below: Math.min(position(collection, after, 'starting_after'), where.below ?? Infinity),
              },
        )
      : collection.oldestFirst({
          ...where,
          above: Math.max(position(collection, before, 'ending_before'), where.above ?? -1),
        });
  const matches = (object: T): object is Present<T> =>
    isPresent(object) && isWithin(object, request.created) && filter.where?.(object) !== false;
  const data: Present<T>[] = [];
  let more = false;
  for (const object of walk) {
    if (!matches(object)) continue;
    more = data.length === limit;
    if (more) break;
    data.push(object);
  }
  const page: Page<Present<T>> = { object: 'list', data: inOrder(data, before), has_more: more, url };
  if (!request.expand?.includes('total_count')) return page;
  let count = 0;
  for (const object of collection.newestFirst(where)) if (matches(object)) count++;
  return { ...page, total_count: count };
}

/** A page of a list that is at hand, in its own order: an invoice's lines. Throws Stripe's 400 for an unknown cursor. */
export function pageOfList<T extends Stored>(
  all: readonly T[],
  url: string,
  request: PageRequest,
  kind: string,
): Page<T> {
  const { limit = 10, starting_after: after, ending_before: before } = request;
  if (after !== undefined && before !== undefined)
    throw invalidRequest('You cannot parameterize both starting_after and ending_before.');
  const place = (id: string, param: string) => {
    const at = all.findIndex((one) => one.id === id);
    if (at < 0) throw noSuch(kind, id, param);
    return at;
  };
  if (before !== undefined) {
    const end = place(before, 'ending_before');
    const start = Math.max(0, end - limit);
    return { object: 'list', data: all.slice(start, end), has_more: start > 0, url };
  }
  const start = after === undefined ? 0 : place(after, 'starting_after') + 1;
  return { object: 'list', data: all.slice(start, start + limit), has_more: all.length > start + limit, url };
}

/** A list that is whole, as objects embed them: `invoice.lines`. */
export function embeddedList<T>(data: T[], url: string): Page<T> {
  return { object: 'list', data, has_more: false, url };
}

function position<T extends Stored>(collection: Collection<T>, id: string, param: string): number {
  const found = collection.positionOf(id);
  if (found === undefined) throw noSuch(collection.name.replace(/s$/, ''), id, param);
  return found;
}

function inOrder<T>(data: T[], before: string | undefined): T[] {
  return before === undefined ? data : data.reverse();
}

/** Whether an object was not deleted. */
export function isPresent<T extends object>(object: T): object is Present<T> {
  return !('deleted' in object && object.deleted === true);
}

/** Between which positions all stands that was created in a range, where the collection can tell. */
function spanOf<T extends Stored>(collection: Collection<T>, range: RangeFilter = {}) {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  const first = Math.max(gt + 1, gte);
  const end = Math.min(lt, lte + 1);
  const start = Number.isFinite(first) ? collection.firstCreatedFrom(first) : null;
  const stop = Number.isFinite(end) ? collection.firstCreatedFrom(end) : null;
  return { ...(start === null ? {} : { above: start - 1 }), ...(stop === null ? {} : { below: stop }) };
}

function isWithin(object: Stored, created: RangeFilter | undefined): boolean {
  return (
    created === undefined ||
    inRange('created' in object && typeof object.created === 'number' ? object.created : 0, created)
  );
}
