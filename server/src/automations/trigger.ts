/** What begins a task. */
import type { Selectable } from 'kysely';
import { z } from 'zod';
import { isEventType, likeEventType } from '../connections/stripe/event-types.ts';
import type { TasksTable } from '../database/schema.ts';
import { invalidInput } from '../problem.ts';
import type { StoredEvent } from './dispatch.ts';
import { filterSchema, fits } from './event-filter.ts';
import { cronOf } from './plain-schedule.ts';
import { inWords, nextRun, ScheduleProblem } from './schedule.ts';

export const triggerSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('schedule'),
    /** Cron, or words: `every Monday at 9`. Kept as cron. */
    cron: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .transform((text) => cronOf(text) ?? text),
    timezone: z.string().trim().min(1).max(80).default('UTC'),
    /** What was due while nobody ran: `once` makes up for it with one run, `skip` waits for the next time. */
    missed: z.enum(['once', 'skip']).default('once'),
  }),
  z.strictObject({
    type: z.literal('event'),
    /** `invoice.payment_failed`, or `invoice.*`. */
    event: z
      .string()
      .trim()
      .regex(/^[a-z0-9_.]+(\.\*)?$/, 'An event type such as invoice.payment_failed.')
      .max(120),
    filter: filterSchema.optional(),
  }),
  z.strictObject({ type: z.literal('manual') }),
]);
export type Trigger = z.infer<typeof triggerSchema>;

/** What stands in a row. */
export const triggerOf = (task: Pick<Selectable<TasksTable>, 'trigger'>): Trigger =>
  triggerSchema.parse(task.trigger);

/** @throws Problem 422 for an event that Stripe does not have, and so never tells */
export function checkEvent(trigger: Trigger): void {
  if (trigger.type !== 'event' || isEventType(trigger.event)) return;
  const like = likeEventType(trigger.event);
  const meant = like.length > 0 ? ` Perhaps ${like.join(', ')}?` : '';
  throw invalidInput([{ path: 'trigger.event', message: `Stripe has no event ${trigger.event}.${meant}` }]);
}

/** When a schedule is due next; null for what is no schedule. @throws Problem 422 */
export function nextOf(trigger: Trigger, after: Date): Date | null {
  if (trigger.type !== 'schedule') return null;
  try {
    return nextRun(trigger, after);
  } catch (error) {
    if (!(error instanceof ScheduleProblem)) throw error;
    throw invalidInput([{ path: `trigger.${error.field}`, message: error.message }]);
  }
}

/** The next so many times a schedule is due. @throws Problem 422 */
export function nextTimes(trigger: Trigger, after: Date, count: number): Date[] {
  const times: Date[] = [];
  let last: Date | null = nextOf(trigger, after);
  while (last && times.length < count) {
    times.push(last);
    last = nextOf(trigger, last);
  }
  return times;
}

/** For people: `At 09:00, only on Monday (Europe/Berlin)`. */
export function wordsOf(trigger: Trigger): string {
  switch (trigger.type) {
    case 'schedule':
      return `${inWords(trigger)} (${trigger.timezone})`;
    case 'event':
      return `On ${trigger.event}${trigger.filter ? ', where its filter fits' : ''}`;
    case 'manual':
      return 'By hand';
  }
}

/** Whether a trigger waits for this event. */
export function waitsFor(trigger: Trigger, event: StoredEvent): boolean {
  if (trigger.type !== 'event') return false;
  const { event: wanted, filter } = trigger;
  const isOf = wanted.endsWith('.*') ? event.type.startsWith(wanted.slice(0, -1)) : event.type === wanted;
  return isOf && (filter === undefined || fits(event.data, filter));
}
