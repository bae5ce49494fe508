import type { Account } from '../account.ts';
import { noSuch } from '../wire/errors.ts';
import { type ChangedItem, changedItem, itemPrice, newItem } from './items.ts';
import { inPeriod, periodOf, type Subscription, type SubscriptionItem } from './subscription.ts';

/** A subscription's items after a change: those without an id are new. Throws Stripe's 400 for items of others. */
export function changedItems(
  account: Account,
  subscription: Subscription,
  changes: readonly ChangedItem[],
): SubscriptionItem[] {
  const { customer, id } = subscription;
  const items = new Map(subscription.items.data.map((item) => [item.id, item]));
  for (const [index, change] of changes.entries()) {
    const path = `items[${index}]`;
    if (change.id === undefined) {
      const price = itemPrice(account, change, path);
      const added = newItem(account, change, price, { customer, subscription: id });
      items.set(added.id, inPeriod(added, periodOf(subscription)));
      continue;
    }
    const item = items.get(change.id);
    if (!item) throw noSuch('subscription_item', change.id, `${path}[id]`);
    if (change.deleted) items.delete(item.id);
    else items.set(item.id, changedItem(account, item, change, { path, customer }));
  }
  return [...items.values()];
}
