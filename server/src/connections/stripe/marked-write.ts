import type Stripe from 'stripe';
import type { z } from 'zod';
import { type ActContext, type Preview, type Tool, ToolError, type WriteTool } from '../../tools/tool.ts';
import { isStripeError } from './client.ts';
import { bears, findMade, type Look, wasChanged } from './marks.ts';
import { type Desk, type Said, stripeWrite } from './stripe-tool.ts';

interface Marked {
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
}

type Described<Input> = Omit<WriteTool<Input>, 'plan' | 'act' | 'find'> & { readonly canUndo?: string };

/** The idempotency key of the n-th request of an act, as the SDK takes it. */
export function once(context: ActContext, part = 0): { idempotencyKey: string } {
  return { idempotencyKey: context.idempotencyKey(part) };
}

/**
 * A tool whose effect stands in one object of Stripe's that bears the operation's mark. `send` does it, `trace` says
 * where to look when no answer came, and both are told by `tell`, so that what is found reads as the answer would have.
 */
export function markedWrite<Input, Sealed, T extends Marked>(
  desk: Desk,
  tool: Described<Input> & {
    readonly sealed: z.ZodType<Sealed>;
    plan(input: Input, api: Stripe): Promise<{ preview: Preview; sealed: Sealed }>;
    /** Sends what was sealed, `mark(context)` with it. */
    send(sealed: Sealed, api: Stripe, context: ActContext): Promise<T>;
    /** The changed object by its id, or the list in which a made one stands. */
    trace(sealed: Sealed, api: Stripe, look: Look): Promise<T> | AsyncIterable<T>;
    /**
     * Whether what bears the mark is as it was to become. Needed where Stripe takes the mark only before the step
     * itself: an invoice that is marked and still a draft was not finalized. Of what is made in several steps: whether
     * all were taken; nobody says of half of it that it did not happen.
     */
    isDone?(object: T, sealed: Sealed, api: Stripe, look: Look): boolean | Promise<boolean>;
    /** For a changed object, which a later operation may have marked since: how it stands beside what was wanted. */
    was?(object: T, sealed: Sealed): { asWanted: boolean; asBefore: boolean };
    tell(object: T, sealed: Sealed): Said;
  },
): Tool {
  const { send, trace, isDone = () => true, was, tell, ...rest } = tool;
  return stripeWrite<Input, Sealed>(desk, {
    ...rest,
    act: async (sealed, api, context) => tell(await send(sealed, api, context), sealed),
    async find(sealed, api, look) {
      const place = trace(sealed, api, look);
      const isMade = Symbol.asyncIterator in place;
      const found = isMade ? await findMade(place, look) : await place;
      if (!found) return null;
      const isOurs = was ? wasChanged(found, look, was(found, sealed)) : bears(found, look);
      if (!isOurs) return null;
      if (await isDone(found, sealed, api, look)) return tell(found, sealed);
      if (!isMade) return null;
      throw new ToolError('unclear', `What ${look.operationId} was to make was begun and not finished.`);
    },
  });
}

/** What a removal is planned from and told with. */
export interface Removed {
  readonly id: string;
  readonly label: string;
}

/** True when Stripe knows it no more. */
async function isGone(look: Promise<object>): Promise<boolean> {
  try {
    const left = await look;
    return 'deleted' in left && left.deleted === true;
  } catch (error) {
    if (isStripeError(error) && error.code === 'resource_missing') return true;
    throw error;
  }
}

/**
 * A tool that deletes one object. A repeated DELETE carries no idempotency and a deleted object no mark, so that it is
 * gone counts as done.
 */
export function stripeRemoval<Input>(
  desk: Desk,
  tool: Omit<Described<Input>, 'effect'> & {
    readonly sealed: z.ZodType<Removed>;
    /** What it is, as views name it: `coupon`. */
    readonly of: string;
    plan(input: Input, api: Stripe): Promise<{ preview: Preview; sealed: Removed }>;
    remove(id: string, api: Stripe): Promise<unknown>;
    retrieve(id: string, api: Stripe): Promise<object>;
  },
): Tool {
  const { of, remove, retrieve, ...rest } = tool;
  const told = ({ id, label }: Removed, record: unknown): Said => ({
    view: { object: of, id, name: label, deleted: true },
    record,
    summary: `Deleted the ${of.replaceAll('_', ' ')} ${label}`,
    objects: [{ type: of, id, label }],
  });
  return stripeWrite<Input, Removed>(desk, {
    ...rest,
    effect: 'destructive',
    async act(sealed, api) {
      try {
        return told(sealed, await remove(sealed.id, api));
      } catch (error) {
        if (!(isStripeError(error) && error.code === 'resource_missing')) throw error;
        if (!(await isGone(retrieve(sealed.id, api)))) throw error;
        return told(sealed, { id: sealed.id, deleted: true });
      }
    },
    async find(sealed, api) {
      const gone = await isGone(retrieve(sealed.id, api));
      return gone ? told(sealed, { id: sealed.id, deleted: true }) : null;
    },
  });
}

/** How an object stands beside the fields it was to get and those it had. */
export function standing(
  object: object,
  { change, before }: { change: object; before: object },
): { asWanted: boolean; asBefore: boolean } {
  const fields = new Map(Object.entries(object));
  const has = (wanted: object): boolean =>
    Object.entries(wanted).every(([field, value]) => (plainValue(fields.get(field)) ?? '') === value);
  return { asWanted: has(change), asBefore: has(before) };
}

/** An expanded reference is as good as its id. */
function plainValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
}
