import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError, type Undo } from '../../../tools/tool.ts';
import { moved } from '../amounts.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { expanded, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customerById } from '../references/customers.ts';
import { type NamedSubscription, namedSubscription } from '../references/subscription-input.ts';
import type { Desk, Said } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef, subscriptionView } from '../views/billing.ts';
import { priceRef } from '../views/catalogue.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { assertRunning } from './cancel-subscription.ts';
import { noPaymentMethod, savedMethod } from './payment-choice.ts';
import { type Change, changeFields, resolveChange } from './subscription-change.ts';
import { costFacts, type Proration, prorations } from './subscription-cost.ts';

const prorationWords: Readonly<Record<Proration, string>> = {
  create_prorations: 'the difference goes on the next invoice',
  none: 'no difference is billed; the new price counts from the next period',
  always_invoice: 'the difference is billed now',
};

const standardDaysUntilDue = 30;

const updateInput = z
  .strictObject({
    ...changeFields,
    collection_method: z
      .enum(['charge_automatically', 'send_invoice'])
      .optional()
      .describe('How it is paid from now on: the saved card is charged, or Stripe mails an invoice.'),
    days_until_due: z
      .number()
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe('With send_invoice: days until an invoice is due. Default 30.'),
    cancel_at_period_end: z
      .boolean()
      .optional()
      .describe('false takes back a cancellation that is planned for the end of the period.'),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.');

type UpdateInput = z.infer<typeof updateInput>;

const collections = z.enum(['charge_automatically', 'send_invoice']);

const sealedUpdate = z.object({
  id: z.string(),
  who: sealedWho,
  names: z.record(z.string(), z.string()),
  item: z
    .object({ id: z.string(), price: z.string().optional(), quantity: z.number().int().optional() })
    .optional(),
  proration: z.enum(prorations),
  /** From when on the difference is counted. */
  from: z.number().int().optional(),
  /** Charged at once: a declined card undoes the change instead of leaving it unpaid. */
  allOrNothing: z.boolean(),
  collection: collections.optional(),
  daysUntilDue: z.number().int().optional(),
  goOn: z.boolean(),
  before: z.object({
    price: z.string().optional(),
    quantity: z.number().int().optional(),
    collection: collections.optional(),
    daysUntilDue: z.number().int().optional(),
    canReturn: z.boolean(),
  }),
});

type Sealed = z.infer<typeof sealedUpdate>;

async function assertChargeable(api: Stripe, desk: Desk, subscription: Stripe.Subscription): Promise<void> {
  if (subscription.default_payment_method) return;
  const customer = await customerById(api, idOf(subscription.customer) ?? '');
  const method = await savedMethod(api, customer);
  if (!method?.isDefault) throw noPaymentMethod(customer.name ?? customer.id, desk.mode);
}

/** How it is to be paid, where that changes. */
async function newCollection(
  api: Stripe,
  desk: Desk,
  { collection_method: wanted, days_until_due: days }: UpdateInput,
  subscription: Stripe.Subscription,
): Promise<Pick<Sealed, 'collection' | 'daysUntilDue'>> {
  const method = wanted ?? subscription.collection_method;
  const daysUntilDue = days ?? standardDaysUntilDue;
  const sameDays = days === undefined || days === subscription.days_until_due;
  if (method === subscription.collection_method && (method !== 'send_invoice' || sameDays)) return {};
  if (method === 'send_invoice') return { collection: 'send_invoice', daysUntilDue };
  await assertChargeable(api, desk, subscription);
  return { collection: 'charge_automatically' };
}

function updateParams(sealed: Sealed): Stripe.SubscriptionUpdateParams {
  const { item, proration, from, collection, daysUntilDue } = sealed;
  return {
    ...(item && { items: [item], proration_behavior: proration }),
    ...(item && proration !== 'none' && from !== undefined && { proration_date: from }),
    ...(sealed.allOrNothing && { payment_behavior: 'error_if_incomplete' }),
    ...(collection && { collection_method: collection }),
    ...(daysUntilDue !== undefined && { days_until_due: daysUntilDue }),
    ...(sealed.goOn && { cancel_at_period_end: false }),
  };
}

/** What the cap and the budget count: what is billed now, or what each period costs from now on, whichever is more. */
function amountOf({ cost, perPeriod = 0, priced }: Change, subscription: Stripe.Subscription) {
  const currency = cost?.currency ?? priced?.price.currency ?? subscription.currency;
  const most = Math.max(cost?.dueNow ?? 0, cost?.difference ?? 0, perPeriod);
  return most > 0 ? { amount: moved(most, currency) } : {};
}

function factsOf({ subscription, names }: NamedSubscription, change: Change | undefined, sealed: Sealed) {
  const schedule = idOf(subscription.schedule);
  return [
    { label: 'Now', value: subscriptionPlan(subscription, names) },
    ...(change
      ? [
          { label: 'This period', value: prorationWords[change.proration] },
          ...costFacts(change.cost, change.from),
        ]
      : []),
    ...(sealed.allOrNothing ? [{ label: 'If the payment fails', value: 'nothing is changed' }] : []),
    ...(schedule
      ? [{ label: 'Planned changes', value: `the schedule ${schedule} still sets what comes next` }]
      : []),
  ];
}

/** Everything that will change, in words and as it will be sent. */
async function planUpdate(api: Stripe, desk: Desk, input: UpdateInput) {
  if (input.cancel_at_period_end === true) {
    throw new ToolError('wrong_tool', 'This tool does not cancel.', {
      next: 'Use cancel_subscription_at_period_end.',
    });
  }
  const found = await namedSubscription(api, input);
  const { subscription, names, who, customer } = found;
  assertRunning(subscription);
  const change = await resolveChange(api, desk, found, input);
  const collection = await newCollection(api, desk, input, subscription);
  const goOn = input.cancel_at_period_end === false && subscription.cancel_at_period_end;
  const how =
    collection.collection === 'send_invoice'
      ? `mailed invoice, due in ${collection.daysUntilDue} days`
      : 'automatic charge';
  const said = [
    ...(change?.words ?? []),
    ...(collection.collection ? [`Collect ${who}'s subscription by ${how}`] : []),
    ...(goOn ? [`Let ${who}'s subscription go on after the period`] : []),
  ];
  if (said.length === 0) {
    throw new ToolError(
      'nothing_to_change',
      `${who}'s subscription is like that already: ${subscriptionPlan(subscription, names)}.`,
      { next: 'Nothing needs to be done.' },
    );
  }
  const charged = (collection.collection ?? subscription.collection_method) === 'charge_automatically';
  const was = collections.safeParse(subscription.collection_method).data;
  const sealed: Sealed = {
    id: subscription.id,
    who: whoIs(customer),
    names: {
      ...Object.fromEntries(names),
      ...(change?.priced && { [change.priced.product.id]: change.priced.product.name }),
    },
    item: change?.item,
    proration: change?.proration ?? 'none',
    from: change?.from,
    allOrNothing: change?.atOnce === true && charged,
    ...collection,
    goOn,
    before: {
      price: change?.before.price,
      quantity: change?.before.quantity,
      collection: was,
      daysUntilDue: subscription.days_until_due ?? undefined,
      canReturn: change?.before.canReturn ?? true,
    },
  };
  return {
    preview: {
      summary: said.join('; '),
      facts: factsOf(found, change, sealed),
      ...(change && amountOf(change, subscription)),
      objects: [
        subscriptionRef(subscription, names),
        customerRef(customer),
        ...(change?.priced ? [priceRef(change.priced.price)] : []),
      ],
    },
    sealed,
  };
}

/** What sets it back: the same tool with what was before, or planning the end again. */
function undoOf({ id, item, proration, collection, goOn, before }: Sealed): { undo?: Undo } {
  if (goOn) {
    if (item || collection) return {};
    const label = 'Let the subscription end with the period after all';
    return { undo: { tool: 'cancel_subscription_at_period_end', input: { subscription: id }, label } };
  }
  if (!before.canReturn) return {};
  const input = {
    subscription: id,
    ...(item && {
      item: item.id,
      ...(item.price && before.price && { price: before.price }),
      ...(item.quantity !== undefined && { quantity: before.quantity ?? 1 }),
      proration_behavior: proration,
    }),
    ...(collection && before.collection && { collection_method: before.collection }),
    ...(collection && before.daysUntilDue !== undefined && { days_until_due: before.daysUntilDue }),
  };
  return { undo: { tool: 'update_subscription', input, label: 'Set the subscription back to what it was' } };
}

function told(subscription: Stripe.Subscription, sealed: Sealed): Said {
  const names = new Map(Object.entries(sealed.names));
  const latest = expanded<Stripe.Invoice>(subscription.latest_invoice);
  const unpaid = subscription.status === 'past_due' && latest?.hosted_invoice_url;
  return {
    view: withWho(subscriptionView(subscription, names), sealed.who),
    record: subscription,
    summary: `Changed ${customerNamed(sealed.who)}'s subscription: ${subscriptionPlan(subscription, names)}${unpaid ? '; its last payment is open' : ''}`,
    objects: [subscriptionRef(subscription, names), customerRef(sealed.who)],
    ...undoOf(sealed),
  };
}

/** How the subscription stands beside what was wanted and what it was. */
function standingOf(subscription: Stripe.Subscription, { item, collection, goOn, before }: Sealed) {
  const now = subscription.items.data.find(({ id }) => id === item?.id);
  const like = (price: string | undefined, quantity: number | undefined, how: string | undefined): boolean =>
    (!item?.price || now?.price.id === price) &&
    (item?.quantity === undefined || now?.quantity === quantity) &&
    (!collection || subscription.collection_method === how);
  return {
    asWanted: like(item?.price, item?.quantity, collection) && (!goOn || !subscription.cancel_at_period_end),
    asBefore:
      like(before.price, before.quantity, before.collection) && subscription.cancel_at_period_end === goOn,
  };
}

/** The tool that changes a running subscription. */
export function updateSubscription(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'update_subscription',
    title: 'Change subscription',
    description:
      'Changes a running subscription: switches it to another product or price (the item is replaced, no second subscription), changes the quantity or how it is paid, or takes back a planned cancellation. The preview says to the cent what is billed now and next. For a change at the end of the period use create_schedule; to cancel use cancel_subscription_at_period_end.',
    effect: 'money',
    canUndo: 'it can be changed back; what was billed stays billed',
    input: updateInput,
    sealed: sealedUpdate,
    permissions: needs('subscription:write', 'plan:read', 'product:read'),
    words: {
      action: 'update',
      object: 'subscription',
      synonyms: ['switch', 'move', 'upgrade', 'downgrade', 'change plan', 'reactivate'],
    },
    plan: (input, api) => planUpdate(api, desk, input),
    send: (sealed, api, context) =>
      api.subscriptions.update(
        sealed.id,
        { ...updateParams(sealed), expand: ['latest_invoice'], ...mark(context) },
        once(context),
      ),
    trace: ({ id }, api) => api.subscriptions.retrieve(id, { expand: ['latest_invoice'] }),
    was: (subscription, sealed) => standingOf(subscription, sealed),
    tell: told,
  });
}
