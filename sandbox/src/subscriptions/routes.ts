import { existingCustomer } from '../customers.ts';
import { discounts, removeDiscount } from '../discounts.ts';
import { thresholdJob } from '../meters/event.ts';
import { shownSource } from '../payment-methods/sources.ts';
import { type Call, declare, found, listed, type Resource, refused, route, searched } from '../resource.ts';
import { existingClock } from '../test-clocks/test-clock.ts';
import { noSuch } from '../wire/errors.ts';
import { inRange, type Parsed } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { createSubscription, expiryJob } from './create.ts';
import { credits } from './debits.ts';
import {
  onInvoiceOverdue,
  onInvoicePaid,
  onInvoiceSettled,
  onPaymentFailed,
  overdueJob,
  stillOverdue,
} from './dunning.ts';
import { endSubscription, expireSubscription, onCustomerDeleted } from './end.ts';
import { expireHeld, heldJob, heldUpdates } from './held.ts';
import { itemRoutes } from './item-routes.ts';
import { onSetUp } from './method.ts';
import {
  cancelParams,
  createParams,
  listParams,
  migrateParams,
  pauseParams,
  resumeParams,
  searchFields,
  updateParams,
} from './params.ts';
import { pauseSubscription, resumeSubscription } from './pause.ts';
import { billPendingItems, pendingJob } from './pending-items.ts';
import { cancelWhenDue, renewSubscription, resumeCollection } from './renew.ts';
import { announceTrialEnd, cancelJob, cycleJob, trialJob, upcomingJob } from './schedule.ts';
import {
  hasEnded,
  isFlexible,
  periodOf,
  type Subscription,
  saveSubscription,
  subscriptionItems,
  subscriptions,
} from './subscription.ts';
import { billAtThresholds } from './thresholds.ts';
import { announceRenewal } from './upcoming.ts';
import { resumeJob, updateFrom } from './update.ts';

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { customer, test_clock: clock } = call.params;
  return listed(call, subscriptions, {
    ...(customer !== undefined
      ? { index: 'customer', key: existingCustomer(call.account, customer).id }
      : clock !== undefined
        ? { index: 'test_clock', key: existingClock(call.account, clock).id }
        : {}),
    where: (subscription) => matches(subscription, call.params),
  });
}

function matches(subscription: Subscription, params: Parsed<typeof listParams>): boolean {
  const { automatic_tax: tax, collection_method: method, plan, price, test_clock: clock } = params;
  const has = (id: string | undefined) =>
    id === undefined || subscription.items.data.some((item) => item.price.id === id);
  return (
    (clock === undefined || subscription.test_clock === clock) &&
    matchesStatus(subscription, params.status) &&
    (method === undefined || subscription.collection_method === method) &&
    (tax === undefined || subscription.automatic_tax.enabled === tax.enabled) &&
    has(plan) &&
    has(price) &&
    inRange(periodOf(subscription).end, params.current_period_end) &&
    inRange(periodOf(subscription).start, params.current_period_start)
  );
}

/** Without a status, all that have not been cancelled. */
function matchesStatus(subscription: Subscription, status: string | undefined): boolean {
  if (status === undefined) return subscription.status !== 'canceled';
  if (status === 'all') return true;
  return status === 'ended' ? hasEnded(subscription) : subscription.status === status;
}

const existing = (call: Call<unknown>) => found(call, subscriptions, 'subscription');

function cancelFrom(call: Call<Parsed<typeof cancelParams>>): Subscription {
  const subscription = existing(call);
  if (hasEnded(subscription)) throw noSuch('subscription', subscription.id, 'id');
  const { cancellation_details: details, invoice_now: invoiceNow, prorate } = call.params;
  return endSubscription(call.account, subscription, { ...details, invoiceNow, prorate });
}

