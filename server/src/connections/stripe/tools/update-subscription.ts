import type Stripe from 'stripe';
import { z } from 'zod';
import { type Preview, type Tool, ToolError } from '../../../tools/tool.ts';
import { intervalField, priceField, productField } from '../fields.ts';
import { mark } from '../marks.ts';
import { expanded, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type PricedProduct, resolvePrice } from '../references/catalogue.ts';
import { customerById } from '../references/customers.ts';
import {
  type NamedSubscription,
  namedSubscription,
  subscriptionFields,
} from '../references/subscription-input.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef, subscriptionView } from '../views/billing.ts';
import { priceLabel } from '../views/catalogue.ts';
import { customerNamed, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { noPaymentMethod, savedMethod } from './payment-choice.ts';

const prorations = ['create_prorations', 'none', 'always_invoice'] as const;

const prorationWords: Readonly<Record<(typeof prorations)[number], string>> = {
  create_prorations: 'the difference for the rest of the period goes on the next invoice',
  none: 'no difference is billed; the new price counts from the next period',
  always_invoice: 'the difference for the rest of the period is billed now',
};

const updateInput = z
  .strictObject({
    ...subscriptionFields,
    product: productField.optional().describe('The product to switch to: id or name.'),
    price: priceField
      .optional()
      .describe('The recurring price to switch to ("price_…"), when the product has several.'),
    interval: intervalField
      .optional()
      .describe('Which of the prices of the product. Left out: as often as now.'),
    quantity: z
      .number()
      .int()
      .min(1)
      .max(999_999)
      .optional()
      .describe('The new quantity, for instance seats.'),
    proration_behavior: z
      .enum(prorations)
      .optional()
      .describe(
        'The difference for the rest of the period: "create_prorations" puts it on the next invoice (default), "always_invoice" bills it now, "none" forgoes it.',
      ),
    collection_method: z
      .enum(['charge_automatically', 'send_invoice'])
      .optional()
      .describe(
        'How it is paid from now on: the saved card is charged, or Stripe mails an invoice due in 30 days.',
      ),
    cancel_at_period_end: z
      .boolean()
      .optional()
      .describe('false takes back a cancellation that is planned for the end of the period.'),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.');

type UpdateInput = z.infer<typeof updateInput>;

const sealedUpdate = z.object({
  id: z.string(),
  who: sealedWho,
  names: z.record(z.string(), z.string()),
  item: z
    .object({ id: z.string(), price: z.string().optional(), quantity: z.number().int().optional() })
    .optional(),
  proration: z.enum(prorations),
  collection: z.enum(['charge_automatically', 'send_invoice']).optional(),
  goOn: z.boolean(),
  said: z.string(),
});

function onlyItem(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item, ...others] = subscription.items.data;
  if (item && others.length === 0) return item;
  throw new ToolError(
    'several_items',
    `The subscription ${subscription.id} has ${subscription.items.data.length} items.`,
    {
      next: 'Such subscriptions are changed in the Stripe Dashboard.',
      details: { subscription: subscription.id },
    },
  );
}

async function newPrice(
  api: Stripe,
  input: UpdateInput,
  item: Stripe.SubscriptionItem,
): Promise<PricedProduct | undefined> {
  const product = input.product ?? (input.interval ? idOf(item.price.product) : undefined);
  if (!input.price && !product) return undefined;
  const now = item.price.recurring;
  // The interval stays unless another is asked for: nobody is moved from monthly to yearly unasked.
  const interval = input.interval ?? intervalField.safeParse(now?.interval).data;
  const intervalCount = input.interval ? undefined : now?.interval_count;
  return resolvePrice(api, {
    price: input.price,
    product,
    ...(!input.price && { interval, intervalCount }),
    preferredCurrency: item.price.currency,
    type: 'recurring',
  });
}

function changesOf(input: UpdateInput, item: Stripe.SubscriptionItem, priced: PricedProduct | undefined) {
  const price = priced && priced.price.id !== item.price.id ? priced.price.id : undefined;
  const quantity =
    input.quantity !== undefined && input.quantity !== item.quantity ? input.quantity : undefined;
  return price || quantity !== undefined ? { id: item.id, price, quantity } : undefined;
}

async function assertChargeable(api: Stripe, desk: Desk, subscription: Stripe.Subscription): Promise<void> {
  if (subscription.default_payment_method) return;
  const customer = await customerById(api, idOf(subscription.customer) ?? '');
  const method = await savedMethod(api, customer);
  if (!method?.isDefault) throw noPaymentMethod(customer.name ?? customer.id, desk.mode);
}

/** Each change in words, for the preview and for afterwards. */
function words(
  input: UpdateInput,
  found: NamedSubscription,
  priced: PricedProduct | undefined,
  changed: boolean,
): string[] {
  const { subscription, names, who } = found;
  const said: string[] = [];
  if (changed && priced) {
    said.push(
      `Switch ${who} from ${subscriptionPlan(subscription, names)} to ${priced.product.name}, ${priceLabel(priced.price)}`,
    );
  }
  if (changed && input.quantity !== undefined)
    said.push(`Set the quantity of ${who}'s subscription to ${input.quantity}`);
  if (input.collection_method && input.collection_method !== subscription.collection_method) {
    const how = input.collection_method === 'send_invoice' ? 'mailed invoice' : 'automatic charge';
    said.push(`Collect ${who}'s subscription by ${how}`);
  }
  if (input.cancel_at_period_end === false && subscription.cancel_at_period_end) {
    said.push(`Let ${who}'s subscription go on after the period`);
  }
  return said;
}

function updateParams(sealed: z.infer<typeof sealedUpdate>): Stripe.SubscriptionUpdateParams {
  return {
    ...(sealed.item && { items: [sealed.item], proration_behavior: sealed.proration }),
    ...(sealed.collection && { collection_method: sealed.collection }),
    ...(sealed.collection === 'send_invoice' && { days_until_due: 30 }),
    ...(sealed.goOn && { cancel_at_period_end: false }),
  };
}

/** Everything that will change, in words and as it will be sent. */
async function planUpdate(
  api: Stripe,
  desk: Desk,
  input: UpdateInput,
): Promise<{ preview: Preview; sealed: z.infer<typeof sealedUpdate> }> {
  const found = await namedSubscription(api, input);
  const { subscription, names, who } = found;
  const item = onlyItem(subscription);
  const priced = await newPrice(api, input, item);
  const change = changesOf(input, item, priced);
  const said = words(input, found, change?.price ? priced : undefined, change !== undefined);
  if (input.cancel_at_period_end === true) {
    throw new ToolError('wrong_tool', 'This tool does not cancel.', {
      next: 'Use cancel_subscription_at_period_end.',
    });
  }
  if (said.length === 0) {
    throw new ToolError(
      'nothing_to_change',
      `${who}'s subscription is like that already: ${subscriptionPlan(subscription, names)}.`,
      {
        next: 'Nothing needs to be done.',
      },
    );
  }
  const collection =
    input.collection_method === subscription.collection_method ? undefined : input.collection_method;
  if (collection === 'charge_automatically') await assertChargeable(api, desk, subscription);
  const proration = input.proration_behavior ?? 'create_prorations';
  const allNames = new Map([
    ...names,
    ...(priced ? [[priced.product.id, priced.product.name] as const] : []),
  ]);
  return {
    preview: {
      summary: said.join('; '),
      facts: [
        { label: 'Now', value: subscriptionPlan(subscription, names) },
        ...(change ? [{ label: 'This period', value: prorationWords[proration] }] : []),
      ],
      objects: [subscriptionRef(subscription, names)],
    },
    sealed: {
      id: subscription.id,
      who: whoIs(found.customer),
      names: Object.fromEntries(allNames),
      item: change,
      proration,
      collection,
      goOn: input.cancel_at_period_end === false,
      said: said.join('; '),
    },
  };
}

/** The tool that changes a running subscription. */
export function updateSubscription(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'update_subscription',
    title: 'Change subscription',
    description:
      'Changes a running subscription: switches it to another product or price (the one item is replaced, no second subscription), changes the quantity or how it is paid, or takes back a planned cancellation. To cancel use cancel_subscription_at_period_end.',
    effect: 'money',
    input: updateInput,
    sealed: sealedUpdate,
    permissions: needs('subscription:write', 'plan:read', 'product:read'),
    words: {
      action: 'update',
      object: 'subscription',
      synonyms: ['switch', 'move', 'upgrade', 'downgrade', 'change plan', 'resume', 'reactivate'],
    },
    plan: (input, api) => planUpdate(api, desk, input),
    async act(sealed, api, context) {
      const subscription = await api.subscriptions.update(
        sealed.id,
        { ...updateParams(sealed), expand: ['latest_invoice'], ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const names = new Map(Object.entries(sealed.names));
      const latest = expanded<Stripe.Invoice>(subscription.latest_invoice);
      const unpaid = subscription.status === 'past_due' && latest?.hosted_invoice_url;
      return {
        view: withWho(subscriptionView(subscription, names), sealed.who),
        record: subscription,
        summary: `Changed ${customerNamed(sealed.who)}'s subscription: ${subscriptionPlan(subscription, names)}${unpaid ? '; its last payment is open' : ''}`,
        objects: [subscriptionRef(subscription, names)],
      };
    },
  });
}
