import type Stripe from 'stripe';
import { z } from 'zod';
import type { Json, Tool } from '../../../tools/tool.ts';
import { customerField, idField, priceField } from '../fields.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { productNames } from '../references/catalogue.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolveSubscription } from '../references/payments.ts';
import { resolveSchedule } from '../references/schedules.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, expandedIfPermitted, permitted, stripeRead } from '../stripe-tool.ts';
import {
  discountRow,
  type ProductNames,
  subscriptionPlan,
  subscriptionRef,
  subscriptionRow,
  subscriptionView,
} from '../views/billing.ts';
import { phasePlan } from '../views/schedules.ts';
import { time } from '../views/shape.ts';
import { cancelAtPeriodEnd, cancelNow } from './cancel-subscription.ts';
import { createSubscription } from './create-subscription.ts';
import { pauseCollection, resumeSubscription } from './pause-subscription.ts';
import { previewSubscriptionChange } from './preview-subscription-change.ts';
import { phasesToCome } from './schedule-phases.ts';
import { scheduleTools } from './schedules.ts';
import { applyDiscount, discountsOf, removeDiscount } from './subscription-discounts.ts';
import { updateSubscription } from './update-subscription.ts';

/** The names of what these subscriptions are to. */
function namesFor(api: Stripe, subscriptions: readonly Stripe.Subscription[]): Promise<ProductNames> {
  const ids = subscriptions.flatMap(({ items }) => items.data.map((item) => idOf(item.price.product) ?? ''));
  return productNames(api, ids);
}

const statuses = [
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'canceled',
  'incomplete',
  'incomplete_expired',
  'paused',
  'all',
] as const;

function listSubscriptions(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_subscriptions',
    title: 'List subscriptions',
    description:
      'Subscriptions, newest first, with customer, product, price and status. All that have not been canceled unless status is given. status "past_due" finds those whose last payment failed.',
    input: z.strictObject({
      customer: customerField.optional(),
      status: z
        .enum(statuses)
        .optional()
        .describe('Only those in this status; "all" includes canceled ones.'),
      price: priceField.optional().describe('Only those on this price ("price_…").'),
      ...listFields,
    }),
    permissions: needs('subscription:read'),
    words: {
      action: 'list',
      object: 'subscription',
      synonyms: ['subscriber', 'plan', 'membership', 'recurring payment'],
    },
    of: 'subscription',
    async list({ customer: asked, status, price }, api) {
      const customer = asked ? await resolveCustomer(api, asked) : undefined;
      let names: ProductNames = new Map();
      const filter = {
        ...(customer && { customer: customer.id }),
        ...(status && { status }),
        ...(price && { price }),
      };
      return {
        pages: (page) =>
          expandedIfPermitted(['data.customer'], (expand) =>
            api.subscriptions.list({ ...page, ...filter, ...expand }),
          ),
        async prepare(rows) {
          names = await namesFor(api, rows);
        },
        row: (subscription) => subscriptionRow(subscription, names),
        ref: (subscription) => subscriptionRef(subscription, names),
      };
    },
  });
}

/** What the schedule of a subscription makes of it, as far as the key may read that. */
async function plannedFor(api: Stripe, { schedule }: Stripe.Subscription): Promise<Json[] | undefined> {
  const id = idOf(schedule);
  const found = id && (await permitted(resolveSchedule(api, { schedule: id })));
  if (!found) return undefined;
  return phasesToCome(found.schedule).map((phase) => ({
    from: time(phase.start_date),
    plan: phasePlan(phase, found.names),
  }));
}

function getSubscription(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_subscription',
    title: 'Get subscription',
    description:
      'One subscription, by id or by the customer whose only current one it is: product, price, period, status, how it is paid, discounts, and what is planned for it.',
    input: z
      .strictObject({
        subscription: idField('subscription', 'sub_').optional(),
        customer: customerField
          .optional()
          .describe('Instead of the id: the customer whose only current subscription it is.'),
      })
      .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.'),
    permissions: needs('subscription:read'),
    words: { action: 'get', object: 'subscription', synonyms: ['plan', 'membership', 'renewal'] },
    async read(input, api) {
      const subscription = await resolveSubscription(api, {
        id: input.subscription,
        customer: input.customer,
      });
      const names = await namesFor(api, [subscription]);
      const [discounts, planned] = await Promise.all([
        permitted(discountsOf(api, subscription)),
        plannedFor(api, subscription),
      ]);
      return {
        view: {
          ...subscriptionView(subscription, names),
          ...(discounts && discounts.length > 0 && { discounts: discounts.map(discountRow) }),
          ...(planned && { planned_changes: planned }),
        },
        record: subscription,
        summary: `Read the subscription to ${subscriptionPlan(subscription, names)}: ${subscription.status}`,
        objects: [subscriptionRef(subscription, names)],
      };
    },
  });
}

/** Tools about what customers pay for again and again. */
export function subscriptionTools(desk: Desk): Tool[] {
  return [
    listSubscriptions(desk),
    getSubscription(desk),
    createSubscription(desk),
    previewSubscriptionChange(desk),
    updateSubscription(desk),
    cancelAtPeriodEnd(desk),
    cancelNow(desk),
    pauseCollection(desk),
    resumeSubscription(desk),
    applyDiscount(desk),
    removeDiscount(desk),
    ...scheduleTools(desk),
  ];
}
