import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Preview, type Tool, ToolError } from '../../../tools/tool.ts';
import { moved } from '../amounts.ts';
import { momentFor } from '../desk.ts';
import { intervalField, momentField, priceField, productField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { namedSubscription, subscriptionFields } from '../references/subscription-input.ts';
import type { Desk, Said } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef } from '../views/billing.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { scheduleRef, scheduleView } from '../views/schedules.ts';
import { time } from '../views/shape.ts';
import { assertRunning } from './cancel-subscription.ts';
import {
  endField,
  keptPhase,
  type PlannedPhase,
  phaseFacts,
  type phaseField,
  phasesField,
  planPhases,
  sealedPhase,
} from './schedule-phases.ts';
import {
  chooseCollection,
  collectionParams,
  collectionWords,
  sealedCollection,
} from './subscription-collection.ts';
import { day, nowOf } from './subscription-cost.ts';

const createInput = z
  .strictObject({
    ...subscriptionFields,
    product: productField
      .optional()
      .describe('The product that comes: id or name. Either this, price or phases.'),
    price: priceField.optional(),
    interval: intervalField
      .optional()
      .describe('Which of the prices of the product. Left out: as often as now.'),
    quantity: z.number().int().min(1).max(999_999).optional().describe('How many of it. Default 1.'),
    phases: phasesField.optional().describe('For more than one change: what comes one after the other.'),
    starts: momentField
      .optional()
      .describe(
        'When the change comes: ISO date, or date and time with offset. Left out: when the paid period is over.',
      ),
    end_behavior: endField.optional(),
    new_subscription: z
      .boolean()
      .optional()
      .describe('true: a new subscription of the customer that begins on the day given as starts.'),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.')
  .refine(
    (input) => [input.product ?? input.price, input.phases].filter(Boolean).length === 1,
    'A product or price, or else phases, is needed.',
  )
  .refine((input) => !input.new_subscription || (input.customer && input.starts), {
    message: 'A new subscription needs the customer and starts.',
  });

type CreateInput = z.infer<typeof createInput>;

const sealedSchedule = z.object({
  who: sealedWho,
  names: z.record(z.string(), z.string()),
  phases: z.array(sealedPhase),
  end: endField,
  starts: z.number().int(),
  /** The subscription whose change is planned; absent where a new one begins. */
  subscription: z.string().optional(),
  collection: sealedCollection.optional(),
});

type Sealed = z.infer<typeof sealedSchedule>;

function phasesAsked({
  phases,
  product,
  price,
  interval,
  quantity,
}: CreateInput): z.infer<typeof phaseField>[] {
  return phases ?? [{ items: [{ product, price, interval, quantity }] }];
}

/** What the cap counts: the dearest of the phases, per period. */
export function dearest(planned: readonly PlannedPhase[]) {
  const most = planned.toSorted((a, b) => b.perPeriod - a.perPeriod)[0];
  return most && most.perPeriod > 0 ? { amount: moved(most.perPeriod, most.currency) } : {};
}

/** The names of everything that is planned, by product id. */
export const namesIn = (planned: readonly PlannedPhase[]): Record<string, string> =>
  Object.fromEntries(planned.flatMap(({ names }) => [...names]));

interface Planned {
  readonly preview: Preview;
  readonly sealed: Sealed;
}

async function planChange(api: Stripe, desk: Desk, input: CreateInput): Promise<Planned> {
  const { subscription, names, who, customer } = await namedSubscription(api, input);
  assertRunning(subscription);
  const refuse = (why: string, next: string): never => {
    throw new ToolError('schedule_refused', `${who}'s subscription ${why}.`, { next });
  };
  if (subscription.schedule)
    refuse(`has a schedule, ${idOf(subscription.schedule)}`, 'Change it with update_schedule.');
  if (subscription.cancel_at_period_end)
    refuse('ends with its period', 'Take that back first: update_subscription, cancel_at_period_end false.');
  const [first] = subscription.items.data;
  const planned = await planPhases(api, desk, phasesAsked(input), {
    currency: subscription.currency,
    interval: intervalField.safeParse(first?.price.recurring?.interval).data,
  });
  const periodEnd = first?.current_period_end ?? 0;
  const starts = input.starts ? await momentFor(desk, api, input.starts) : periodEnd;
  if (starts * 1000 <= (await nowOf(desk, api, subscription)).getTime())
    refuse(
      `cannot change on ${day(starts)}`,
      'Give a day in the future, or use update_subscription for now.',
    );
  const end = input.end_behavior ?? 'release';
  return {
    preview: {
      summary: `From ${day(starts)}, switch ${who} from ${subscriptionPlan(subscription, names)} to ${planned[0]?.words}`,
      facts: [
        { label: `Until ${day(starts)}`, value: subscriptionPlan(subscription, names) },
        ...phaseFacts(planned, day(starts), end),
        { label: 'Billed now', value: 'nothing' },
        { label: 'Can be undone', value: `until ${day(starts)}, with release_schedule` },
      ],
      ...dearest(planned),
      objects: [subscriptionRef(subscription, names), customerRef(customer)],
    },
    sealed: {
      who: whoIs(customer),
      names: { ...Object.fromEntries(names), ...namesIn(planned) },
      phases: planned.map(({ sealed }) => sealed),
      end,
      starts,
      subscription: subscription.id,
    },
  };
}

async function planNew(api: Stripe, desk: Desk, input: CreateInput): Promise<Planned> {
  const customer = await resolveCustomer(api, input.customer ?? '');
  const known = { currency: customer.currency ?? desk.account.defaultCurrency };
  const planned = await planPhases(api, desk, phasesAsked(input), known);
  const starts = await momentFor(desk, api, input.starts ?? '');
  const chosen = await chooseCollection(api, desk, customer, {});
  const end = input.end_behavior ?? 'release';
  return {
    preview: {
      summary: `From ${day(starts)}, subscribe ${customerNamed(customer)} to ${planned[0]?.words}; ${collectionWords(chosen)}`,
      facts: [
        ...phaseFacts(planned, day(starts), end),
        { label: 'Billed now', value: 'nothing' },
        { label: 'Can be undone', value: `until ${day(starts)}, with cancel_schedule` },
      ],
      ...dearest(planned),
      objects: [customerRef(customer)],
    },
    sealed: {
      who: whoIs(customer),
      names: namesIn(planned),
      phases: planned.map(({ sealed }) => sealed),
      end,
      starts,
      collection: chosen.collection,
    },
  };
}

const expand = ['phases.items.price'];

/** Of a running subscription: adopted as it is first, changed second, since Stripe does not take both in one. */
async function makeSchedule(
  api: Stripe,
  { who, phases, end, starts, subscription, collection }: Sealed,
  context: ActContext,
): Promise<Stripe.SubscriptionSchedule> {
  if (subscription === undefined) {
    const how = collection && collectionParams(collection, undefined);
    return api.subscriptionSchedules.create(
      {
        customer: who.id,
        start_date: starts,
        end_behavior: end,
        phases,
        ...(how?.collection_method && {
          default_settings: {
            collection_method: how.collection_method,
            ...(how.days_until_due && { invoice_settings: { days_until_due: how.days_until_due } }),
          },
        }),
        expand,
        ...mark(context),
      },
      once(context),
    );
  }
  const adopted = await api.subscriptionSchedules.create({ from_subscription: subscription }, once(context));
  const [now] = adopted.phases;
  return api.subscriptionSchedules.update(
    adopted.id,
    {
      phases: [...(now ? [keptPhase(now, starts)] : []), ...phases],
      end_behavior: end,
      expand,
      ...mark(context),
    },
    once(context, 1),
  );
}

/** What was planned, told from the schedule. */
export function toldSchedule(
  schedule: Stripe.SubscriptionSchedule,
  { who, names }: Pick<Sealed, 'who' | 'names'>,
  summary: string,
): Said {
  const subscription = idOf(schedule.subscription);
  return {
    view: withWho(scheduleView(schedule, new Map(Object.entries(names))), who),
    record: schedule,
    summary,
    objects: [
      scheduleRef(schedule),
      ...(subscription ? [{ type: 'subscription', id: subscription }] : []),
      customerRef(who),
    ],
  };
}

/** Plans what a subscription becomes. */
export function createSchedule(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_schedule',
    title: 'Plan subscription change',
    description:
      'Plans a change of a subscription for later: "move Bob to Basic when his period is over" is customer and product; a price for three months and another after it is phases. Nothing is billed until then. new_subscription true with starts begins a new one on that day. For a change now use update_subscription.',
    effect: 'money',
    canUndo: 'yes, until the change happens',
    input: createInput,
    sealed: sealedSchedule,
    permissions: needs('subscription:write', 'plan:read', 'product:read', 'customer:read'),
    words: {
      action: 'create',
      object: 'subscription_schedule',
      synonyms: [
        'plan a change',
        'plan a switch',
        'schedule',
        'schedule a change',
        'schedule a switch',
        'schedule an upgrade',
        'schedule a downgrade',
        'phase',
      ],
    },
    plan: (input, api) => (input.new_subscription ? planNew(api, desk, input) : planChange(api, desk, input)),
    send: (sealed, api, context) => makeSchedule(api, sealed, context),
    trace: ({ who }, api) =>
      api.subscriptionSchedules.list({ customer: who.id, limit: 100, expand: ['data.phases.items.price'] }),
    tell(schedule, sealed) {
      const until = time(sealed.starts);
      const input = { schedule: schedule.id };
      return {
        ...toldSchedule(
          schedule,
          sealed,
          sealed.subscription
            ? `Planned the change of ${customerNamed(sealed.who)}'s subscription for ${day(sealed.starts)}`
            : `Planned a subscription of ${customerNamed(sealed.who)} from ${day(sealed.starts)}`,
        ),
        undo: sealed.subscription
          ? {
              tool: 'release_schedule',
              input,
              label: 'Drop the plan; the subscription stays as it is',
              until,
            }
          : { tool: 'cancel_schedule', input, label: 'Drop the planned subscription', until },
      };
    },
  });
}
