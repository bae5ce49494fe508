import { money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import type { Coupon } from '../coupons.ts';
import { reductionsOf } from '../discounts.ts';
import { createInvoiceItem, type ItemInput } from '../invoices/items.ts';
import { reductionOf } from '../invoices/totals.ts';
import { credits, debitsOf } from './debits.ts';
import { countedName, dateText, itemAmount, shareOf, wholeAmount } from './lines.ts';
import type { Period } from './periods.ts';
import {
  cycleOf,
  isFlexible,
  isMetered,
  itemPeriod,
  type Subscription,
  type SubscriptionItem,
} from './subscription.ts';

/** A credit or a charge for a part of a period, and which debit a credit gives back, from when on. */
export interface Proration {
  readonly item: ItemInput;
  readonly gives?: { readonly debit: string; readonly from: number };
}

/**
 * Gives back what an item costs for a part of its period. In classic mode that is what it costs by now, with the
 * discounts of now; in flexible mode what was billed for that part, one credit for each time it was.
 */
export function creditFor(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  part: Period,
): Proration[] {
  if (isMetered(item)) return [];
  const words = `Unused time on ${countedName(account, item)} after ${dateText(part.start)}`;
  const base = proration(subscription, item, words);
  if (!isFlexible(subscription)) {
    const amount = costOfPart(account, subscription, item, part);
    return amount === 0 ? [] : [{ item: { ...base, amount: -amount, period: part } }];
  }
  return debitsOf(account, subscription, item).flatMap((debit) => {
    const start = Math.max(part.start, debit.period.start);
    const period = { start, end: Math.min(part.end, debit.creditedFrom) };
    if (period.end <= period.start) return [];
    const amount = shareOf(debit.net, subscription.currency, period, debit.period);
    if (amount === 0) return [];
    const input = { ...base, amount: -amount, period, taxRates: debit.taxRates };
    return [{ item: input, gives: { debit: debit.id, from: start } }];
  });
}

/** Charges what an item costs for a part of its period, with the discounts of now. */
export function chargeFor(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  part: Period,
): Proration[] {
  const amount = costOfPart(account, subscription, item, part);
  if (amount === 0) return [];
  const words = `Remaining time on ${countedName(account, item)} after ${dateText(part.start)}`;
  return [{ item: { ...proration(subscription, item, words), amount, period: part } }];
}

/** The credits for all items of a subscription from a moment on. */
export function creditRest(account: Account, subscription: Subscription, from: number): Proration[] {
  return subscription.items.data.flatMap((item) =>
    creditFor(account, subscription, item, { start: from, end: item.current_period_end }),
  );
}

/** The credits and charges that turn one set of items into another in mid-period, credits first. */
export function prorations(
  account: Account,
  before: Subscription,
  after: Subscription,
  at: number,
): Proration[] {
  const was = new Map(before.items.data.map((item) => [item.id, item]));
  const is = new Map(after.items.data.map((item) => [item.id, item]));
  const credits = before.items.data.flatMap((item) => {
    const start = changedFrom(item, is.get(item.id), at);
    return creditFor(account, before, item, { start, end: itemPeriod(item).end });
  });
  const charges = after.items.data.flatMap((item) => {
    const start = changedFrom(item, was.get(item.id), at);
    return chargeFor(account, after, item, { start, end: itemPeriod(item).end });
  });
  return [...credits, ...charges];
}

/** From when on an item is not as it was: its end when it stays, where the other ends when only that differs. */
function changedFrom(item: SubscriptionItem, other: SubscriptionItem | undefined, at: number): number {
  const same = other?.price.id === item.price.id && other.quantity === item.quantity;
  return same ? Math.min(other.current_period_end, item.current_period_end) : at;
}

/** Puts credits and charges on the customer's next invoice. */
export function keepProrations(account: Account, all: readonly Proration[]): void {
  for (const { item, gives } of all) {
    const { id } = createInvoiceItem(account, item);
    if (gives) account.of(credits).put({ id, ...gives });
  }
}

/** What a part of a period costs after the subscription's discounts; a part outside the cycle is worth nothing. */
function costOfPart(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  part: Period,
): number {
  if (part.end <= part.start) return 0;
  const whole = cycleOf(subscription, item, item.current_period_start);
  return shareOf(netAmount(account, subscription, item), subscription.currency, part, whole);
}

/** What an item costs for a period after the subscription's discounts: fixed ones evenly shared, or by worth in flexible mode. */
function netAmount(account: Account, subscription: Subscription, item: SubscriptionItem): number {
  const { currency, discounts, items } = subscription;
  const gross = itemAmount(account, item, currency);
  const all = wholeAmount(account, subscription);
  const ofItem = lastingReductions(account, item, item.discounts);
  const own = ofItem.reduce((left, coupon) => left - reductionOf(coupon, left, currency), gross);
  return lastingReductions(account, item, discounts).reduce((left, coupon) => {
    if (coupon.percent_off !== null) return left - reductionOf(coupon, left, currency);
    const fixed = money(reductionOf(coupon, all, currency), currency);
    const share = isFlexible(subscription)
      ? scale(fixed, BigInt(gross), BigInt(Math.max(all, 1)))
      : scale(fixed, 1n, BigInt(items.data.length));
    return Math.max(0, left - Number(share.minor));
  }, own);
}

/** What takes something off an item in every period; a discount for once has had its invoice. */
function lastingReductions(account: Account, item: SubscriptionItem, ids: readonly string[]): Coupon[] {
  return reductionsOf(account, ids, account.now())
    .map(({ coupon }) => coupon)
    .filter(
      ({ applies_to: only, duration }) =>
        duration !== 'once' && (only?.products.includes(item.price.product) ?? true),
    );
}

function proration(subscription: Subscription, item: SubscriptionItem, description: string): ItemInput {
  return {
    customer: subscription.customer,
    currency: subscription.currency,
    price: item.price,
    quantity: item.quantity,
    description,
    subscription: subscription.id,
    subscriptionItem: item.id,
    proration: true,
    discountable: false,
    taxRates: item.tax_rates ?? [],
  };
}
