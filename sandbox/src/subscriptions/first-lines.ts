import type { Account } from '../account.ts';
import type { InvoiceLine } from '../invoices/invoice.ts';
import { itemLines, type Span, unpricedLines } from './lines.ts';
import { intervalsOn, nextBoundary } from './periods.ts';
import {
  cycleOf,
  isFlexible,
  itemPeriod,
  recurrenceOf,
  type Subscription,
  type SubscriptionItem,
} from './subscription.ts';

/**
 * The lines of a new subscription's first invoice: time before now where it is backdated, the trial or the period that
 * begins, and of a period cut short its share. Without prorations, time up to a later anchor or before now is free.
 */
export function firstLines(account: Account, subscription: Subscription, prorates: boolean): InvoiceLine[] {
  const lines = subscription.items.data.flatMap((item) =>
    spansOf(account, subscription, item, prorates).flatMap((span) =>
      itemLines(account, subscription, item, span),
    ),
  );
  return [...lines, ...unpricedLines(account, subscription)];
}

function spansOf(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  prorates: boolean,
): Span[] {
  const trials = subscription.status === 'trialing';
  const past = subscription.start_date < account.now();
  if (!past && trials) return [];
  if (!past) return currentSpan(subscription, item, prorates);
  if (isFlexible(subscription)) {
    const end = trials ? account.now() : item.current_period_end;
    return prorates ? cycles(subscription, item, subscription.start_date, end) : [];
  }
  const isAnchoredLater = !trials && subscription.billing_cycle_anchor > account.now();
  const until = isAnchoredLater ? item.current_period_end : account.now();
  const before = prorates ? [lump(item, subscription.start_date, until)] : [];
  return trials || isAnchoredLater ? before : [...before, ...currentSpan(subscription, item, prorates)];
}

/** The period an item begins with; one that ends with the subscription is cut short in classic mode whatever is asked. */
function currentSpan(subscription: Subscription, item: SubscriptionItem, prorates: boolean): Span[] {
  const period = itemPeriod(item);
  const whole = cycleOf(subscription, item, period.start);
  const isWhole = period.start === whole.start && period.end === whole.end;
  if (isWhole || prorates) return [{ period, whole }];
  const isCutShort = period.start === whole.start || subscription.cancel_at === period.end;
  if (!isCutShort) return [];
  return [{ period, whole: isFlexible(subscription) ? period : whole }];
}

/** Time that has passed, cycle by cycle as it would have been billed. */
function cycles(subscription: Subscription, item: SubscriptionItem, from: number, until: number): Span[] {
  const spans: Span[] = [];
  const { billing_cycle_anchor: anchor } = subscription;
  for (let start = from; start < until; ) {
    const end = Math.min(until, nextBoundary(anchor, recurrenceOf(item), start));
    spans.push({ period: { start, end }, whole: cycleOf(subscription, item, start) });
    start = end;
  }
  return spans;
}

/** Time that has passed, in one piece, measured by an interval that would begin with it. */
function lump(item: SubscriptionItem, start: number, end: number): Span {
  return { period: { start, end }, whole: { start, end: intervalsOn(start, recurrenceOf(item), 1) } };
}
