import type { Lookup } from '../wire/expand.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What one API version changed about one type of object, told backwards. */
export interface Change {
  /** The version that brought the newer shape, as Stripe's changelog dates it. */
  readonly since: string;
  /** The object's `object`: `line_item`. */
  readonly type: string;
  /** The fields an older version has as well, or otherwise. A function of the object and of what it refers to. */
  readonly before: (object: Json, look: Lookup) => Json;
}

/**
 * Declares a change. Stripe takes fields away from newer versions and adds them to all, so that an older shape is the
 * newer one and some fields more.
 */
export function change<T extends object>(
  since: string,
  type: string,
  before: (object: T, look: Lookup) => Json,
): Change {
  return { since, type, before: (object, look) => before(object as unknown as T, look) };
}
