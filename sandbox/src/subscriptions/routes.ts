import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { applyDiscounts, discounts, discountsParam, removeDiscount } from '../discounts.ts';
import { attachMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { type Call, declare, found, listed, type Resource, refused, route, searched } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  either,
  emptyable,
  inRange,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  timeRange,
  unsettableText,
} from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { changeTerms } from './change.ts';
import { createSubscription, trialEndAfter } from './create.ts';
import { announceTrialEnd, endSubscription, expireSubscription } from './end.ts';
import { itemRoutes } from './item-routes.ts';
import { changedItemFields, newItemFields } from './items.ts';
import { previewRoute } from './preview.ts';
import {
  cancelJob,
  cancelWhenDue,
  cycleJob,
  expiryJob,
  onInvoiceOverdue,
  onInvoicePaid,
  onInvoiceSettled,
  onPaymentFailed,
  renewSubscription,
  resumeCollection,
  resumeJob,
  scheduleSubscription,
  trialJob,
} from './renew.ts';
import {
  hasEnded,
  periodOf,
  type Subscription,
  saveSubscription,
  subscriptionItems,
  subscriptions,
} from './subscription.ts';

const paymentBehavior = oneOf(
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
);
const prorationBehavior = oneOf('always_invoice', 'create_prorations', 'none');
export const trialEndParam = either((value) => value === 'now', oneOf('now'), integer());
const feedback = oneOf(
  'customer_service',
  'low_quality',
  'missing_features',
  'other',
  'switched_service',
  'too_complex',
  'too_expensive',
  'unused',
);
const cancellationDetails = object({ comment: unsettableText(), feedback: emptyable(feedback) });
const common = {
  cancel_at_period_end: boolean(),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: integer(0, 730),
  default_payment_method: text(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(500),
  discounts: discountsParam,
  invoice_settings: object({ description: unsettableText(1500), footer: unsettableText() }),
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: paymentBehavior,
  payment_settings: object({
    payment_method_types: list(text(), 50),
    save_default_payment_method: oneOf('off', 'on_subscription'),
  }),
  proration_behavior: prorationBehavior,
  trial_end: trialEndParam,
  trial_settings: object({
    end_behavior: required(
      object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) }),
    ),
  }),
} as const;
const createParams = {
  ...common,
  add_invoice_items: list(object({ price: required(text()), quantity: integer(1) }), 20),
  billing_cycle_anchor: integer(),
  billing_mode: object({ type: required(oneOf('classic', 'flexible')) }),
  cancel_at: integer(),
  currency: text(3),
  customer: required(text()),
  items: required(list(object(newItemFields), 20)),
  trial_from_plan: boolean(),
  trial_period_days: integer(0, 730),
} as const;
const updateParams = {
  ...common,
  billing_cycle_anchor: either(
    (value) => typeof value === 'string',
    oneOf('now', 'unchanged'),
    object({ type: required(oneOf('now', 'unchanged')) }),
  ),
  cancel_at: emptyable(integer()),
  cancellation_details: cancellationDetails,
  items: list(object(changedItemFields), 20),
  pause_collection: emptyable(
    object({
      behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')),
      resumes_at: integer(),
    }),
  ),
  proration_date: integer(),
} as const;
const cancelParams = {
  cancellation_details: cancellationDetails,
  invoice_now: boolean(),
  prorate: boolean(),
} as const;
const listParams = {
  ...datedPageParams,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  current_period_end: timeRange(),
  current_period_start: timeRange(),
  customer: text(),
  price: text(),
  status: oneOf(
    'active',
    'all',
    'canceled',
    'ended',
    'incomplete',
    'incomplete_expired',
    'past_due',
    'paused',
    'trialing',
    'unpaid',
  ),
} as const;
const searchFields = {
  canceled_at: 'number',
  created: 'number',
  customer: 'token',
  status: 'token',
} as const;

function ownMethod(account: Account, customer: string, id: string | undefined): PaymentMethod | undefined {
  if (id === undefined) return undefined;
  const method = resolveMethod(account, id, 'default_payment_method');
  if (method.customer === null) return attachMethod(account, method, customer);
  if (method.customer === customer) return method;
  throw refused(
    'default_payment_method',
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    'resource_missing',
  );
}

