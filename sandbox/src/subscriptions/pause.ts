import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { emit } from '../events.ts';
import { attemptPayment } from '../invoices/collect.ts';
import { finalizeInvoice } from '../invoices/finalize.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { refused } from '../resource.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { wholeLines } from './change.ts';
import { collectNow } from './collect.ts';
import { dropOf, hold, showHeld } from './held.ts';
import { changedPart, heldSeconds } from './hold-change.ts';
import { requireMethod } from './method.ts';
import type { pauseParams, resumeParams } from './params.ts';
import { chargeFor, creditFor, creditRest, keepProrations } from './proration.ts';
import { scheduleSubscription } from './schedule.ts';
import {
  cycleOf,
  inPeriods,
  isFlexible,
  itemPeriod,
  periodFrom,
  type Subscription,
  saveSubscription,
  subscriptions,
} from './subscription.ts';
import { countFrom, usageItems } from './usage.ts';

type PauseReason = Wire<Stripe.Subscription.StatusDetails.Paused.Subscription.Type>;
export type PauseInput = Parsed<typeof pauseParams>;
export type ResumeInput = Parsed<typeof resumeParams>;

/** The subscription as it is once paused. */
function paused(account: Account, subscription: Subscription, reason: PauseReason): Subscription {
  return {
    ...subscription,
    status: 'paused',
    status_details: {
      paused: { subscription: { type: reason }, transitioned_at: account.now(), type: 'subscription' },
    },
  };
}

/** Pauses a subscription whose trial ended and that has nothing to charge. */
export function pauseAtTrialEnd(account: Account, subscription: Subscription): void {
  const next = paused(account, subscription, 'trial_end_without_payment_method');
  emit(account, 'customer.subscription.paused', saveSubscription(account, next));
}

/** Stops a subscription's service and its invoices from now on. Throws Stripe's 400 where it cannot be. */
export function pauseSubscription(
  account: Account,
  subscription: Subscription,
  input: PauseInput,
): Subscription {
  requirePausable(subscription);
  dropOf(account, subscription.id);
  const draft = draftPause(account, subscription, input);
  if (billsUsage(input)) countFrom(account, subscription, account.now());
  if (draft) collectNow(account, draft, { behavior: 'allow_incomplete', offSession: true });
  const current = account.of(subscriptions).get(subscription.id) ?? subscription;
  const next = paused(account, { ...current, pending_update: null }, 'pause_requested');
  const saved = saveSubscription(account, {
    ...next,
    latest_invoice: draft?.id ?? current.latest_invoice,
  });
  emit(account, 'customer.subscription.paused', saved);
  return saved;
}

/** Credits unused time and charges usage as a pause wishes, and drafts the invoice for it when it wishes that too. */
export function draftPause(account: Account, subscription: Subscription, input: PauseInput): Invoice | null {
  const from = input.bill_for?.unused_time_from?.type ?? 'now';
  const credits = subscription.items.data.flatMap((item) => {
    const { start, end } = itemPeriod(item);
    if (from === 'none') return [];
    return creditFor(account, subscription, item, { start: from === 'now' ? account.now() : start, end });
  });
  const usage = billsUsage(input)
    ? usageItems(account, subscription, subscription.items.data, account.now())
    : [];
  keepProrations(account, [...credits, ...usage]);
  if (input.invoicing_behavior !== 'invoice' || credits.length + usage.length === 0) return null;
  return draftBill(account, subscription, {
    lines: [],
    reason: 'subscription_update',
    autoAdvance: true,
    period: { start: account.now(), end: account.now() },
  });
}

/** Whether what was used until a pause is billed with it. */
function billsUsage({ bill_for: what }: PauseInput): boolean {
  return what?.outstanding_usage_through?.type !== 'none';
}

function requirePausable(subscription: Subscription): void {
  const { collection_method: method, schedule, status } = subscription;
  if (method === 'send_invoice')
    throw refused('id', 'You can only pause subscriptions with `collection_method` `charge_automatically`.');
  if (!isFlexible(subscription))
    throw refused('id', 'You can only pause subscriptions with `billing_mode` `flexible`.');
  if (schedule !== null)
    throw refused('id', 'You cannot pause a subscription that is managed by a schedule.');
  if (status !== 'active' && status !== 'past_due' && status !== 'unpaid')
    throw refused('id', `You cannot pause a subscription in status \`${status}\`.`);
}

/** A subscription as it will be when it goes on, and the draft of what has to be paid before. */
interface Resumption {
  readonly next: Subscription;
  readonly draft: Invoice | null;
}

