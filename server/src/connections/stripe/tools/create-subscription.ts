import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Preview, type Tool, ToolError } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { customerField, intervalCountField, intervalField, priceField, productField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { expanded, follow, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type PricedProduct, quantityOf, resolvePrice } from '../references/catalogue.ts';
import { resolveCustomer } from '../references/customers.ts';
import { couponField, resolveCoupon } from '../references/discounts.ts';
import type { Desk, Said } from '../stripe-tool.ts';
import { subscriptionRef, subscriptionRow, subscriptionView } from '../views/billing.ts';
import { couponLabel, couponRef, priceLabel, priceRef, productRef } from '../views/catalogue.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import {
  type Chosen,
  type Collection,
  cardsHidden,
  chooseCollection,
  collectionParams,
  collectionWords,
  sealedCollection,
} from './subscription-collection.ts';
import { upcoming } from './subscription-cost.ts';

const subscriptionInput = z
  .strictObject({
    customer: customerField,
    product: productField
      .optional()
      .describe('The product to subscribe to: id or name. Either this or price.'),
    price: priceField
      .optional()
      .describe('The recurring price id ("price_…"), when the product has several.'),
    interval: intervalField
      .optional()
      .describe('Which of the prices of the product: "month" for a monthly subscription.'),
    interval_count: intervalCountField.optional(),
    quantity: z
      .number()
      .int()
      .min(1)
      .max(999_999)
      .optional()
      .describe('How many, for instance seats. Default 1.'),
    trial_days: z.number().int().min(1).max(730).optional().describe('Days free of charge at the beginning.'),
    coupon: couponField.optional().describe('A discount from the start: a coupon’s id or name.'),
    payment_method: z
      .string()
      .min(3)
      .max(100)
      .optional()
      .describe(
        'A saved payment method of the customer ("pm_…"); in test mode also "pm_card_visa" or a published test card number. Left out: the default.',
      ),
    collection_method: z
      .enum(['charge_automatically', 'send_invoice'])
      .optional()
      .describe('Left out: a saved card is charged automatically; without one, Stripe mails an invoice.'),
    days_until_due: z
      .number()
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe('With send_invoice: days until an invoice is due. Default 30.'),
    allow_duplicate: z
      .boolean()
      .optional()
      .describe('true only when the person wants a second subscription to the same product.'),
  })
  .refine((input) => input.product || input.price, 'A product or a price is needed.');

type SubscriptionInput = z.infer<typeof subscriptionInput>;

const sealedSubscription = z.object({
  who: sealedWho,
  price: z.string(),
  product: z.string(),
  productName: z.string(),
  quantity: z.number().int().optional(),
  trialDays: z.number().int().optional(),
  coupon: z.string().optional(),
  collection: sealedCollection,
});

type Sealed = z.infer<typeof sealedSubscription>;

async function refuseTwin(api: Stripe, customer: Stripe.Customer, product: Stripe.Product): Promise<void> {
  const running = await follow((page) => api.subscriptions.list({ ...page, customer: customer.id }), {
    fits: ({ items }) => items.data.some((item) => idOf(item.price.product) === product.id),
  });
  if (running.items.length === 0) return;
  throw new ToolError(
    'already_exists',
    `${customerNamed(customer)} has a subscription to ${product.name} already.`,
    {
      next: 'Change that one, or say that you want a second one.',
      details: {
        second_one_with: { allow_duplicate: true },
        existing: running.items.map((row) => subscriptionRow(row, new Map([[product.id, product.name]]))),
      },
    },
  );
}

/** The coupon a subscription begins with; one that is used up or out of time is refused before anything is asked. */
async function couponFor(api: Stripe, reference: string): Promise<Stripe.Coupon> {
  const coupon = await resolveCoupon(api, reference);
  if (coupon.valid) return coupon;
  throw new ToolError('invalid_request', `The coupon ${couponLabel(coupon)} can no longer be used.`, {
    next: 'Leave the coupon out, or give another one.',
  });
}

/** The first bill as Stripe computes it: with discounts, taxes, credit and lines that wait. Undefined where it may not be asked. */
async function firstBill(
  api: Stripe,
  customer: Stripe.Customer,
  price: Stripe.Price,
  input: SubscriptionInput,
  coupon: Stripe.Coupon | undefined,
): Promise<Stripe.Invoice | undefined> {
  if (input.trial_days) return undefined;
  const items = [{ price: price.id, quantity: quantityOf(price, input.quantity) }];
  return upcoming(api, {
    customer: customer.id,
    subscription_details: { items },
    ...(coupon && { discounts: [{ coupon: coupon.id }] }),
  });
}

function firstBillWords(
  bill: Stripe.Invoice | undefined,
  perPeriod: number | undefined,
  price: Stripe.Price,
) {
  if (!bill) return perPeriod === undefined ? 'by usage' : spoken(perPeriod, price.currency);
  const total = spoken(bill.total, bill.currency);
  const due = spoken(bill.amount_due, bill.currency);
  return bill.amount_due === bill.total ? total : `${total}, of which ${due} is due after credit`;
}

