import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { intervalField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { assertRunningSchedule, resolveSchedule, scheduleFields } from '../references/schedules.ts';
import type { Desk } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { phasePlan, phasePrice, scheduleRef } from '../views/schedules.ts';
import { dearest, namesIn, toldSchedule } from './create-schedule.ts';
import {
  askedAgain,
  endField,
  inputAgain,
  keptPhase,
  phaseFacts,
  phasesField,
  phasesToCome,
  planPhases,
  sealedInput,
  sealedPhase,
} from './schedule-phases.ts';
import { day } from './subscription-cost.ts';

const updateInput = z
  .strictObject({
    ...scheduleFields,
    phases: phasesField
      .optional()
      .describe('What comes after the present phase, instead of what is planned.'),
    end_behavior: endField.optional(),
  })
  .refine(
    (input) => input.schedule || input.subscription || input.customer,
    'A schedule, a subscription or a customer is needed.',
  )
  .refine((input) => input.phases || input.end_behavior, 'Nothing to change was given.');

const sealedUpdate = z.object({
  id: z.string(),
  who: sealedWho,
  names: z.record(z.string(), z.string()),
  phases: z.array(sealedPhase).optional(),
  end: endField.optional(),
  /** When the first of the phases begins, where none runs yet. */
  starts: z.number().int(),
  /** The same tool's input that plans what was planned before. */
  before: sealedInput.optional(),
});

type Sealed = z.infer<typeof sealedUpdate>;

/** The present phase whole and unchanged, then what is new: read again, since Stripe wants them together. */
async function change(
  api: Stripe,
  { id, phases, end, starts }: Sealed,
  options: { op: ReturnType<typeof mark>; key: { idempotencyKey: string } },
): Promise<Stripe.SubscriptionSchedule> {
  const { phases: has, current_phase: now } = await api.subscriptionSchedules.retrieve(id);
  const present = has.filter(({ start_date: start }) => now && start === now.start_date);
  const [first, ...rest] = phases ?? [];
  const anew = first && [{ ...first, ...(present.length === 0 && { start_date: starts }) }, ...rest];
  return api.subscriptionSchedules.update(
    id,
    {
      ...(anew && { phases: [...present.map((phase) => keptPhase(phase)), ...anew] }),
      ...(end && { end_behavior: end }),
      expand: ['phases.items.price'],
      ...options.op,
    },
    options.key,
  );
}

/** What was planned before, as it would be asked for. */
function beforeOf(schedule: Stripe.SubscriptionSchedule, changesPhases: boolean) {
  const end = schedule.end_behavior === 'cancel' ? 'cancel' : 'release';
  if (!changesPhases) return inputAgain({ schedule: schedule.id, end_behavior: end });
  const phases = askedAgain(phasesToCome(schedule));
  return phases && inputAgain({ schedule: schedule.id, phases, end_behavior: end });
}

/** What is planned instead of what. */
async function planUpdate(api: Stripe, desk: Desk, input: z.infer<typeof updateInput>) {
  const { schedule, names, who, customer } = await resolveSchedule(api, input);
  assertRunningSchedule(schedule);
  const [present] = schedule.phases;
  const price = present?.items[0] && phasePrice(present.items[0]);
  const planned =
    input.phases &&
    (await planPhases(api, desk, input.phases, {
      currency: price?.currency ?? present?.currency,
      interval: intervalField.safeParse(price?.recurring?.interval).data,
    }));
  const starts = schedule.current_phase?.end_date ?? present?.start_date ?? 0;
  const end = input.end_behavior ?? (schedule.end_behavior === 'cancel' ? 'cancel' : 'release');
  if (!planned && end === schedule.end_behavior) {
    throw new ToolError('nothing_to_change', `The schedule ${schedule.id} is like that already.`, {
      next: 'Nothing needs to be done.',
    });
  }
  const toCome = phasesToCome(schedule);
  return {
    preview: {
      summary: planned
        ? `From ${day(starts)}, plan ${planned[0]?.words} for ${who} instead of what is planned`
        : `After the last phase of ${who}'s schedule, ${end === 'cancel' ? 'end the subscription' : 'let it go on'}`,
      facts: [
        {
          label: 'Planned now',
          value: toCome.map((phase) => phasePlan(phase, names)).join(', then ') || 'nothing',
        },
        ...(planned ? phaseFacts(planned, day(starts), end) : []),
      ],
      ...(planned && dearest(planned)),
      objects: [
        scheduleRef(schedule),
        ...(schedule.subscription ? [{ type: 'subscription', id: idOf(schedule.subscription) ?? '' }] : []),
        customerRef(customer),
      ],
    },
    sealed: {
      id: schedule.id,
      who: whoIs(customer),
      names: { ...Object.fromEntries(names), ...(planned && namesIn(planned)) },
      phases: planned?.map(({ sealed }) => sealed),
      end,
      starts,
      before: beforeOf(schedule, planned !== undefined),
    },
  };
}

/** Plans something else than was planned. */
export function updateSchedule(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'update_schedule',
    title: 'Change planned change',
    description:
      'Replaces what is planned for a subscription after its present phase, or what happens after the last phase. The present phase stays as it is: for a change now use update_subscription; to drop the plan use release_schedule.',
    effect: 'money',
    canUndo: 'yes, until the change happens',
    input: updateInput,
    sealed: sealedUpdate,
    permissions: needs('subscription:write', 'plan:read', 'product:read'),
    words: {
      action: 'update',
      object: 'subscription_schedule',
      synonyms: ['change the schedule', 'reschedule', 'phases'],
    },
    plan: (input, api) => planUpdate(api, desk, input),
    send: (sealed, api, context) => change(api, sealed, { op: mark(context), key: once(context) }),
    trace: ({ id }, api) => api.subscriptionSchedules.retrieve(id, { expand: ['phases.items.price'] }),
    tell: (schedule, sealed) => ({
      ...toldSchedule(schedule, sealed, `Changed what is planned for ${customerNamed(sealed.who)}`),
      ...(sealed.before && {
        undo: { tool: 'update_schedule', input: sealed.before, label: 'Plan again what was planned before' },
      }),
    }),
  });
}
