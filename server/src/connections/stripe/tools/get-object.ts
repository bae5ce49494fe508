import { z } from 'zod';
import { type CallContext, type Tool, ToolError } from '../../../tools/tool.ts';
import { kindOf, type Looked } from '../objects.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { secondsOf } from '../transport.ts';
import { asObject } from '../views/facts.ts';

const anyId = z
  .string()
  .trim()
  .min(1)
  .max(120)
  .describe('The id as Stripe gives it, such as "cus_…", "pi_…", "in_…", "po_…", "seti_…".');

function getObject(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_object',
    title: 'Get object',
    description:
      'Any one object by its id, whatever its type: the prefix says what it is. Use it when only an id is known; for customers, invoices, subscriptions, charges and payment intents their own tools tell more.',
    input: z.strictObject({ id: anyId }),
    // Which one is needed depends on the id; a refusal names it.
    permissions: [],
    words: { action: 'get', object: 'object', synonyms: ['stripe object'] },
    async read({ id }, api) {
      const { type, look } = kindOf(id);
      const { view, record } = await look(api, id);
      return { view, record, summary: `Read ${type.replaceAll('_', ' ')} ${id}`, objects: [{ type, id }] };
    },
  });
}

const longestSeconds = 120;
const firstPauseMs = 1_000;
const longestPauseMs = 8_000;
/** Statuses that no object leaves again. */
const ends: ReadonlySet<string> = new Set([
  ...[
    'succeeded',
    'failed',
    'canceled',
    'paid',
    'void',
    'uncollectible',
    'expired',
    'complete',
    'won',
    'lost',
  ],
  ...['incomplete_expired', 'rejected', 'internal_failure'],
]);

const statusOf = ({ record }: Looked): string | undefined => {
  const { status } = asObject(JSON.parse(JSON.stringify(record)));
  return typeof status === 'string' ? status : undefined;
};

/** Looks until the status is wanted or final, or the time is over, less and less often. */
async function watch(
  desk: Desk,
  look: () => Promise<Looked>,
  wish: { until: readonly string[]; seconds: number },
  { signal, onWait }: CallContext,
): Promise<{ seen: Looked; status: string; waitedMs: number }> {
  let waitedMs = 0;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const seen = await look();
    const status = statusOf(seen);
    if (status === undefined)
      throw new ToolError('no_status', 'This kind of object has no status to wait for.', {
        next: 'Read it with get_object instead.',
      });
    const leftMs = wish.seconds * 1000 - waitedMs;
    if (wish.until.includes(status) || ends.has(status) || leftMs <= 0) return { seen, status, waitedMs };
    const ms = Math.min(pauseMs, leftMs);
    onWait?.(`It is ${status}; looking again in ${secondsOf(ms)}`);
    await desk.pause(ms, signal);
    waitedMs += ms;
  }
}

function waitFor(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'wait_for',
    title: 'Wait for a status',
    description: `Waits until an object has a status, such as a payment intent that is "processing", a report run or a test clock that advances. At most ${longestSeconds} seconds; it also ends when the status can change no more. For payouts and bank debits, which take days, use a task instead.`,
    input: z.strictObject({
      id: anyId,
      until: z
        .array(z.string().min(1).max(40))
        .min(1)
        .max(10)
        .describe('The statuses waited for, as Stripe names them: ["succeeded", "requires_payment_method"].'),
      seconds: z
        .number()
        .int()
        .min(1)
        .max(longestSeconds)
        .optional()
        .describe('How long at most. Default 30.'),
    }),
    permissions: [],
    words: { action: 'wait', object: 'object', synonyms: ['status change'] },
    async read({ id, until, seconds = 30 }, api, context) {
      const { type, look } = kindOf(id);
      const { seen, status, waitedMs } = await watch(desk, () => look(api, id), { until, seconds }, context);
      const reached = until.includes(status);
      const stopped = ends.has(status) ? `${status} is final` : `the ${seconds} seconds are over`;
      return {
        view: {
          ...seen.view,
          status,
          reached,
          waited_seconds: Math.round(waitedMs / 1000),
          ...(!reached && { stopped }),
        },
        record: seen.record,
        summary: reached ? `${id} is ${status}` : `${id} is ${status}, not ${until.join(' or ')}: ${stopped}`,
        objects: [{ type, id }],
      };
    },
  });
}

/** Tools for any object of which only the id is known. */
export function objectTools(desk: Desk): Tool[] {
  return [getObject(desk), waitFor(desk)];
}