function createFrom({ account, params }: Call<Parsed<typeof createParams>>): Subscription {
  const { trial_end: trialEnd, trial_period_days: days } = params;
  if (trialEnd !== undefined && days !== undefined)
    throw refused('trial_end', 'You may only specify one of these parameters: trial_end, trial_period_days.');
  if (typeof trialEnd === 'number' && trialEnd <= account.now())
    throw refused('trial_end', 'Invalid timestamp: must be an integer Unix timestamp in the future.');
  if (params.cancel_at !== undefined && params.cancel_at <= account.now())
    throw refused('cancel_at', 'cancel_at must be in the future.');
  checkCollection(params);
  const customer = existingCustomer(account, params.customer);
  return createSubscription(account, {
    customer: customer.id,
    items: params.items,
    currency: params.currency?.toLowerCase(),
    billingCycleAnchor: params.billing_cycle_anchor,
    cancelAt: params.cancel_at,
    cancelAtPeriodEnd: params.cancel_at_period_end,
    collectionMethod: params.collection_method,
    daysUntilDue: params.days_until_due,
    defaultMethod: ownMethod(account, customer.id, params.default_payment_method),
    defaultTaxRates: existingTaxRates(account, params.default_tax_rates ?? [], 'default_tax_rates'),
    description: params.description,
    discounts: params.discounts ?? [],
    invoiceItems: params.add_invoice_items,
    invoiceSettings: params.invoice_settings,
    metadata: applyMetadata({}, params.metadata),
    offSession: params.off_session,
    paymentBehavior: params.payment_behavior,
    saveDefaultMethod: params.payment_settings?.save_default_payment_method,
    prorationBehavior: params.proration_behavior,
    trialEnd: typeof trialEnd === 'number' ? trialEnd : trialEndAfter(account, days),
    missingMethodAtTrialEnd: params.trial_settings?.end_behavior.missing_payment_method,
  });
}

function checkCollection(params: { collection_method?: string; days_until_due?: number }): void {
  if (params.collection_method === 'send_invoice' && params.days_until_due === undefined)
    throw missingParam('days_until_due');
  if (params.collection_method !== 'send_invoice' && params.days_until_due !== undefined)
    throw refused(
      'days_until_due',
      "`days_until_due` may only be specified for subscriptions with `collection_method`='send_invoice'.",
    );
}

function updateFrom(call: Call<Parsed<typeof updateParams>>): Subscription {
  const { account, params } = call;
  const before = found(call, subscriptions, 'subscription');
  if (hasEnded(before)) {
    const { metadata: meta, cancellation_details: details, ...others } = params;
    if (Object.keys(others).some((name) => name !== 'expand'))
      throw refused(
        Object.keys(others)[0] ?? 'id',
        'A canceled subscription can only update its cancellation_details and metadata.',
      );
    return saveSubscription(account, {
      ...before,
      metadata: applyMetadata(before.metadata, meta),
      cancellation_details: withDetails(before, details),
    });
  }
  const plain = describedAnew(account, before, params);
  const anchor = params.billing_cycle_anchor;
  const anchorNow = (typeof anchor === 'object' ? anchor.type : anchor) === 'now';
  if (!params.items && params.trial_end === undefined && !anchorNow)
    return saveAndSchedule(account, before, plain);
  account.of(subscriptions).put(plain);
  return changeTerms(account, plain, {
    items: params.items,
    trialEnd: params.trial_end,
    anchorNow,
    prorationBehavior: params.proration_behavior,
    prorationDate: params.proration_date,
    paymentBehavior: params.payment_behavior,
    offSession: params.off_session,
  });
}

function saveAndSchedule(account: Account, before: Subscription, next: Subscription): Subscription {
  account.of(subscriptions).put(before);
  const saved = saveSubscription(account, next);
  if (saved.cancel_at !== before.cancel_at) scheduleSubscription(account, saved);
  const resumesAt = saved.pause_collection?.resumes_at ?? null;
  if (resumesAt !== null) account.schedule(resumesAt, resumeJob, saved.id);
  return saved;
}

/** The subscription after the changes that cost nothing. */
function describedAnew(
  account: Account,
  before: Subscription,
  params: Parsed<typeof updateParams>,
): Subscription {
  const { discounts: wanted, pause_collection: pause, invoice_settings: settings } = params;
  const owner = { customer: before.customer, subscription: before.id };
  const kept = wanted === undefined ? before.discounts : applyDiscounts(account, wanted ?? [], owner);
  for (const id of before.discounts) if (!kept.includes(id)) removeDiscount(account, id);
  const method = ownMethod(account, before.customer, params.default_payment_method);
  const sends = (params.collection_method ?? before.collection_method) === 'send_invoice';
  return {
    ...before,
    ...cancellationOf(account, before, params),
    collection_method: params.collection_method ?? before.collection_method,
    days_until_due: sends ? (params.days_until_due ?? before.days_until_due ?? 30) : null,
    default_payment_method: method?.id ?? before.default_payment_method,
    default_tax_rates:
      params.default_tax_rates === undefined
        ? before.default_tax_rates
        : existingTaxRates(account, params.default_tax_rates ?? [], 'default_tax_rates'),
    description: params.description === undefined ? before.description : params.description,
    discounts: kept,
    invoice_settings: {
      ...before.invoice_settings,
      description: settings?.description ?? before.invoice_settings.description,
      footer: settings?.footer ?? before.invoice_settings.footer,
    },
    metadata: applyMetadata(before.metadata, params.metadata),
    pause_collection:
      pause === undefined
        ? before.pause_collection
        : pause && { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null },
    payment_settings: before.payment_settings && {
      ...before.payment_settings,
      save_default_payment_method:
        params.payment_settings?.save_default_payment_method ??
        before.payment_settings.save_default_payment_method,
    },
    trial_settings: params.trial_settings
      ? { end_behavior: { billing_cycle_anchor: null, ...params.trial_settings.end_behavior } }
      : before.trial_settings,
  };
}

