import type Stripe from 'stripe';
import { z } from 'zod';
import { dayStartFor } from '../desk.ts';
import { customerField, intervalField, priceField, productField } from '../fields.ts';
import { follow, idOf } from '../pages.ts';
import { resolvePrice } from '../references/catalogue.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type NamedSubscription, namedSubscription } from '../references/subscription-input.ts';
import type { Desk } from '../stripe-tool.ts';
import { priceLabel, rhythm, sameRhythm } from '../views/catalogue.ts';

export const graceInput = z
  .strictObject({
    grace_days: z
      .number()
      .int()
      .min(1)
      .max(365)
      .describe('How many days an invoice may be unpaid before something happens: 14.'),
    action: z
      .enum(['cancel', 'downgrade'])
      .describe(
        '"cancel" ends the subscriptions now; "downgrade" moves them to another plan, with no difference billed.',
      ),
    downgrade_to: productField.optional().describe('With downgrade: the product to move to, by id or name.'),
    price: priceField.optional().describe('With downgrade: its price, when the product has several.'),
    customer: customerField.optional().describe('Only the subscriptions of this customer.'),
  })
  .refine(
    ({ action, downgrade_to: to, price }) =>
      (action === 'downgrade') === (to !== undefined || price !== undefined),
    'A downgrade needs a product or price to move to; a cancellation has none.',
  );

export type GraceInput = z.infer<typeof graceInput>;

/** A subscription that has not been paid for, and since when. */
export interface Unpaid {
  readonly found: NamedSubscription;
  /** Unix seconds: when the oldest open invoice was due, or could first be charged. */
  readonly since: number;
  readonly owed: number;
  readonly currency: string;
}

const dueOf = (invoice: Stripe.Invoice): number =>
  invoice.due_date ?? invoice.status_transitions.finalized_at ?? invoice.created;

/** The subscription an invoice was made for. */
const subscriptionOf = (invoice: Stripe.Invoice): string | undefined =>
  idOf(invoice.parent?.subscription_details?.subscription);

const ended = new Set(['canceled', 'incomplete', 'incomplete_expired']);

/** One subscription with its open invoices, unless it has ended meanwhile. */
async function unpaidOf(
  api: Stripe,
  id: string,
  invoices: readonly Stripe.Invoice[],
): Promise<Unpaid | undefined> {
  const found = await namedSubscription(api, { subscription: id });
  if (ended.has(found.subscription.status)) return undefined;
  return {
    found,
    since: Math.min(...invoices.map(dueOf)),
    owed: invoices.reduce((sum, { amount_remaining: owed }) => sum + owed, 0),
    currency: found.subscription.currency,
  };
}

/** All whose grace is over on the day that has begun; the longest unpaid first. */
export async function overdue(
  api: Stripe,
  desk: Desk,
  input: GraceInput,
): Promise<{ unpaid: Unpaid[]; isComplete: boolean }> {
  const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
  const open = await follow((page) =>
    api.invoices.list({ ...page, status: 'open', ...(customer && { customer: customer.id }) }),
  );
  const bySubscription = Map.groupBy(open.items, subscriptionOf);
  const latest = (await dayStartFor(desk, api, desk.now())) - input.grace_days * 86_400;
  const unpaid: Unpaid[] = [];
  for (const [id, invoices] of bySubscription) {
    if (id === undefined || invoices.every((invoice) => dueOf(invoice) > latest)) continue;
    const one = await unpaidOf(api, id, invoices);
    if (one) unpaid.push(one);
  }
  unpaid.sort((a, b) => a.since - b.since || (a.found.subscription.id < b.found.subscription.id ? -1 : 1));
  return { unpaid, isComplete: open.complete };
}

/** What unpaid subscriptions are moved to. */
export interface Target {
  readonly price: string;
  readonly words: string;
}

/** @throws ToolError as `resolvePrice` does */
export async function targetOf(api: Stripe, input: GraceInput, first: Unpaid): Promise<Target | undefined> {
  if (input.action === 'cancel') return undefined;
  const { price, product } = await resolvePrice(api, {
    ...{ price: input.price, product: input.downgrade_to, type: 'recurring' },
    interval: input.price
      ? undefined
      : intervalField.safeParse(first.found.subscription.items.data[0]?.price.recurring?.interval).data,
    preferredCurrency: first.currency,
  });
  return { price: price.id, words: `${product.name}, ${priceLabel(price)}` };
}

/** Why a subscription cannot be moved; undefined where it can. */
export function obstacle(
  { found: { subscription }, currency }: Unpaid,
  price: Stripe.Price | undefined,
): string | undefined {
  const items = subscription.items.data;
  if (items.length > 1) return `has ${items.length} items`;
  if (price && currency !== price.currency) return `is billed in ${currency.toUpperCase()}`;
  // Another rhythm would begin, and bill, a new period at once.
  const now = items[0]?.price;
  if (price && now && !sameRhythm(now, price)) return `is billed ${rhythm(now.recurring)}`;
  return undefined;
}
