import type Stripe from 'stripe';
import type { Json, ObjectRef, ReadTool, Tool } from '../../tools/tool.ts';
import { countAllField, limitField } from './fields.ts';
import { follow, type ListCall, type Listed, listSummary, listView } from './pages.ts';
import { type Desk, stripeRead } from './stripe-tool.ts';

/** What every list may be asked for. */
export const listFields = { limit: limitField.optional(), count_all: countAllField.optional() };

interface Asked {
  readonly limit?: number | undefined;
  readonly count_all?: boolean | undefined;
}

/** What one list is: its pages, and how its rows are shown. */
export interface Listing<T> {
  readonly pages: ListCall<T>;
  /** Where Stripe does not filter by what was asked for. */
  readonly fits?: (item: T) => boolean;
  /** Reads what the rows that are shown need besides, such as names. */
  prepare?(rows: readonly T[]): Promise<void>;
  /** What the answer says beside the rows. */
  readonly beside?: { readonly [key: string]: Json };
  row(item: T): Json;
  ref(item: T): ObjectRef;
}

/** A tool that lists: complete or declared, newest first, as many rows as asked for. */
export function stripeList<Input extends Asked, T extends { id: string }>(
  desk: Desk,
  tool: Omit<ReadTool<Input>, 'effect' | 'read'> & {
    /** What the rows are: `promotion_code`. */
    readonly of: string;
    list(input: Input, api: Stripe): Promise<Listing<T>> | Listing<T>;
  },
): Tool {
  const { of, list, ...rest } = tool;
  return stripeRead<Input>(desk, {
    ...rest,
    async read(input, api) {
      const { pages, fits, prepare, beside, row, ref } = await list(input, api);
      const limit = input.limit ?? 10;
      const listed: Listed<T> = await follow(pages, {
        ...(fits && { fits }),
        ...(!input.count_all && { enough: limit }),
      });
      const rows = listed.items.slice(0, limit);
      await prepare?.(rows);
      return {
        view: { ...listView(of, listed, row, { limit }), ...beside },
        record: rows,
        summary: listSummary(listed, of.replaceAll('_', ' ')),
        objects: rows.map(ref),
      };
    },
  });
}
