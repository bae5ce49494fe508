import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import {
  assertRunningSchedule,
  type NamedSchedule,
  namesOf,
  resolveSchedule,
  scheduleFields,
  scheduleInput,
} from '../references/schedules.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, expandedIfPermitted, stripeRead } from '../stripe-tool.ts';
import type { ProductNames } from '../views/billing.ts';
import { customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { phasePlan, scheduleRef, scheduleRow, scheduleView } from '../views/schedules.ts';
import { time } from '../views/shape.ts';
import { createSchedule, toldSchedule } from './create-schedule.ts';
import { askedAgain, inputAgain, phasesToCome, sealedInput } from './schedule-phases.ts';
import { day } from './subscription-cost.ts';
import { updateSchedule } from './update-schedule.ts';

function listSchedules(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_subscription_schedules',
    title: 'List planned changes',
    description:
      'Planned changes of subscriptions, newest first: whose, from which plan to which, when. Only those still to come unless all is true.',
    input: z.strictObject({
      customer: customerField.optional(),
      all: z.boolean().optional().describe('true: finished, released and canceled ones too.'),
      ...listFields,
    }),
    permissions: needs('subscription:read'),
    words: {
      action: 'list',
      object: 'subscription_schedule',
      synonyms: [
        'planned changes',
        'schedules',
        'phases',
        'upcoming changes',
        'scheduled changes',
        'changes scheduled',
        'changes planned',
        'what is planned',
      ],
    },
    of: 'subscription_schedule',
    async list({ customer: asked, all }, api) {
      const customer = asked ? await resolveCustomer(api, asked) : undefined;
      let names: ProductNames = new Map();
      return {
        pages: (page) =>
          expandedIfPermitted(['data.customer', 'data.phases.items.price'], (expand) =>
            api.subscriptionSchedules.list({
              ...page,
              ...(customer && { customer: customer.id }),
              ...expand,
            }),
          ),
        ...(!all && {
          fits: ({ status }: Stripe.SubscriptionSchedule) => status === 'active' || status === 'not_started',
        }),
        async prepare(rows) {
          names = await namesOf(api, rows);
        },
        row: (schedule) => scheduleRow(schedule, names),
        ref: scheduleRef,
      };
    },
  });
}

function getSchedule(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_subscription_schedule',
    title: 'Get planned change',
    description:
      'One planned change of a subscription with all its phases, by its id, its subscription or its customer.',
    input: scheduleInput,
    permissions: needs('subscription:read'),
    words: {
      action: 'get',
      object: 'subscription_schedule',
      synonyms: ['planned change', 'schedule', 'phases'],
    },
    async read(input, api) {
      const { schedule, names, who, customer } = await resolveSchedule(api, input);
      return {
        view: scheduleView(schedule, names),
        record: schedule,
        summary: `Read the planned change of ${who}: ${schedule.status}`,
        objects: [scheduleRef(schedule), customerRef(customer)],
      };
    },
  });
}

/** What was to come, for a person. */
function planFacts({ schedule, names }: NamedSchedule): { label: string; value: string }[] {
  return phasesToCome(schedule).map((phase) => ({
    label: `Planned from ${day(phase.start_date)}`,
    value: phasePlan(phase, names),
  }));
}

const sealedEnd = z.object({ id: z.string(), who: sealedWho, names: z.record(z.string(), z.string()) });

const sealedRelease = sealedEnd.extend({
  /** What plans the same again. */
  again: sealedInput.optional(),
});

/** What plans the same again after a release; undefined where it cannot be said that way. */
function plannedAgain({ schedule }: NamedSchedule) {
  const subscription = idOf(schedule.subscription);
  const phases = askedAgain(phasesToCome(schedule));
  if (!subscription || !phases) return undefined;
  const starts = time(phasesToCome(schedule)[0]?.start_date);
  const end = schedule.end_behavior === 'cancel' ? 'cancel' : 'release';
  return inputAgain({ subscription, phases, starts, end_behavior: end });
}

