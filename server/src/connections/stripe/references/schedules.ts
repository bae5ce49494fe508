import type Stripe from 'stripe';
import { z } from 'zod';
import { ToolError } from '../../../tools/tool.ts';
import { customerField, idField } from '../fields.ts';
import { expanded, follow, idOf } from '../pages.ts';
import { expandedIfPermitted } from '../stripe-tool.ts';
import type { ProductNames } from '../views/billing.ts';
import { customerNamed, type Named } from '../views/customers.ts';
import { phasePrice, scheduleRow } from '../views/schedules.ts';
import { productNames } from './catalogue.ts';
import { resolveCustomer } from './customers.ts';
import { resolveSubscription } from './payments.ts';
import { ambiguous } from './problems.ts';

/** How tools that look at a schedule name it. */
export const scheduleFields = {
  schedule: idField('subscription schedule', 'sub_sched_').optional(),
  subscription: idField('subscription', 'sub_')
    .optional()
    .describe('Instead: the subscription it plans for.'),
  customer: customerField.optional().describe('Instead: the customer whose only running schedule it is.'),
};

/** What such a tool is given. */
export const scheduleInput = z
  .strictObject(scheduleFields)
  .refine(
    (input) => input.schedule || input.subscription || input.customer,
    'A schedule, a subscription or a customer is needed.',
  );

export interface NamedSchedule {
  readonly schedule: Stripe.SubscriptionSchedule;
  readonly names: ProductNames;
  readonly customer: Named;
  readonly who: string;
}

/** What the phases of schedules are to. */
export function namesOf(
  api: Stripe,
  schedules: readonly Stripe.SubscriptionSchedule[],
): Promise<ProductNames> {
  const items = schedules.flatMap(({ phases }) => phases.flatMap((phase) => phase.items));
  return productNames(
    api,
    items.map((item) => idOf(phasePrice(item)?.product) ?? ''),
  );
}

const running = new Set(['active', 'not_started']);

async function scheduleId(api: Stripe, input: z.infer<typeof scheduleInput>): Promise<string> {
  if (input.schedule) return input.schedule.trim();
  if (input.subscription) {
    const subscription = await resolveSubscription(api, { id: input.subscription });
    const id = idOf(subscription.schedule);
    if (id) return id;
    throw new ToolError('not_found', `No change of the subscription ${subscription.id} is planned.`, {
      next: 'create_schedule plans one.',
    });
  }
  const customer = await resolveCustomer(api, input.customer ?? '');
  const { items } = await follow(
    (page) => api.subscriptionSchedules.list({ ...page, customer: customer.id }),
    { fits: ({ status }) => running.has(status) },
  );
  if (items.length > 1)
    throw ambiguous(
      'schedule',
      customerNamed(customer),
      items.map((schedule) => scheduleRow(schedule, new Map())),
    );
  if (items[0]) return items[0].id;
  throw new ToolError('not_found', `No change of a subscription of ${customerNamed(customer)} is planned.`, {
    next: 'create_schedule plans one.',
  });
}

/**
 * A schedule by its id, by its subscription, or a customer's only running one, with the words for it.
 * @throws ToolError `not_found`, `ambiguous`
 */
export async function resolveSchedule(
  api: Stripe,
  input: z.infer<typeof scheduleInput>,
): Promise<NamedSchedule> {
  const id = await scheduleId(api, input);
  const schedule = await expandedIfPermitted(['customer', 'phases.items.price'], (expand) =>
    api.subscriptionSchedules.retrieve(id, expand),
  );
  const customer = expanded<Stripe.Customer>(schedule.customer as string | Stripe.Customer) ?? {
    id: idOf(schedule.customer) ?? 'unknown',
  };
  return { schedule, names: await namesOf(api, [schedule]), customer, who: customerNamed(customer) };
}

/** @throws ToolError `schedule_ended` when nothing of it is still to come */
export function assertRunningSchedule({ id, status }: Stripe.SubscriptionSchedule): void {
  if (running.has(status)) return;
  throw new ToolError('schedule_ended', `The schedule ${id} is over: it is ${status}.`, {
    next: 'Nothing of it is still to come; create_schedule plans a new change.',
    details: { schedule: id, status },
  });
}
