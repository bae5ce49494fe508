import type { Account } from '../account.ts';
import { hour } from '../clock.ts';
import { refused } from '../resource.ts';
import { draftChange, type Plan, planChange, type TermsChange } from './change.ts';
import { collectNow, isPaid } from './collect.ts';
import { dropOf, hold, showHeld } from './held.ts';
import { scheduleSubscription } from './schedule.ts';
import {
  keepItemOwners,
  type PendingUpdate,
  periodOf,
  type Subscription,
  saveSubscription,
  subscriptions,
} from './subscription.ts';

/** How long a change waits for its payment. */
export const heldSeconds = 23 * hour;

/** What may be asked for together with `pending_if_incomplete`. */
const supported: ReadonlySet<string> = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'expand',
  'items',
  'off_session',
  'payment_behavior',
  'plan',
  'price',
  'price_data',
  'proration_behavior',
  'proration_date',
  'quantity',
  'subscription',
  'trial_end',
  'trial_from_plan',
]);

/** Throws Stripe's 400 for parameters that cannot wait for a payment. */
export function requireHoldable(params: object): void {
  const others = Object.keys(params).filter((name) => !supported.has(name));
  if (others.length === 0) return;
  throw refused(
    others[0] ?? 'payment_behavior',
    `When \`payment_behavior\` is set to \`pending_if_incomplete\`, the following parameters cannot be passed: ${others.join(', ')}.`,
  );
}

/** Makes a change once what it costs now is paid, at once or later; what costs nothing now is changed at once. */
export function changeWhenPaid(account: Account, before: Subscription, change: TermsChange): Subscription {
  if (before.collection_method === 'send_invoice')
    throw refused(
      'payment_behavior',
      '`pending_if_incomplete` is only supported for subscriptions with `collection_method` `charge_automatically`.',
    );
  dropOf(account, before.id);
  const current = account.of(subscriptions).get(before.id) ?? before;
  const plan = planChange(account, current, current, change);
  const { next, draft } = draftChange(account, plan, change);
  if (!draft) {
    const saved = saveSubscription(account, next);
    keepItemOwners(account, saved);
    scheduleSubscription(account, saved, current);
    return saved;
  }
  const expires = expiryOf(account, current);
  hold(account, {
    id: before.id,
    invoice: draft.id,
    expires,
    next: changedPart(current, next),
    onFailure: null,
  });
  const invoice = collectNow(account, draft, {
    behavior: 'allow_incomplete',
    offSession: change.offSession ?? false,
  });
  if (isPaid(account, invoice)) return account.of(subscriptions).get(before.id) ?? next;
  return showHeld(account, { ...current, latest_invoice: draft.id }, shown(plan, change, expires));
}

function expiryOf(account: Account, subscription: Subscription): number {
  const { status, trial_end: trialEnd } = subscription;
  const ends = [account.now() + heldSeconds, periodOf(subscription).end];
  return Math.min(...ends, ...(status === 'trialing' && trialEnd !== null ? [trialEnd] : []));
}

/** What of a subscription a change of terms changed; what it left alone may change otherwise until it is made. */
export function changedPart(before: Subscription, next: Subscription): Partial<Subscription> {
  const part: Partial<Subscription> = {
    billing_cycle_anchor: next.billing_cycle_anchor,
    billing_cycle_anchor_config: next.billing_cycle_anchor_config,
    cancel_at: next.cancel_at,
    discounts: next.discounts,
    items: next.items,
    latest_invoice: next.latest_invoice,
    status: next.status,
    trial_end: next.trial_end,
    trial_start: next.trial_start,
  };
  const changed = Object.entries(part).filter(([name, value]) => before[name as 'items'] !== value);
  return Object.fromEntries(changed);
}

function shown({ next }: Plan, change: TermsChange, expires: number): PendingUpdate {
  return {
    billing_cycle_anchor: change.anchor === 'now' ? next.billing_cycle_anchor : null,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at: expires,
    metadata: null,
    subscription_items: change.items ? next.items.data : null,
    trial_end: change.trialEnd === undefined ? null : next.trial_end,
    trial_from_plan: null,
  };
}
