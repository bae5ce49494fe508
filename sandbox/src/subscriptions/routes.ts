import { existingCustomer } from '../customers.ts';
import { discounts, removeDiscount } from '../discounts.ts';
import { type Call, declare, found, listed, type Resource, refused, route, searched } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { existingClock } from '../test-clocks/test-clock.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import { applyMetadata, inRange, type Parsed } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { resumeSubscription } from './change.ts';
import { createSubscription, trialEndAfter } from './create.ts';
import { announceTrialEnd, endSubscription, expireSubscription, onCustomerDeleted } from './end.ts';
import { itemRoutes } from './item-routes.ts';
import {
  cancelParams,
  createParams,
  listParams,
  resumeParams,
  searchFields,
  updateParams,
} from './params.ts';
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
import { ownMethod, updateFrom } from './update.ts';

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

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { collection_method: method, customer, price, status } = call.params;
  const { current_period_end: end, current_period_start: start, test_clock: clock } = call.params;
  return listed(call, subscriptions, {
    ...(customer !== undefined
      ? { index: 'customer', key: existingCustomer(call.account, customer).id }
      : clock !== undefined
        ? { index: 'test_clock', key: existingClock(call.account, clock).id }
        : {}),
    where: (subscription) =>
      (clock === undefined || subscription.test_clock === clock) &&
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
    'customer.deleted': onCustomerDeleted,
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
      const { end: _, ...rest } = discount;
      removeDiscount(call.account, discount.id);
      saveSubscription(call.account, {
        ...subscription,
        discounts: subscription.discounts.filter((id) => id !== discount.id),
      });
      return { ...rest, deleted: true as const };
    }),
    route(
      'POST',
      '/v1/subscriptions/:id/resume',
      { permission: 'subscription', params: resumeParams },
      (call) => resumeSubscription(call.account, found(call, subscriptions, 'subscription')),
    ),
    route('GET', '/v1/subscriptions', { permission: 'subscription', params: listParams }, listFrom),
    ...itemRoutes,
    previewRoute,
  ],
};
