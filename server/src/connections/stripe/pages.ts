import type Stripe from 'stripe';
import { type Json, ToolError } from '../../tools/tool.ts';

/** No list is followed further than this: a hundred pages. */
export const mostObjects = 10_000;

/** A list that says what it is: how much was seen, whether that is all, and why it stopped. */
export interface Listed<T> {
  readonly items: T[];
  /** True when everything that fits was seen. Only then may anything be counted or added up. */
  readonly complete: boolean;
  /** Set when not complete. */
  readonly stopped?: string;
}

export interface Page<T> {
  readonly data: T[];
  readonly has_more: boolean;
}

export type ListCall<T> = (page: { limit: number; starting_after?: string }) => Promise<Page<T>>;

function stuck(): ToolError {
  return new ToolError('paging_stuck', 'Stripe sent the same objects again instead of the next page.', {
    next: 'Try again; do not count on what was listed.',
  });
}

/**
 * Follows a list page by page, newest first, until `enough` fitting objects are in hand, the list ends, or
 * `atMost` objects were looked at. One more than enough is looked for, so that the end is known when it is near.
 * @throws ToolError `paging_stuck` when a page does not move the cursor on: the far side ignores it, and every count would be wrong.
 */
export async function follow<T extends { id: string }>(
  list: ListCall<T>,
  options: { fits?: (item: T) => boolean; enough?: number; atMost?: number } = {},
): Promise<Listed<T>> {
  const { fits = () => true, enough = Number.POSITIVE_INFINITY, atMost = mostObjects } = options;
  const items: T[] = [];
  const pageSize = options.fits ? 100 : Math.min(100, enough + 1);
  let after: string | undefined;
  let looked = 0;
  const seen = new Set<string>();
  for (;;) {
    const page = await list({ limit: pageSize, ...(after !== undefined && { starting_after: after }) });
    for (const item of page.data) {
      if (seen.has(item.id)) throw stuck();
      seen.add(item.id);
      looked += 1;
      if (!fits(item)) continue;
      if (items.length >= enough) return { items, complete: false, stopped: `showing the newest ${enough}` };
      items.push(item);
    }
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) return { items, complete: true };
    if (looked >= atMost) return { items, complete: false, stopped: `stopped after ${looked} objects` };
  }
}

/** Rows for the model, and what the list is. */
export function listView<T>(
  of: string,
  listed: Listed<T>,
  row: (item: T) => Json,
  options: { limit?: number | undefined; totals?: { [key: string]: Json } } = {},
): { [key: string]: Json } {
  const limit = options.limit ?? 10;
  return {
    object: 'list',
    of,
    data: listed.items.slice(0, limit).map(row),
    complete: listed.complete,
    seen: listed.items.length,
    ...(listed.stopped && { stopped: listed.stopped }),
    ...(listed.complete && options.totals && { totals: options.totals }),
  };
}

/** How a list is told in one sentence: `Listed 10 customers; there are more`. */
export function listSummary<T>(listed: Listed<T>, one: string, many = `${one}s`): string {
  const count = listed.items.length;
  const what = count === 1 ? one : many;
  if (count === 0) return `Found no ${many}`;
  return listed.complete ? `Found ${count} ${what}` : `Listed ${count} ${what}; there are more`;
}

/** An unexpanded or expanded reference's id. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === 'string' ? reference : reference?.id;
}

/** An expanded reference's object, undefined when it was not expanded or is gone. */
export function expanded<T extends { id: string }>(reference: string | T | null | undefined): T | undefined {
  return typeof reference === 'object' &&
    reference !== null &&
    !('deleted' in reference && reference.deleted === true)
    ? reference
    : undefined;
}

/** Customers, whether live or deleted, as references hold them. */
export type CustomerReference = string | Stripe.Customer | Stripe.DeletedCustomer | null;
