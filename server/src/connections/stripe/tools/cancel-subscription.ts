import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { namedSubscription, subscriptionInput } from '../references/subscription-input.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef, subscriptionView } from '../views/billing.ts';
import { customerNamed, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { time } from '../views/shape.ts';

const sealedCancel = z.object({ id: z.string(), who: sealedWho, names: z.record(z.string(), z.string()) });

const day = (seconds: number | undefined): string => time(seconds)?.slice(0, 10) ?? 'the end of the period';

function assertRunning(subscription: Stripe.Subscription): void {
  if (subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired') return;
  throw new ToolError('already_canceled', `The subscription ${subscription.id} has ended already.`, {
    next: 'Nothing is left to cancel.',
    details: { subscription: subscription.id, status: subscription.status },
  });
}

/** Ends it when the paid period is over; can be taken back until then. */
export function cancelAtPeriodEnd(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_subscription_at_period_end',
    title: 'Cancel at period end',
    description:
      'Lets a subscription end when the paid period is over: it stays active until then and can be taken back. The usual way to cancel. To end it at once use cancel_subscription_now.',
    effect: 'write',
    input: subscriptionInput,
    sealed: sealedCancel,
    permissions: needs('subscription:write'),
    words: {
      action: 'cancel',
      object: 'subscription',
      synonyms: ['end of the period', 'do not renew', 'stop renewing', 'let it run out', 'unsubscribe'],
    },
    async plan(input, api) {
      const { subscription, names, who, customer } = await namedSubscription(api, input);
      assertRunning(subscription);
      if (subscription.cancel_at_period_end) {
        throw new ToolError(
          'nothing_to_change',
          `The subscription ${subscription.id} ends with its period already.`,
          {
            next: 'Nothing needs to be done.',
          },
        );
      }
      const end = day(subscription.items.data[0]?.current_period_end);
      return {
        preview: {
          summary: `Let ${who}'s subscription to ${subscriptionPlan(subscription, names)} end on ${end}`,
          facts: [
            { label: 'Active until', value: end },
            { label: 'Can be taken back', value: `until ${end}` },
          ],
          objects: [subscriptionRef(subscription, names)],
        },
        sealed: { id: subscription.id, who: whoIs(customer), names: Object.fromEntries(names) },
      };
    },
    async act({ id, who, names }, api, context) {
      const subscription = await api.subscriptions.update(
        id,
        { cancel_at_period_end: true, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const named = new Map(Object.entries(names));
      const end = subscription.items.data[0]?.current_period_end;
      const until = time(end);
      return {
        view: withWho(subscriptionView(subscription, named), who),
        record: subscription,
        summary: `${customerNamed(who)}'s subscription ends on ${day(end)} and stays active until then`,
        objects: [subscriptionRef(subscription, named)],
        undo: {
          tool: 'update_subscription',
          input: { subscription: id, cancel_at_period_end: false },
          label: 'Let the subscription go on',
          ...(until && { until }),
        },
      };
    },
  });
}

/** Ends it; an answer that it has ended counts as done, since a repeated DELETE carries no idempotency. */
async function end(api: Stripe, id: string): Promise<Stripe.Subscription> {
  try {
    return await api.subscriptions.cancel(id);
  } catch (error) {
    if (!isStripeError(error) || error.code !== 'resource_missing') throw error;
    const left = await api.subscriptions.retrieve(id);
    if (left.status !== 'canceled') throw error;
    return left;
  }
}

/** Ends it this moment. */
export function cancelNow(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_subscription_now',
    title: 'Cancel now',
    description:
      'Ends a subscription this moment; cannot be undone, and nothing is refunded by itself. Use it only when the person wants it to end at once; otherwise use cancel_subscription_at_period_end.',
    effect: 'destructive',
    input: subscriptionInput,
    sealed: sealedCancel,
    permissions: needs('subscription:write'),
    words: {
      action: 'cancel',
      object: 'subscription',
      synonyms: ['immediately', 'at once', 'right now', 'terminate', 'end now'],
    },
    async plan(input, api) {
      const { subscription, names, who, customer } = await namedSubscription(api, input);
      assertRunning(subscription);
      return {
        preview: {
          summary: `End ${who}'s subscription to ${subscriptionPlan(subscription, names)} now`,
          facts: [
            { label: 'Paid until', value: day(subscription.items.data[0]?.current_period_end) },
            { label: 'Refunded', value: 'nothing' },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: [subscriptionRef(subscription, names)],
        },
        sealed: { id: subscription.id, who: whoIs(customer), names: Object.fromEntries(names) },
      };
    },
    async act({ id, who, names }, api) {
      const subscription = await end(api, id);
      const named = new Map(Object.entries(names));
      return {
        view: withWho(subscriptionView(subscription, named), who),
        record: subscription,
        summary: `Ended ${customerNamed(who)}'s subscription`,
        objects: [subscriptionRef(subscription, named)],
      };
    },
  });
}
