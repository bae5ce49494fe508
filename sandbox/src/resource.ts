import type { Account, JobRunner, Listener } from './account.ts';
import type { EventType } from './events.ts';
import { searchIndex } from './search-delay.ts';
import type { CollectionSpec, Stored } from './store/collection.ts';
import type { Asking } from './webhooks/asking.ts';
import { type ErrorCode, invalidRequest, noSuch } from './wire/errors.ts';
import type { Expansions } from './wire/expand.ts';
import type { Access } from './wire/keys.ts';
import type { Upload } from './wire/multipart.ts';
import { type Page, type PageFilter, type PageRequest, type Present, pageOf } from './wire/pages.ts';
import { type Fields, list, type Parsed, text } from './wire/params.ts';
import { type SearchFields, search } from './wire/search.ts';
import type { AnswerTo } from './wire/shapes.ts';
import { isV2 } from './wire/v2.ts';
import { isBefore } from './wire/version.ts';

/** What a route is given: the account in the middle of one change, the checked parameters, the ids in the address. */
export interface Call<P> {
  readonly account: Account;
  /** The API version the request is made in. */
  readonly version: string;
  readonly params: P;
  /** Path parameters by name; asking for one that the path does not have is a mistake in the route. */
  id(name?: string): string;
  /** The path as called, for the `url` of lists. */
  readonly url: string;
  /** The file that came with it, where the route takes one. */
  readonly upload: Upload | null;
}

export type Method = 'GET' | 'POST' | 'DELETE';

export interface Route {
  readonly method: Method;
  /** With `:name` for ids; `/v1/customers/:id`. */
  readonly path: string;
  /** The restricted-key row in Stripe's machine name: `customer`. */
  readonly permission: string;
  /** What a restricted key needs of that row: reading needs read, all else write where nothing else is said. */
  readonly access: Access;
  readonly fields: Fields;
  /** It takes a file, as `multipart/form-data`. */
  readonly upload: boolean;
  /** Answers the object for the response. Its changes happen together or, when it throws, not at all. */
  readonly run: (call: Call<never>) => unknown;
}

/** What one file brings to the sandbox. */
export interface Resource {
  readonly collections?: readonly CollectionSpec<never>[];
  readonly routes?: readonly Route[];
  readonly expand?: Expansions;
  readonly jobs?: Readonly<Record<string, JobRunner>>;
  readonly listeners?: Readonly<Partial<Record<EventType, Listener>>>;
}

const everywhere = { expand: list(text(), 20) } as const;

/** Declares an endpoint. `expand` is understood everywhere and need not be named. */
export function route<M extends Method, P extends string, const F extends Fields>(
  method: M,
  path: P,
  options: { permission: string; access?: Access; params?: F; upload?: boolean },
  run: (call: Call<Parsed<F>>) => AnswerTo<`${M} ${P}`> | Asking<AnswerTo<`${M} ${P}`>>,
): Route {
  // API v2 expands nothing.
  const fields = { ...(isV2(path) ? {} : everywhere), ...options.params };
  const { permission, access = method === 'GET' ? 'read' : 'write', upload = false } = options;
  return { method, path, permission, access, fields, upload, run: run as (call: Call<never>) => unknown };
}

/** Narrows a collection's declaration for a resource's list. */
export function declare<T extends Stored, I extends string>(
  spec: CollectionSpec<T, I>,
): CollectionSpec<never> {
  return spec as unknown as CollectionSpec<never>;
}

/** The object an id in the address names, or Stripe's 404, which names the id as the path does. `kind` as in "No such customer". */
export function found<T extends Stored>(
  call: Call<unknown>,
  spec: CollectionSpec<T>,
  kind: string,
  name = 'id',
): T {
  const object = call.account.of(spec).get(call.id(name));
  if (!object) throw noSuch(kind, call.id(name), name, 404);
  return object;
}

/** The object a parameter refers to, or Stripe's 400 that names the parameter. */
export function referred<T extends Stored>(
  account: Account,
  spec: CollectionSpec<T>,
  kind: string,
  id: string,
  param: string,
): T {
  const object = account.of(spec).get(id);
  if (!object) throw noSuch(kind, id, param);
  return object;
}

/** What narrows a list enough for things on a test clock to be shown in it. */
const parents = ['customer', 'subscription', 'invoice', 'test_clock'] as const;

/** From this version on lists do not say how many there are in all. */
const countsEnd = '2025-03-31';

/**
 * A page of a collection for a list endpoint. As with Stripe, what has a `test_clock` shows only in the list of its
 * clock or of something it belongs to.
 */
export function listed<T extends Stored>(
  call: Call<PageRequest>,
  spec: CollectionSpec<T>,
  filter: PageFilter<T> = {},
): Page<Present<T>> {
  const { account, params } = call;
  if (params.expand?.includes('total_count') && !isBefore(call.version, countsEnd))
    throw refused(
      'expand',
      'The property total_count can no longer be expanded in lists; use has_more instead.',
      'property_forbidden',
    );
  const narrowed = parents.some((name) => name in params) || account.byName('test_clocks')?.size === 0;
  const shown = narrowed
    ? filter
    : { ...filter, where: (object: Present<T>) => !isOnClock(object) && filter.where?.(object) !== false };
  return pageOf(account.of(spec), call.url, params, shown);
}

function isOnClock(object: object): boolean {
  return 'test_clock' in object && object.test_clock !== null;
}

/** Answers a search endpoint. */
export function searched<T extends Stored>(
  call: Call<{ query: string; limit?: number; page?: string; expand?: readonly string[] }>,
  spec: CollectionSpec<T>,
  fields: SearchFields,
) {
  const objects = call.account.of(spec).newestFirst();
  return search(objects, { fields, known: searchIndex(call.account) }, call.url, call.params);
}

/** Keeps only the parameters that were sent, for spreading over an object. */
export function given<P extends object>(params: P): { [K in keyof P]: Exclude<P[K], undefined> } {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof P]: Exclude<P[K], undefined> };
}

/** The refusal of a value that is well formed but cannot be. */
export function refused(param: string, message: string, code?: ErrorCode) {
  return invalidRequest(message, { param, ...(code ? { code } : {}) });
}