function previewOf(
  customer: Stripe.Customer,
  { price, product }: PricedProduct,
  chosen: Chosen,
  input: SubscriptionInput & { bill: Stripe.Invoice | undefined; discount: Stripe.Coupon | undefined },
): Preview {
  const quantity = quantityOf(price, input.quantity);
  const how = collectionWords(chosen);
  const perPeriod =
    price.unit_amount === null || quantity === undefined ? undefined : price.unit_amount * quantity;
  const first = input.trial_days
    ? `nothing for ${input.trial_days} days`
    : firstBillWords(input.bill, perPeriod, price);
  const most = Math.max(perPeriod ?? 0, input.bill?.amount_due ?? 0);
  return {
    summary: `Subscribe ${customerNamed(customer)} to ${quantity && quantity > 1 ? `${quantity} × ` : ''}${product.name}, ${priceLabel(price)}; ${how}`,
    facts: [
      { label: 'Price', value: priceLabel(price) },
      { label: 'Quantity', value: quantity === undefined ? 'counted by a meter' : `${quantity}` },
      ...(input.discount ? [{ label: 'Discount', value: couponLabel(input.discount) }] : []),
      { label: 'First bill', value: first },
      { label: 'Payment', value: how },
      ...(chosen.collection.by === 'charge' && !input.trial_days
        ? [
            {
              label: 'If the first payment fails',
              value: 'it is not active, the customer can still pay it, and it ends by itself after 23 hours',
            },
          ]
        : []),
    ],
    ...((perPeriod !== undefined || most > 0) && { amount: moved(most, price.currency) }),
    objects: [
      customerRef(customer),
      productRef(product),
      priceRef(price),
      ...(input.discount ? [couponRef(input.discount)] : []),
    ],
  };
}

/** What the person has to know of how it stands now. */
function noteOn(subscription: Stripe.Subscription, collection: Collection): string | undefined {
  if (subscription.status === 'incomplete') {
    const url = expanded<Stripe.Invoice>(subscription.latest_invoice)?.hosted_invoice_url;
    const page = url ? ` The customer can pay it here: ${url}` : '';
    return `Not active yet: the first payment did not go through. It ends by itself after 23 hours unless it is paid.${page}`;
  }
  if (collection.by !== 'invoice') return undefined;
  const unknown = collection.hidden ? cardsHidden : 'No saved card is known';
  const why = collection.noCard ? `${unknown}, so Stripe` : 'Stripe';
  return `${why} mails an invoice for each period, due in ${collection.daysUntilDue} days. To charge a card automatically instead, let the customer save a payment method, then ask to have the subscription charged automatically.`;
}

function said(subscription: Stripe.Subscription, sealed: Sealed): Said {
  const names = new Map([[sealed.product, sealed.productName]]);
  const note = noteOn(subscription, sealed.collection);
  const how =
    sealed.collection.by === 'invoice'
      ? `; Stripe mails an invoice, due in ${sealed.collection.daysUntilDue} days`
      : subscription.status === 'incomplete'
        ? '; the first payment did not go through, so it is not active yet'
        : '';
  return {
    view: withWho(subscriptionView(subscription, names, note), sealed.who),
    record: subscription,
    summary: `Subscribed ${customerNamed(sealed.who)} to ${sealed.productName}${how}`,
    objects: [subscriptionRef(subscription, names), customerRef(sealed.who)],
    undo: {
      tool: 'cancel_subscription_now',
      input: { subscription: subscription.id },
      label: 'Cancel the subscription at once (what was paid stays paid)',
    },
  };
}

/** A test card is saved first: a resumed act meets the same one under the same key. */
async function subscribe(api: Stripe, sealed: Sealed, context: ActContext): Promise<Stripe.Subscription> {
  const { collection, price, quantity, trialDays, coupon } = sealed;
  const customer = sealed.who.id;
  const attach = collection.by === 'charge' && collection.attach ? collection.method : undefined;
  const attached = attach && (await api.paymentMethods.attach(attach, { customer }, once(context)));
  const method = attached ? attached.id : collection.by === 'charge' ? collection.method : undefined;
  return api.subscriptions.create(
    {
      customer,
      items: [{ price, quantity }],
      ...collectionParams(collection, method),
      ...(trialDays !== undefined && { trial_period_days: trialDays }),
      ...(coupon !== undefined && { discounts: [{ coupon }] }),
      expand: ['latest_invoice'],
      ...mark(context),
    },
    once(context, 1),
  );
}

/** The tool that starts a subscription. */
export function createSubscription(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_subscription',
    title: 'Create subscription',
    description:
      'Subscribes a customer to a recurring price of a product. Give the product by name and interval "month" for a monthly one. With a saved card it is charged at once and each period; without one Stripe mails an invoice due in 30 days and the subscription is active. Refuses a second subscription to the same product.',
    effect: 'money',
    canUndo: 'it can be cancelled; what was charged is refunded apart',
    input: subscriptionInput,
    sealed: sealedSubscription,
    permissions: needs('subscription:write', 'customer:read', 'plan:read', 'product:read'),
    words: {
      action: 'create',
      object: 'subscription',
      synonyms: ['subscribe', 'sign up', 'start a plan', 'put on a plan', 'membership'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const priced = await resolvePrice(api, {
        ...input,
        intervalCount: input.interval_count,
        preferredCurrency: customer.currency ?? desk.account.defaultCurrency,
        type: 'recurring',
      });
      if (!input.allow_duplicate) await refuseTwin(api, customer, priced.product);
      const coupon = input.coupon === undefined ? undefined : await couponFor(api, input.coupon);
      const chosen = await chooseCollection(api, desk, customer, input);
      return {
        preview: previewOf(customer, priced, chosen, {
          ...input,
          bill: await firstBill(api, customer, priced.price, input, coupon),
          discount: coupon,
        }),
        sealed: {
          who: whoIs(customer),
          price: priced.price.id,
          product: priced.product.id,
          productName: priced.product.name,
          quantity: quantityOf(priced.price, input.quantity),
          trialDays: input.trial_days,
          coupon: coupon?.id,
          collection: chosen.collection,
        },
      };
    },
    send: (sealed, api, context) => subscribe(api, sealed, context),
    trace: ({ who }, api) =>
      api.subscriptions.list({
        customer: who.id,
        status: 'all',
        limit: 100,
        expand: ['data.latest_invoice'],
      }),
    tell: said,
  });
}
