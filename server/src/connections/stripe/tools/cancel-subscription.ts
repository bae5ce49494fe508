import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { isStripeError } from '../client.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import {
  namedSubscription,
  subscriptionFields,
  subscriptionInput,
} from '../references/subscription-input.ts';
import type { Desk } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef, subscriptionView } from '../views/billing.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { time } from '../views/shape.ts';
import { countedFrom, day, upcoming } from './subscription-cost.ts';

const sealedCancel = z.object({ id: z.string(), who: sealedWho, names: z.record(z.string(), z.string()) });

/** @throws ToolError `already_canceled` */
export function assertRunning(subscription: Stripe.Subscription): void {
  if (subscription.status !== 'canceled' && subscription.status !== 'incomplete_expired') return;
  throw new ToolError('already_canceled', `The subscription ${subscription.id} has ended already.`, {
    next: 'It cannot be changed any more; create_subscription starts a new one.',
    details: { subscription: subscription.id, status: subscription.status },
  });
}

/** Ends it when the paid period is over; can be taken back until then. */
export function cancelAtPeriodEnd(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'cancel_subscription_at_period_end',
    title: 'Cancel at period end',
    description:
      'Lets a subscription end when the paid period is over: it stays active until then and can be taken back. The usual way to cancel. To end it at once use cancel_subscription_now.',
    effect: 'write',
    canUndo: 'yes, until the period ends',
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
            { label: 'Can be undone', value: `until ${end}` },
          ],
          objects: [subscriptionRef(subscription, names), customerRef(customer)],
        },
        sealed: { id: subscription.id, who: whoIs(customer), names: Object.fromEntries(names) },
      };
    },
    send: ({ id }, api, context) =>
      api.subscriptions.update(id, { cancel_at_period_end: true, ...mark(context) }, once(context)),
    trace: ({ id }, api) => api.subscriptions.retrieve(id),
    was: (subscription) => ({
      asWanted: subscription.cancel_at_period_end,
      asBefore: !subscription.cancel_at_period_end,
    }),
    tell(subscription, { id, who, names }) {
      const named = new Map(Object.entries(names));
      const end = subscription.items.data[0]?.current_period_end;
      const until = time(end);
      return {
        view: withWho(subscriptionView(subscription, named), who),
        record: subscription,
        summary: `${customerNamed(who)}'s subscription ends on ${day(end)} and stays active until then`,
        objects: [subscriptionRef(subscription, named), customerRef(who)],
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

const nowInput = z
  .strictObject({
    ...subscriptionFields,
    prorate: z
      .boolean()
      .optional()
      .describe(
        'true: the unused rest of the period is credited to the customer’s balance or final invoice. Left out: nothing is given back.',
      ),
    invoice_now: z
      .boolean()
      .optional()
      .describe(
        'true: what is still to be billed, such as usage, is billed at once in a final invoice. Left out: it is not.',
      ),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.');

const sealedNow = sealedCancel.extend({ prorate: z.boolean(), invoiceNow: z.boolean() });

/** Ends it: the mark first, since a DELETE carries neither metadata nor idempotency. That it has ended counts as done. */
export async function endNow(
  api: Stripe,
  { id, prorate, invoiceNow }: { id: string; prorate: boolean; invoiceNow: boolean },
  marking: () => Promise<unknown>,
): Promise<Stripe.Subscription> {
  try {
    await marking();
    return await api.subscriptions.cancel(id, { prorate, invoice_now: invoiceNow });
  } catch (error) {
    if (!isStripeError(error)) throw error;
    const left = await api.subscriptions.retrieve(id);
    if (left.status !== 'canceled') throw error;
    return left;
  }
}

/** What ending it now bills or gives back, as Stripe computes it. */
async function finalBill(
  desk: Desk,
  api: Stripe,
  subscription: Stripe.Subscription,
  { prorate, invoiceNow }: { prorate: boolean; invoiceNow: boolean },
) {
  const [item] = subscription.items.data;
  if (!item || (!prorate && !invoiceNow)) return { facts: [{ label: 'Given back', value: 'nothing' }] };
  const from = await countedFrom(desk, api, subscription, item);
  const bill = await upcoming(api, {
    subscription: subscription.id,
    subscription_details: {
      cancel_now: true,
      proration_behavior: prorate ? 'create_prorations' : 'none',
      ...(prorate && { proration_date: from }),
    },
  });
  if (!bill) return { facts: [{ label: 'Final bill', value: 'none, or the key may not preview it' }] };
  const given = bill.total < 0;
  const about = prorate ? `, counted from ${time(from)}; Stripe counts to the second` : '';
  return {
    facts: [
      {
        label: given ? 'Credited about' : 'Billed about',
        value: `${spoken(Math.abs(bill.total), bill.currency)}${about}`,
      },
      {
        label: 'How',
        value: invoiceNow
          ? 'on a final invoice, at once'
          : 'on the next invoice of the customer, if there ever is one',
      },
    ],
    ...(bill.amount_due > 0 && invoiceNow && { amount: moved(bill.amount_due, bill.currency) }),
  };
}

/** Ends it this moment. */
export function cancelNow(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'cancel_subscription_now',
    title: 'Cancel now',
    description:
      'Ends a subscription this moment; cannot be undone, and no payment is refunded by itself. prorate true credits the unused rest, invoice_now true bills what is open. Use it only when the person wants it to end at once; otherwise use cancel_subscription_at_period_end.',
    effect: 'destructive',
    input: nowInput,
    sealed: sealedNow,
    permissions: needs('subscription:write'),
    words: {
      action: 'cancel',
      object: 'subscription',
      synonyms: ['immediately', 'at once', 'right now', 'terminate', 'end now'],
    },
    async plan(input, api) {
      const { subscription, names, who, customer } = await namedSubscription(api, input);
      assertRunning(subscription);
      const flags = { prorate: input.prorate ?? false, invoiceNow: input.invoice_now ?? false };
      const { facts, ...bill } = await finalBill(desk, api, subscription, flags);
      return {
        preview: {
          summary: `End ${who}'s subscription to ${subscriptionPlan(subscription, names)} now`,
          facts: [
            { label: 'Paid until', value: day(subscription.items.data[0]?.current_period_end) },
            { label: 'Refunded', value: 'nothing' },
            ...facts,
            { label: 'Can be undone', value: 'no' },
          ],
          ...bill,
          objects: [subscriptionRef(subscription, names), customerRef(customer)],
        },
        sealed: {
          id: subscription.id,
          who: whoIs(customer),
          names: Object.fromEntries(names),
          ...flags,
        },
      };
    },
    send: (sealed, api, context) =>
      endNow(api, sealed, () => api.subscriptions.update(sealed.id, mark(context), once(context))),
    trace: ({ id }, api) => api.subscriptions.retrieve(id),
    isDone: ({ status }) => status === 'canceled',
    tell(subscription, { who, names }) {
      const named = new Map(Object.entries(names));
      return {
        view: withWho(subscriptionView(subscription, named), who),
        record: subscription,
        summary: `Ended ${customerNamed(who)}'s subscription`,
        objects: [subscriptionRef(subscription, named), customerRef(who)],
      };
    },
  });
}
