import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { needs } from '../permissions.ts';
import { namedSubscription } from '../references/subscription-input.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef } from '../views/billing.ts';
import { customerRef, whoIs, withWho } from '../views/customers.ts';
import { compact } from '../views/shape.ts';
import { changeFields, resolveChange } from './subscription-change.ts';
import { costView } from './subscription-cost.ts';

/** What a change would cost, without making it. */
export function previewSubscriptionChange(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'preview_subscription_change',
    title: 'Preview subscription change',
    description:
      'What another plan or quantity would cost, to the cent, without changing anything: the difference for the rest of the period, what is billed now, the next bill. Use it for "what would it cost to upgrade". The change itself is update_subscription, which shows the same.',
    input: z
      .strictObject(changeFields)
      .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.')
      .refine(
        (input) => input.product || input.price || input.interval || input.quantity !== undefined,
        'A product, price, interval or quantity is needed.',
      ),
    permissions: needs('subscription:read', 'invoice:write', 'plan:read', 'product:read'),
    words: {
      action: 'preview',
      object: 'subscription',
      synonyms: [
        'proration',
        'what would it cost',
        'upgrade cost',
        'downgrade cost',
        'difference',
        'preview switch',
        'preview upgrade',
        'preview downgrade',
        'preview move',
        'what happens if upgrade',
        'what happens if downgrade',
        'what happens if switch',
        'what happens if move',
        'what if upgrade',
        'what if downgrade',
        'what if switch',
        'would cost seats',
        'would cost more seats',
      ],
    },
    async read(input, api) {
      const found = await namedSubscription(api, input);
      const { subscription, names, who, customer } = found;
      const change = await resolveChange(api, desk, found, input);
      if (!change) {
        throw new ToolError(
          'nothing_to_change',
          `${who}'s subscription is like that already: ${subscriptionPlan(subscription, names)}.`,
          { next: 'Nothing would change.' },
        );
      }
      const { cost, from, words } = change;
      if (!cost) {
        throw new ToolError('permission_missing', 'The Stripe key may not preview invoices.', {
          next: 'Grant the key Invoices (write), or look at the prices with list_prices.',
          details: { permission: 'Invoices (write)' },
        });
      }
      const now = spoken(cost.dueNow ?? 0, cost.currency);
      return {
        view: withWho(
          compact({
            object: 'subscription_change',
            subscription: subscription.id,
            change: words.join('; '),
            proration_behavior: change.proration,
            ...costView(cost, from),
          }),
          whoIs(customer),
        ),
        record: { subscription, cost },
        summary: `${words.join('; ')}: ${now} now, nothing changed yet`,
        objects: [subscriptionRef(subscription, names), customerRef(customer)],
      };
    },
  });
}
