import type { Account } from '../account.ts';
import { pendingItems } from '../invoices/items.ts';
import { draftBill } from './bill.ts';
import { intervalsOn, type Recurrence } from './periods.ts';
import { hasEnded, type Subscription, saveSubscription, subscriptions } from './subscription.ts';

export const pendingJob = 'subscription.pending_items';

type PendingInterval = NonNullable<Subscription['pending_invoice_item_interval']>;

/** The subscription with another interval for what waits between renewals; null takes it away, undefined leaves it. */
export function withPendingInterval(
  account: Account,
  subscription: Subscription,
  wanted: (Partial<PendingInterval> & Pick<PendingInterval, 'interval'>) | null | undefined,
): Subscription {
  if (wanted === undefined) return subscription;
  const interval = wanted && { interval: wanted.interval, interval_count: wanted.interval_count ?? 1 };
  const next = interval && intervalsOn(account.now(), interval, 1);
  return {
    ...subscription,
    next_pending_invoice_item_invoice: next,
    pending_invoice_item_interval: interval,
  };
}

/** Asks to be woken when what waits is to be billed. */
export function schedulePendingItems(account: Account, subscription: Subscription): void {
  const { id, next_pending_invoice_item_invoice: next } = subscription;
  if (next !== null) account.schedule(next, pendingJob, id);
}

/** Bills what waits for a subscription's next invoice, if anything does. Runs as a due job. */
export function billPendingItems(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (!subscription || hasEnded(subscription)) return;
  const { customer, currency, pending_invoice_item_interval: interval } = subscription;
  const due = subscription.next_pending_invoice_item_invoice;
  if (interval === null || due === null || due > account.now()) return;
  const next: Subscription = {
    ...subscription,
    next_pending_invoice_item_invoice: intervalsOn(due, interval as Recurrence, 1),
  };
  const waits = pendingItems(account, customer, { currency, subscription: id }).length > 0;
  const draft = waits
    ? draftBill(account, next, {
        lines: [],
        reason: 'subscription_cycle',
        autoAdvance: true,
        period: { start: account.now(), end: account.now() },
      })
    : null;
  schedulePendingItems(
    account,
    saveSubscription(account, { ...next, latest_invoice: draft?.id ?? next.latest_invoice }),
  );
}
