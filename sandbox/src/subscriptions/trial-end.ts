import type { Account } from '../account.ts';
import { changeTerms, type TermsChange } from './change.ts';
import { endSubscription } from './end.ts';
import { methodOf } from './method.ts';
import { pauseAtTrialEnd } from './pause.ts';
import { inPeriods, type Subscription, saveSubscription, subscriptions } from './subscription.ts';

/** What is to become of a trial that ends without anything to charge; null where it is billed all the same. */
function wishOf(account: Account, subscription: Subscription): 'cancel' | 'pause' | null {
  const wish = subscription.trial_settings?.end_behavior.missing_payment_method;
  if (subscription.status !== 'trialing' || subscription.collection_method === 'send_invoice') return null;
  if (wish !== 'cancel' && wish !== 'pause') return null;
  return methodOf(account, subscription) === null ? wish : null;
}

/** Cancels or pauses a subscription whose trial is over, where that was asked for. Answers whether it did. */
export function endsWithTrial(account: Account, subscription: Subscription): boolean {
  const wish = wishOf(account, subscription);
  if (wish === 'cancel') endSubscription(account, subscription);
  else if (wish === 'pause') pauseAtTrialEnd(account, subscription);
  return wish !== null;
}

/** Does a change of terms; where it ends a trial at once and nothing can be charged, the subscription ends or pauses instead. */
export function changeTrialOrTerms(
  account: Account,
  before: Subscription,
  described: Subscription,
  change: TermsChange,
): Subscription {
  if (change.trialEnd !== 'now' || wishOf(account, described) === null)
    return changeTerms(account, before, described, change);
  const now = account.now();
  const changed = changeTerms(account, before, described, { ...change, trialEnd: undefined });
  const over = inPeriods({ ...changed, trial_end: now }, ({ current_period_start: start }) => ({
    start,
    end: now,
  }));
  endsWithTrial(account, saveSubscription(account, over));
  return account.of(subscriptions).get(before.id) ?? over;
}