/** Takes away the discount that was added last. */
function dropDiscountFrom(call: Call<unknown>) {
  const subscription = existing(call);
  const last = subscription.discounts.at(-1);
  const discount = last === undefined ? undefined : call.account.of(discounts).get(last);
  if (!discount) throw noSuch('discount', subscription.id, 'id');
  const { end: _, ...rest } = discount;
  removeDiscount(call.account, discount.id);
  saveSubscription(call.account, {
    ...subscription,
    discounts: subscription.discounts.filter((id) => id !== discount.id),
  });
  return { ...rest, deleted: true as const };
}

/** Changes to the flexible billing mode, for good. */
function migrateFrom(call: Call<Parsed<typeof migrateParams>>): Subscription {
  const subscription = existing(call);
  if (hasEnded(subscription))
    throw refused('id', `You cannot migrate a subscription in status \`${subscription.status}\`.`);
  if (isFlexible(subscription))
    throw refused('billing_mode[type]', 'This subscription is already in billing mode `flexible`.');
  const { flexible } = call.params.billing_mode;
  return saveSubscription(call.account, {
    ...subscription,
    billing_mode: {
      flexible: { proration_discounts: flexible?.proration_discounts ?? 'included' },
      type: 'flexible',
      updated_at: call.account.now(),
    },
  });
}

const permission = 'subscription';
/** `/v1/subscriptions` and `/v1/subscription_items`. */
export const subscriptionResource: Resource = {
  collections: [declare(subscriptions), declare(subscriptionItems), declare(heldUpdates), declare(credits)],
  expand: {
    subscription: {
      customer: ['customers'],
      default_payment_method: ['payment_methods'],
      default_source: (lookup, one) => shownSource(lookup, (one as Subscription).default_source),
      discounts: ['discounts'],
      'invoice_settings.account_tax_ids': ['tax_ids'],
      'invoice_settings.issuer.account': ['accounts'],
      latest_invoice: ['invoices'],
      on_behalf_of: ['accounts'],
      pending_setup_intent: ['setup_intents'],
      'pending_update.discounts': ['discounts'],
      'transfer_data.destination': ['accounts'],
    },
    subscription_item: { discounts: ['discounts'] },
  },
  jobs: {
    [cycleJob]: renewSubscription,
    [cancelJob]: cancelWhenDue,
    [resumeJob]: resumeCollection,
    [trialJob]: announceTrialEnd,
    [upcomingJob]: announceRenewal,
    [expiryJob]: expireSubscription,
    [overdueJob]: stillOverdue,
    [heldJob]: expireHeld,
    [pendingJob]: billPendingItems,
    [thresholdJob]: billAtThresholds,
  },
  listeners: {
    'customer.deleted': onCustomerDeleted,
    'invoice.paid': onInvoicePaid,
    'invoice.payment_failed': onPaymentFailed,
    'invoice.overdue': onInvoiceOverdue,
    'invoice.voided': onInvoiceSettled,
    'invoice.marked_uncollectible': onInvoiceSettled,
    'setup_intent.succeeded': onSetUp,
  },
  routes: [
    route('POST', '/v1/subscriptions', { permission, params: createParams }, (call) =>
      createSubscription(call.account, call.params),
    ),
    route('GET', '/v1/subscriptions/search', { permission, params: searchParams }, (call) =>
      searched(call, subscriptions, searchFields),
    ),
    route('GET', '/v1/subscriptions/:id', { permission }, existing),
    route('POST', '/v1/subscriptions/:id', { permission, params: updateParams }, updateFrom),
    route('DELETE', '/v1/subscriptions/:id', { permission, params: cancelParams }, cancelFrom),
    route('DELETE', '/v1/subscriptions/:id/discount', { permission }, dropDiscountFrom),
    route('POST', '/v1/subscriptions/:id/migrate', { permission, params: migrateParams }, migrateFrom),
    route('POST', '/v1/subscriptions/:id/pause', { permission, params: pauseParams }, (call) =>
      pauseSubscription(call.account, existing(call), call.params),
    ),
    route('POST', '/v1/subscriptions/:id/resume', { permission, params: resumeParams }, (call) =>
      resumeSubscription(call.account, existing(call), call.params),
    ),
    route('GET', '/v1/subscriptions', { permission, params: listParams }, listFrom),
    ...itemRoutes,
  ],
};
