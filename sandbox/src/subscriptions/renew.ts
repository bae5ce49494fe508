import type { Account } from '../account.ts';
import type { Invoice, InvoiceLine } from '../invoices/invoice.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { settleWhilePaused } from './collect.ts';
import { endSubscription } from './end.ts';
import { itemLines } from './lines.ts';
import { cycleJob, phaseJobs, scheduleSubscription } from './schedule.ts';
import {
  cycleOf,
  hasEnded,
  inPeriods,
  itemPeriod,
  periodFrom,
  periodOf,
  type Subscription,
  saveSubscription,
  subscriptions,
} from './subscription.ts';
import { endsWithTrial } from './trial-end.ts';
import { usageCharges } from './usage.ts';

/** Begins the periods that follow those which end now and bills them, or ends what was to end. Runs as a due job. */
export function renewSubscription(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (!subscription || hasEnded(subscription)) return;
  if (subscription.status === 'incomplete' || subscription.status === 'paused') return;
  if (periodOf(subscription).end > account.now()) return;
  if (phaseJobs(account, subscription, account.now()).length > 0) {
    // What its schedule changes now is part of what is renewed.
    account.schedule(account.now(), cycleJob, id);
    return;
  }
  if (subscription.cancel_at !== null && subscription.cancel_at <= account.now()) {
    endSubscription(account, subscription, { billsPending: true });
    return;
  }
  if (endsWithTrial(account, subscription)) return;
  const { renewed, draft } = draftRenewal(account, subscription);
  settleWhilePaused(account, renewed, draft);
}

/** A subscription in its next periods, and the draft that bills them. */
interface Renewal {
  readonly renewed: Subscription;
  readonly draft: Invoice;
}

/** Moves the items whose period is over into the next, and drafts the invoice for it. */
export function draftRenewal(account: Account, subscription: Subscription): Renewal {
  const now = periodOf(subscription).end;
  const isDue = ({ current_period_end: end }: { current_period_end: number }) => end <= now;
  const active: Subscription =
    subscription.status === 'trialing' ? { ...subscription, status: 'active' } : subscription;
  const next = inPeriods(active, (item) => (isDue(item) ? periodFrom(active, item, now) : itemPeriod(item)));
  const due = subscription.items.data.filter(isDue);
  const dueIds = new Set(due.map(({ id }) => id));
  const lines = next.items.data
    .filter(({ id }) => dueIds.has(id))
    .flatMap((item): InvoiceLine[] =>
      itemLines(account, next, item, { period: itemPeriod(item), whole: cycleOf(next, item, now) }),
    );
  const draft = draftBill(account, next, {
    lines,
    usage: usageCharges(account, subscription, due),
    reason: 'subscription_cycle',
    autoAdvance: next.pause_collection === null && next.status !== 'unpaid',
    period: due[0] ? itemPeriod(due[0]) : { start: now, end: now },
  });
  const renewed = saveSubscription(account, {
    ...next,
    latest_invoice: draft.id,
    discounts: remainingDiscounts(account, next, draft),
  });
  scheduleSubscription(account, renewed, subscription);
  return { renewed, draft };
}

/** Ends a subscription whose time to be cancelled has come. Runs as a due job. */
export function cancelWhenDue(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (!subscription || hasEnded(subscription) || subscription.cancel_at === null) return;
  if (subscription.cancel_at <= account.now()) endSubscription(account, subscription, { billsPending: true });
}

/** Collects again after a pause of collection. Runs as a due job. */
export function resumeCollection(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  const resumesAt = subscription?.pause_collection?.resumes_at ?? null;
  if (!subscription || hasEnded(subscription) || resumesAt === null || resumesAt > account.now()) return;
  saveSubscription(account, { ...subscription, pause_collection: null });
}
