import type { Account } from '../account.ts';
import { type Call, found, refused } from '../resource.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { cancelTime } from './cancel-at.ts';
import type { TermsChange } from './change.ts';
import { changeWhenPaid, requireHoldable } from './hold-change.ts';
import type { updateParams } from './params.ts';
import { checkResumesAt } from './pause.ts';
import { schedulePendingItems, withPendingInterval } from './pending-items.ts';
import { hasEnded, type Subscription, saveSubscription, subscriptions } from './subscription.ts';
import { withTerms } from './terms.ts';
import { changeTrialOrTerms } from './trial-end.ts';

export const resumeJob = 'subscription.resume_collection';

type Params = Parsed<typeof updateParams>;

/** `POST /v1/subscriptions/:id`. Throws Stripe's 400 for changes of one that has ended. */
export function updateFrom({ account, params, ...call }: Call<Params>): Subscription {
  const before = found({ account, params, ...call }, subscriptions, 'subscription');
  if (hasEnded(before)) return updateEnded(account, before, params);
  requireOwnEnd(before, params);
  if (before.status === 'incomplete') requirePlain(params);
  const change = changeOf(params);
  if (params.payment_behavior === 'pending_if_incomplete') {
    requireHoldable(params);
    return changeWhenPaid(account, before, change);
  }
  const saved = changeTrialOrTerms(account, before, described(account, before, params), change);
  const resumesAt = params.pause_collection?.resumes_at;
  if (resumesAt !== undefined) account.schedule(resumesAt, resumeJob, saved.id);
  if (params.pending_invoice_item_interval) schedulePendingItems(account, saved);
  return saved;
}

function updateEnded(account: Account, before: Subscription, params: Params): Subscription {
  const { metadata, cancellation_details: details, ...others } = params;
  const other = Object.keys(others).find((name) => name !== 'expand');
  if (other !== undefined) throw over(other);
  return saveSubscription(account, {
    ...before,
    metadata: applyMetadata(before.metadata, metadata),
    cancellation_details: withDetails(before, details),
  });
}

/** Throws Stripe's 400 for what cannot be changed before the first invoice is paid. */
function requirePlain(params: Params): void {
  for (const name of ['items', 'trial_end', 'trial_from_plan', 'billing_cycle_anchor'] as const)
    if (params[name] !== undefined) throw incomplete(name);
}

/** Throws Stripe's 400 for a wish to end what its schedule ends. */
function requireOwnEnd({ schedule }: Subscription, params: Params): void {
  if (schedule === null) return;
  for (const name of ['cancel_at', 'cancel_at_period_end'] as const)
    if (params[name] !== undefined)
      throw refused(
        name,
        `The subscription is managed by the subscription schedule \`${schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
      );
}

function incomplete(param: string) {
  return refused(
    param,
    'This subscription is incomplete: what it bills can be changed once its first invoice is paid.',
  );
}

/** Throws Stripe's 400 for a subscription whose items cannot be changed: one that has ended or not begun. */
export function requireItemsChangeable(subscription: Subscription): void {
  if (hasEnded(subscription)) throw over('items');
  if (subscription.status === 'incomplete') throw incomplete('items');
}

function over(param: string) {
  return refused(param, 'A canceled subscription can only update its cancellation_details and metadata.');
}

/** What of a request is billed. */
export function changeOf(params: Params): TermsChange {
  const { billing_cycle_anchor: anchor, trial_end: trialEnd, trial_from_plan: fromPlan } = params;
  if (trialEnd !== undefined && fromPlan)
    throw refused('trial_end', 'You may only specify one of these parameters: trial_end, trial_from_plan.');
  return {
    items: params.items,
    oneOffItems: params.add_invoice_items,
    trialEnd,
    trialFromPlan: fromPlan,
    anchor: typeof anchor === 'object' ? anchor.type : anchor,
    prorationBehavior: params.proration_behavior,
    prorationDate: params.proration_date,
    paymentBehavior: params.payment_behavior,
    offSession: params.off_session,
  };
}

/** The subscription with what else a request changes about it. */
function described(account: Account, before: Subscription, params: Params): Subscription {
  const { pause_collection: pause } = params;
  checkResumesAt(account, pause?.resumes_at);
  return {
    ...withPendingInterval(account, withTerms(account, before, params), params.pending_invoice_item_interval),
    ...cancellationOf(account, before, params),
    pause_collection:
      pause === undefined
        ? before.pause_collection
        : pause && { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null },
  };
}

/** When a subscription is to end, after a request. */
export function cancellationOf(
  account: Account,
  before: Subscription,
  params: Pick<Params, 'cancel_at' | 'cancel_at_period_end' | 'cancellation_details'>,
): Partial<Subscription> {
  const { cancel_at: at, cancel_at_period_end: atPeriodEnd } = params;
  const details = withDetails(before, params.cancellation_details);
  const when = cancelTime(account, before, { at, atPeriodEnd });
  if (when === undefined) return { cancellation_details: details };
  return {
    cancel_at: when,
    cancel_at_period_end: atPeriodEnd ?? false,
    canceled_at: when === null ? null : account.now(),
    cancellation_details: details && { ...details, reason: when === null ? null : 'cancellation_requested' },
  };
}

function withDetails(
  before: Subscription,
  given: Params['cancellation_details'],
): Subscription['cancellation_details'] {
  const now = before.cancellation_details;
  if (!given || !now) return now;
  return {
    ...now,
    comment: given.comment === undefined ? now.comment : given.comment,
    feedback: given.feedback === undefined ? now.feedback : given.feedback,
  };
}
