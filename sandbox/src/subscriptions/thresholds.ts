import type { Account } from '../account.ts';
import { type UsageCharge, usageLines } from '../invoices/usage-lines.ts';
import { billableUsage } from '../meters/usage.ts';
import { trillionths } from '../prices/decimal.ts';
import { draftBill } from './bill.ts';
import { changeTerms } from './change.ts';
import { settleWhilePaused } from './collect.ts';
import { type Subscription, saveSubscription, subscriptions } from './subscription.ts';
import { countFrom, usageCharges } from './usage.ts';

/** Bills what a customer has used as soon as it comes to the threshold that was set. Runs as a due job. */
export function billAtThresholds(account: Account, customer: string): void {
  for (const subscription of account.of(subscriptions).by('thresholds', customer)) {
    const { billing_thresholds: set, items, status } = subscription;
    if (status !== 'active' && status !== 'past_due') continue;
    const usage = usageCharges(account, subscription, items.data, account.now());
    if (!isReached(account, subscription, usage)) continue;
    if (set?.reset_billing_cycle_anchor) changeTerms(account, subscription, subscription, { anchor: 'now' });
    else billUsage(account, subscription, usage);
    countFrom(account, subscription, account.now());
  }
}

function isReached(account: Account, subscription: Subscription, usage: readonly UsageCharge[]): boolean {
  const { billing_thresholds: set, items } = subscription;
  const amount = usage
    .flatMap((charge) => usageLines(account, charge))
    .reduce((sum, line) => sum + line.amount, 0);
  if (set?.amount_gte && amount >= set.amount_gte) return true;
  return usage.some(({ customer, price, subscriptionItem, window }) => {
    const item = items.data.find(({ id }) => id === subscriptionItem);
    const most = item?.billing_thresholds?.usage_gte;
    if (!most) return false;
    const used = billableUsage(account, price.recurring?.meter ?? '', customer, window);
    return trillionths(used) >= trillionths(most);
  });
}

function billUsage(account: Account, subscription: Subscription, usage: readonly UsageCharge[]): void {
  const now = account.now();
  const draft = draftBill(account, subscription, {
    lines: [],
    usage,
    reason: 'subscription_threshold',
    autoAdvance: subscription.pause_collection === null,
    period: { start: now, end: now },
  });
  saveSubscription(account, { ...subscription, latest_invoice: draft.id });
  settleWhilePaused(account, subscription, draft);
}
