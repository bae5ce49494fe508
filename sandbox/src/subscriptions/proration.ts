import { money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import { reductionsOf } from '../discounts.ts';
import type { ItemInput } from '../invoices/items.ts';
import { reductionOf } from '../invoices/totals.ts';
import { itemAmount, productName } from './lines.ts';
import { isMetered, periodOf, type Subscription, type SubscriptionItem } from './subscription.ts';

/**
 * The share of an amount that falls into the rest of a period, to the nearest minor unit.
 * `at`, `start` and `end` are seconds; a moment outside the period counts as its nearer end.
 */
export function remainingShare(
  amount: number,
  currency: string,
  { at, start, end }: { at: number; start: number; end: number },
): number {
  if (end <= start) return 0;
  const left = Math.max(0, Math.min(end - at, end - start));
  const share = scale(money(amount, currency), BigInt(left), BigInt(end - start));
  return Number(share.minor);
}

/** What an item costs for a period after the subscription's percentage discounts. */
function netAmount(account: Account, subscription: Subscription, item: SubscriptionItem): number {
  const { currency } = subscription;
  return reductionsOf(account, subscription.discounts, account.now())
    .filter(({ coupon }) => coupon.percent_off !== null)
    .reduce(
      (amount, { coupon }) => amount - reductionOf(coupon, amount, currency),
      itemAmount(account, item, currency),
    );
}

/** The credit for the unused rest of an item's period, as an invoice item; null when it is nothing. */
export function unusedTime(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  at: number,
): ItemInput | null {
  return prorated(account, subscription, item, { at, sign: -1, what: 'Unused time on' });
}

/** What an item costs for the rest of the period, as an invoice item; null when it is nothing. */
export function remainingTime(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  at: number,
): ItemInput | null {
  return prorated(account, subscription, item, { at, sign: 1, what: 'Remaining time on' });
}

function prorated(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  { at, sign, what }: { at: number; sign: 1 | -1; what: string },
): ItemInput | null {
  const { start, end } = periodOf(subscription);
  const { currency } = subscription;
  // Usage is billed as it was, whole, when it is known.
  if (isMetered(item)) return null;
  const share = remainingShare(netAmount(account, subscription, item), currency, { at, start, end });
  if (share === 0) return null;
  const times = item.quantity === 1 ? '' : `${item.quantity} × `;
  return {
    customer: subscription.customer,
    currency,
    amount: sign * share,
    price: item.price,
    quantity: item.quantity,
    description: `${what} ${times}${productName(account, item)} after ${dateText(at)}`,
    period: { start: at, end },
    subscription: subscription.id,
    subscriptionItem: item.id,
    proration: true,
    discountable: false,
    taxRates: item.tax_rates ?? [],
  };
}

function dateText(at: number): string {
  const date = new Date(at * 1000);
  const month = date.toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' });
  return `${String(date.getUTCDate()).padStart(2, '0')} ${month} ${date.getUTCFullYear()}`;
}

/** The credits and charges that turn one set of items into another in mid-period, credits first. */
export function prorations(
  account: Account,
  before: Subscription,
  after: Subscription,
  at: number,
): ItemInput[] {
  const was = new Map(before.items.data.map((item) => [item.id, item]));
  const is = new Map(after.items.data.map((item) => [item.id, item]));
  const credits = before.items.data
    .filter((item) => differs(item, is.get(item.id)))
    .map((item) => unusedTime(account, before, item, at));
  const charges = after.items.data
    .filter((item) => differs(item, was.get(item.id)))
    .map((item) => remainingTime(account, after, item, at));
  return [...credits, ...charges].filter((item) => item !== null);
}

function differs(item: SubscriptionItem, other: SubscriptionItem | undefined): boolean {
  return !other || other.price.id !== item.price.id || other.quantity !== item.quantity;
}