function releaseSchedule(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'release_schedule',
    title: 'Drop planned change',
    description:
      'Drops what is planned for a subscription: it goes on as it is now. A schedule that has not begun has no subscription yet: drop it with cancel_schedule.',
    effect: 'money',
    canUndo: 'no; the change can be planned anew',
    input: scheduleInput,
    sealed: sealedRelease,
    permissions: needs('subscription:write', 'plan:read'),
    words: {
      action: 'release',
      object: 'subscription_schedule',
      synonyms: [
        'drop the plan',
        'take back the change',
        'keep the plan as it is',
        'drop the planned change',
        'cancel the planned change',
        'remove the planned change',
        'undo the planned change',
        'call off the planned change',
      ],
    },
    async plan(input, api) {
      const found = await resolveSchedule(api, input);
      const { schedule, names, who, customer } = found;
      assertRunningSchedule(schedule);
      if (!schedule.subscription) {
        throw new ToolError('schedule_not_started', `The schedule ${schedule.id} has not begun.`, {
          next: 'Drop it with cancel_schedule.',
        });
      }
      return {
        preview: {
          summary: `Drop what is planned for ${who}'s subscription; it goes on as it is`,
          facts: [...planFacts(found), { label: 'Billed now', value: 'nothing' }],
          objects: [
            scheduleRef(schedule),
            { type: 'subscription', id: idOf(schedule.subscription) ?? '' },
            customerRef(customer),
          ],
        },
        sealed: {
          id: schedule.id,
          who: whoIs(customer),
          names: Object.fromEntries(names),
          again: plannedAgain(found),
        },
      };
    },
    async send({ id }, api, context) {
      await api.subscriptionSchedules.update(id, mark(context), once(context));
      return api.subscriptionSchedules.release(id, { expand: ['phases.items.price'] }, once(context, 1));
    },
    trace: ({ id }, api) => api.subscriptionSchedules.retrieve(id, { expand: ['phases.items.price'] }),
    isDone: ({ status }) => status === 'released',
    tell: (schedule, sealed) => ({
      ...toldSchedule(
        schedule,
        sealed,
        `Dropped what was planned for ${customerNamed(sealed.who)}'s subscription`,
      ),
      ...(sealed.again && {
        undo: { tool: 'create_schedule', input: sealed.again, label: 'Plan the same again' },
      }),
    }),
  });
}

const cancelInput = z
  .strictObject({
    ...scheduleFields,
    prorate: z
      .boolean()
      .optional()
      .describe('true: the unused rest of the period is credited. Left out: nothing is given back.'),
    invoice_now: z
      .boolean()
      .optional()
      .describe('true: what is open is billed at once in a final invoice. Left out: it is not.'),
  })
  .refine(
    (input) => input.schedule || input.subscription || input.customer,
    'A schedule, a subscription or a customer is needed.',
  );

/** What ends, and what was still to come. */
async function planCancel(
  api: Stripe,
  { prorate = false, invoice_now: invoiceNow = false, ...input }: z.infer<typeof cancelInput>,
) {
  const found = await resolveSchedule(api, input);
  const { schedule, names, who, customer } = found;
  assertRunningSchedule(schedule);
  const subscription = idOf(schedule.subscription);
  return {
    preview: {
      summary: subscription
        ? `End ${who}'s subscription now, with all that is planned for it`
        : `Drop the planned subscription of ${who}`,
      facts: [
        ...planFacts(found),
        ...(subscription
          ? [
              {
                label: 'Unused rest of the period',
                value: prorate ? 'is credited' : 'is not given back',
              },
              { label: 'Final invoice', value: invoiceNow ? 'at once' : 'none' },
            ]
          : [{ label: 'Billed', value: 'nothing' }]),
        { label: 'Can be undone', value: 'no' },
      ],
      objects: [
        scheduleRef(schedule),
        ...(subscription ? [{ type: 'subscription', id: subscription }] : []),
        customerRef(customer),
      ],
    },
    sealed: {
      id: schedule.id,
      who: whoIs(customer),
      names: Object.fromEntries(names),
      prorate,
      invoiceNow,
      runs: subscription !== undefined,
    },
  };
}

function cancelSchedule(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'cancel_schedule',
    title: 'Cancel schedule',
    description:
      'Cancels a schedule AND ends its subscription at once, if it has begun; cannot be undone. To drop only the planned change and keep the subscription use release_schedule.',
    effect: 'destructive',
    input: cancelInput,
    sealed: sealedEnd.extend({ prorate: z.boolean(), invoiceNow: z.boolean(), runs: z.boolean() }),
    permissions: needs('subscription:write', 'plan:read'),
    words: {
      action: 'cancel',
      object: 'subscription_schedule',
      synonyms: ['cancel the schedule', 'end the schedule', 'terminate the schedule'],
    },
    plan: (input, api) => planCancel(api, input),
    async send({ id, prorate, invoiceNow, runs }, api, context) {
      await api.subscriptionSchedules.update(id, mark(context), once(context));
      return api.subscriptionSchedules.cancel(
        id,
        { ...(runs && { prorate, invoice_now: invoiceNow }), expand: ['phases.items.price'] },
        once(context, 1),
      );
    },
    trace: ({ id }, api) => api.subscriptionSchedules.retrieve(id, { expand: ['phases.items.price'] }),
    isDone: ({ status }) => status === 'canceled',
    tell: (schedule, sealed) =>
      toldSchedule(
        schedule,
        sealed,
        sealed.runs
          ? `Ended ${customerNamed(sealed.who)}'s subscription and its schedule`
          : `Dropped the planned subscription of ${customerNamed(sealed.who)}`,
      ),
  });
}

/** Tools about what subscriptions are to become. */
export function scheduleTools(desk: Desk): Tool[] {
  return [
    listSchedules(desk),
    getSchedule(desk),
    createSchedule(desk),
    updateSchedule(desk),
    releaseSchedule(desk),
    cancelSchedule(desk),
  ];
}
