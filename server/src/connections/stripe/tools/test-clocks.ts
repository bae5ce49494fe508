import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { idField, textField } from '../fields.ts';
import { needs } from '../permissions.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { compact, time } from '../views/shape.ts';

/** Rehearsals and stand-ins exist in test mode alone. @throws ToolError `test_mode_only` */
export function requireTestMode(desk: Desk, what: string): void {
  if (desk.mode === 'test') return;
  throw new ToolError('test_mode_only', `${what} exist in test mode only, and this connection is LIVE.`, {
    next: 'Use a connection with a test key or the sandbox.',
  });
}

const permissions = needs('billing_clock:write');
const clockField = idField('test clock', 'clock_');
const momentField = z.iso
  .datetime({ offset: true })
  .or(z.iso.date())
  .describe(
    'A date, or a date and time with offset: "2027-01-31", "2027-01-31T09:00:00Z". Dates begin at 00:00 UTC.',
  );

const secondsOf = (moment: string): number => Math.floor(Date.parse(moment) / 1000);

function clockSaid(clock: Stripe.TestHelpers.TestClock, summary: string): Said {
  return {
    view: compact({
      object: 'test_helpers.test_clock',
      id: clock.id,
      name: clock.name,
      status: clock.status,
      time: time(clock.frozen_time),
      deletes_after: time(clock.deletes_after),
      note: clock.status === 'advancing' ? 'Still advancing: wait_for "ready".' : undefined,
    }),
    record: clock,
    summary,
    objects: [{ type: 'test_helpers.test_clock', id: clock.id, ...(clock.name && { label: clock.name }) }],
  };
}

function createClock(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_test_clock',
    title: 'Create test clock',
    description:
      'Test mode only: a clock of its own for a rehearsal, to see renewals, trials and dunning within minutes. Customers made on it (create_test_fixture with test_clock) live in its time.',
    effect: 'write',
    canUndo: 'yes: it can be deleted',
    input: z.strictObject({
      start: momentField.optional().describe('Where its time begins: a date or date and time. Default: now.'),
      name: textField('What it is for, to find it again.', 100).optional(),
    }),
    sealed: z.object({ frozen_time: z.number().int(), name: z.string().optional() }),
    permissions,
    words: { action: 'create', object: 'test_clock', synonyms: ['test clock', 'rehearsal', 'simulation'] },
    async plan({ start, name }) {
      requireTestMode(desk, 'Test clocks');
      // To the day where none was given, so that the plan made again is the same.
      const today = desk.now().toISOString().slice(0, 10);
      const frozen_time = secondsOf(start ?? today);
      return {
        preview: {
          summary: `Create a test clock at ${time(frozen_time)}`,
          facts: [{ label: 'Deleted by itself', value: 'after 30 days, with its customers' }],
          objects: [],
        },
        sealed: { frozen_time, ...(name !== undefined && { name }) },
      };
    },
    async act(sealed, api, context) {
      const clock = await api.testHelpers.testClocks.create(sealed, {
        idempotencyKey: context.idempotencyKey(0),
      });
      const undo = {
        tool: 'delete_test_clock',
        input: { test_clock: clock.id },
        label: 'Delete the test clock',
      };
      return { ...clockSaid(clock, `Created a test clock at ${time(clock.frozen_time)}`), undo };
    },
  });
}

const advanceInput = z
  .strictObject({
    test_clock: clockField,
    to: momentField.optional(),
    by: z
      .strictObject({
        count: z.number().int().min(1).max(730).describe('How many.'),
        unit: z.enum(['hour', 'day', 'week', 'month']).describe('Of what.'),
      })
      .optional()
      .describe('Instead of "to": {"count": 1, "unit": "month"}.'),
  })
  .refine(({ to, by }) => (to === undefined) !== (by === undefined), 'Give either "to" or "by".');

/** Later by so many units, in UTC; the 31st plus a month is the last day of that month. */
function later(seconds: number, { count, unit }: { count: number; unit: string }): number {
  const lengths: Readonly<Record<string, number>> = { hour: 3_600, day: 86_400, week: 604_800 };
  const length = lengths[unit];
  if (length !== undefined) return seconds + count * length;
  const from = new Date(seconds * 1000);
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + count + 1, 0)).getUTCDate();
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + count);
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return Math.floor(to.getTime() / 1000);
}