/** Begins a paused subscription again, at once or when its invoice is paid. Throws Stripe's 400 in other states. */
export function resumeSubscription(
  account: Account,
  subscription: Subscription,
  input: ResumeInput,
): Subscription {
  requireResumable(account, subscription, input);
  dropOf(account, subscription.id);
  const current = account.of(subscriptions).get(subscription.id) ?? subscription;
  const { next, draft } = draftResumption(account, current, input);
  if (!draft) return goOn(account, current, next);
  const waits = input.payment_behavior !== 'resume_on_payment_success';
  const expires = account.now() + (waits ? heldSeconds : 365 * day);
  hold(account, {
    id: current.id,
    invoice: draft.id,
    expires,
    next: { ...changedPart(current, next), status: 'active', status_details: undefined },
    onFailure: waits ? 'past_due' : null,
  });
  const open = finalizeInvoice(account, draft);
  if (open.status === 'open' && !waits) attemptPayment(account, open, { offSession: true });
  const now = account.of(subscriptions).get(current.id) ?? current;
  if (now.status !== 'paused') return now;
  return showHeld(
    account,
    { ...now, latest_invoice: draft.id },
    {
      billing_cycle_anchor: next.billing_cycle_anchor,
      cancel_at_period_end: null,
      discount: null,
      discounts: null,
      expires_at: expires,
      metadata: null,
      subscription_items: null,
      trial_end: null,
      trial_from_plan: null,
    },
  );
}

function requireResumable(account: Account, subscription: Subscription, input: ResumeInput): void {
  if (subscription.status !== 'paused')
    throw refused('id', `You can only resume paused subscriptions. This one is ${subscription.status}.`);
  if (subscription.collection_method !== 'charge_automatically')
    throw refused('id', 'You can only resume subscriptions with `collection_method` `charge_automatically`.');
  if (input.payment_behavior !== 'resume_on_payment_success') return;
  if (!isFlexible(subscription))
    throw refused(
      'payment_behavior',
      '`resume_on_payment_success` is only available for subscriptions with `billing_mode` `flexible`.',
    );
  requireMethod(account, subscription);
}

/** Works out a resumption: a new cycle billed whole, or the cycle of before with what is left of its period. */
export function draftResumption(
  account: Account,
  subscription: Subscription,
  input: ResumeInput,
): Resumption {
  const now = account.now();
  const wish =
    typeof input.billing_cycle_anchor === 'object'
      ? input.billing_cycle_anchor.type
      : input.billing_cycle_anchor;
  const active: Subscription = { ...subscription, status: 'active', status_details: undefined };
  const keepsCycle = wish === 'unchanged';
  const anchored = keepsCycle
    ? active
    : { ...active, billing_cycle_anchor: now, billing_cycle_anchor_config: null };
  const next = inPeriods(anchored, (item) =>
    periodFrom(anchored, item, keepsCycle ? cycleOf(anchored, item, now).start : now),
  );
  const at = input.proration_date ?? now;
  const charges = next.items.data.flatMap((item) =>
    chargeFor(account, next, item, {
      start: Math.max(at, itemPeriod(item).start),
      end: itemPeriod(item).end,
    }),
  );
  // What a pause did not give back is still paid for.
  const rest = [...creditRest(account, subscription, at), ...charges];
  if (keepsCycle && input.proration_behavior !== 'none') keepProrations(account, rest);
  if (keepsCycle && (input.proration_behavior !== 'always_invoice' || rest.length === 0))
    return { next, draft: null };
  const draft = draftBill(account, next, {
    lines: keepsCycle ? [] : wholeLines(account, next),
    reason: 'subscription_update',
    autoAdvance: input.payment_behavior === 'resume_on_payment_success',
    period: { start: now, end: now },
  });
  const discounts = remainingDiscounts(account, next, draft);
  return { next: { ...next, latest_invoice: draft.id, discounts }, draft };
}

function goOn(account: Account, before: Subscription, next: Subscription): Subscription {
  const saved = saveSubscription(account, next);
  emit(account, 'customer.subscription.resumed', saved);
  scheduleSubscription(account, saved, before);
  return saved;
}

/** Throws Stripe's 400 for a pause of collection that would end before it begins. */
export function checkResumesAt(account: Account, resumesAt: number | undefined): void {
  if (resumesAt !== undefined && resumesAt <= account.now())
    throw invalidRequest('`resumes_at` must be a timestamp in the future.', {
      param: 'pause_collection[resumes_at]',
    });
}
