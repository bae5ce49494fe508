import type { Account } from '../account.ts';
import { applyDiscounts, removeDiscount } from '../discounts.ts';
import { attachMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { type Call, found, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { changeTerms } from './change.ts';
import type { updateParams } from './params.ts';
import { resumeJob, scheduleSubscription } from './renew.ts';
import { hasEnded, periodOf, type Subscription, saveSubscription, subscriptions } from './subscription.ts';
/** The method a subscription is to be charged to; one that is nobody's yet becomes the customer's. */
export function ownMethod(
  account: Account,
  customer: string,
  id: string | undefined,
): PaymentMethod | undefined {
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

/** `POST /v1/subscriptions/:id`. Throws Stripe's 400 for changes of one that has ended. */
export function updateFrom(call: Call<Parsed<typeof updateParams>>): Subscription {
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

function cancellationOf(
  account: Account,
  before: Subscription,
  params: Parsed<typeof updateParams>,
): Partial<Subscription> {
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