const advanced = (clock: Stripe.TestHelpers.TestClock, to: number): Said =>
  clockSaid(clock, `Advanced the test clock ${clock.name ?? clock.id} to ${time(to)}`);

function advanceClock(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'advance_test_clock',
    title: 'Advance test clock',
    description:
      'Test mode only: moves a test clock forward, and all that falls due for its customers happens (invoices, payments, mails of test mode). It takes Stripe a while: wait_for "ready". At most two billing intervals at once.',
    effect: 'write',
    canUndo: 'no: a clock only goes on',
    input: advanceInput,
    sealed: z.object({ id: z.string(), frozen_time: z.number().int() }),
    permissions,
    words: {
      action: 'advance',
      object: 'test_clock',
      synonyms: ['move the test clock', 'test clock forward'],
    },
    async plan({ test_clock: id, to, by }, api) {
      requireTestMode(desk, 'Test clocks');
      const clock = await api.testHelpers.testClocks.retrieve(id.trim());
      const target = by ? later(clock.frozen_time, by) : secondsOf(to ?? '');
      if (target <= clock.frozen_time)
        throw new ToolError(
          'not_later',
          `The test clock is at ${time(clock.frozen_time)}; it only goes forward.`,
          {
            next: 'Give a later time.',
          },
        );
      return {
        preview: {
          summary: `Advance the test clock ${clock.name ?? clock.id} from ${time(clock.frozen_time)} to ${time(target)}`,
          facts: [{ label: 'Can be undone', value: 'no: clocks only go forward' }],
          objects: [{ type: 'test_helpers.test_clock', id: clock.id }],
        },
        sealed: { id: clock.id, frozen_time: target },
      };
    },
    async act({ id, frozen_time }, api, context) {
      const clock = await api.testHelpers.testClocks.advance(
        id,
        { frozen_time },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return advanced(clock, frozen_time);
    },
    async find({ id, frozen_time }, api) {
      const clock = await api.testHelpers.testClocks.retrieve(id);
      const isOnTheWay = clock.status_details.advancing?.target_frozen_time === frozen_time;
      return clock.frozen_time >= frozen_time || isOnTheWay ? advanced(clock, frozen_time) : null;
    },
  });
}

const deletedClock = (id: string): Said => ({
  view: { object: 'test_helpers.test_clock', id, deleted: true },
  record: { id, deleted: true },
  summary: `Deleted the test clock ${id}`,
  objects: [{ type: 'test_helpers.test_clock', id }],
});

const isMissing = (error: unknown): boolean => isStripeError(error) && error.code === 'resource_missing';

function deleteClock(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'delete_test_clock',
    title: 'Delete test clock',
    description:
      'Test mode only: deletes a test clock and the customers that live in its time, with their subscriptions.',
    effect: 'write',
    input: z.strictObject({ test_clock: clockField }),
    sealed: z.object({ id: z.string() }),
    permissions,
    words: { action: 'delete', object: 'test_clock', synonyms: ['test clock', 'rehearsal'] },
    async plan({ test_clock: id }, api) {
      requireTestMode(desk, 'Test clocks');
      const clock = await api.testHelpers.testClocks.retrieve(id.trim());
      return {
        preview: {
          summary: `Delete the test clock ${clock.name ?? clock.id} and its customers`,
          facts: [{ label: 'Can be undone', value: 'no' }],
          objects: [{ type: 'test_helpers.test_clock', id: clock.id }],
        },
        sealed: { id: clock.id },
      };
    },
    async act({ id }, api) {
      try {
        await api.testHelpers.testClocks.del(id);
      } catch (error) {
        // A repeated DELETE carries no idempotency: gone already is done.
        if (!isMissing(error)) throw error;
      }
      return deletedClock(id);
    },
    async find({ id }, api) {
      try {
        await api.testHelpers.testClocks.retrieve(id);
        return null;
      } catch (error) {
        if (isMissing(error)) return deletedClock(id);
        throw error;
      }
    },
  });
}

/** Time that passes when told to, for rehearsals. */
export function testClockTools(desk: Desk): Tool[] {
  return [createClock(desk), advanceClock(desk), deleteClock(desk)];
}