function cancellationOf(account: Account, before: Subscription, params: Parsed<typeof updateParams>) {
  const { cancel_at_period_end: atEnd, cancel_at: at } = params;
  const details = withDetails(before, params.cancellation_details);
  if (atEnd !== undefined && at !== undefined)
    throw refused(
      'cancel_at',
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
    );
  if (atEnd === undefined && at === undefined) return { cancellation_details: details };
  const when = atEnd ? periodOf(before).end : (at ?? null);
  if (when !== null && when <= account.now()) throw refused('cancel_at', 'cancel_at must be in the future.');
  return {
    cancel_at: when,
    cancel_at_period_end: atEnd ?? false,
    canceled_at: when === null ? null : account.now(),
    cancellation_details: details && { ...details, reason: when === null ? null : 'cancellation_requested' },
  };
}

function withDetails(
  before: Subscription,
  given: Parsed<typeof updateParams>['cancellation_details'],
): Subscription['cancellation_details'] {
  const now = before.cancellation_details;
  if (!given || !now) return now;
  return {
    ...now,
    comment: given.comment === undefined ? now.comment : given.comment,
    feedback: given.feedback === undefined ? now.feedback : given.feedback,
  };
}

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { collection_method: method, customer, price, status } = call.params;
  const { current_period_end: end, current_period_start: start } = call.params;
  return listed(call, subscriptions, {
    ...(customer === undefined
      ? {}
      : { index: 'customer', key: existingCustomer(call.account, customer).id }),
    where: (subscription) =>
      matchesStatus(subscription, status) &&
      (method === undefined || subscription.collection_method === method) &&
      (price === undefined || subscription.items.data.some((item) => item.price.id === price)) &&
      inRange(periodOf(subscription).end, end) &&
      inRange(periodOf(subscription).start, start),
  });
}

/** Without a status, all that have not been cancelled. */
function matchesStatus(subscription: Subscription, status: string | undefined): boolean {
  if (status === undefined) return subscription.status !== 'canceled';
  if (status === 'all') return true;
  return status === 'ended' ? hasEnded(subscription) : subscription.status === status;
}

/** `/v1/subscriptions`, `/v1/subscription_items` and `/v1/invoices/create_preview`. */
export const subscriptionResource: Resource = {
  collections: [declare(subscriptions), declare(subscriptionItems)],
  expand: {
    subscription: {
      customer: ['customers'],
      default_payment_method: ['payment_methods'],
      discounts: ['discounts'],
      latest_invoice: ['invoices'],
      pending_setup_intent: ['setup_intents'],
    },
  },
  jobs: {
    [cycleJob]: renewSubscription,
    [cancelJob]: cancelWhenDue,
    [resumeJob]: resumeCollection,
    [trialJob]: announceTrialEnd,
    [expiryJob]: expireSubscription,
  },
  listeners: {
    'invoice.paid': onInvoicePaid,
    'invoice.payment_failed': onPaymentFailed,
    'invoice.overdue': onInvoiceOverdue,
    'invoice.voided': onInvoiceSettled,
    'invoice.marked_uncollectible': onInvoiceSettled,
  },
  routes: [
    route('POST', '/v1/subscriptions', { permission: 'subscription', params: createParams }, createFrom),
    route('GET', '/v1/subscriptions/search', { permission: 'subscription', params: searchParams }, (call) =>
      searched(call, subscriptions, searchFields),
    ),
    route('GET', '/v1/subscriptions/:id', { permission: 'subscription' }, (call) =>
      found(call, subscriptions, 'subscription'),
    ),
    route('POST', '/v1/subscriptions/:id', { permission: 'subscription', params: updateParams }, updateFrom),
    route('DELETE', '/v1/subscriptions/:id', { permission: 'subscription', params: cancelParams }, (call) => {
      const subscription = found(call, subscriptions, 'subscription');
      if (hasEnded(subscription)) throw noSuch('subscription', subscription.id, 'id');
      const { cancellation_details: details, invoice_now: invoiceNow, prorate } = call.params;
      return endSubscription(call.account, subscription, { ...details, invoiceNow, prorate });
    }),
    route('DELETE', '/v1/subscriptions/:id/discount', { permission: 'subscription' }, (call) => {
      const subscription = found(call, subscriptions, 'subscription');
      const last = subscription.discounts.at(-1);
      const discount = last === undefined ? undefined : call.account.of(discounts).get(last);
      if (!discount) throw noSuch('discount', subscription.id, 'id');
      removeDiscount(call.account, discount.id);
      saveSubscription(call.account, {
        ...subscription,
        discounts: subscription.discounts.filter((id) => id !== discount.id),
      });
      return { ...discount, deleted: true };
    }),
    route('GET', '/v1/subscriptions', { permission: 'subscription', params: listParams }, listFrom),
    ...itemRoutes,
    previewRoute,
  ],
};
