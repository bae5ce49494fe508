import { money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import type { InvoiceLine } from '../invoices/invoice.ts';
import { newLine, pricingOf } from '../invoices/lines.ts';
import { lineOfPart, type UsageCharge } from '../invoices/usage-lines.ts';
import { amountOf, costOf } from '../prices/cost.ts';
import { productOf } from '../prices/text.ts';
import type { Period } from './periods.ts';
import {
  isFlexible,
  isMetered,
  itemPeriod,
  type Subscription,
  type SubscriptionItem,
} from './subscription.ts';

/** What an item is billed for: a period, which may be only a part of the whole that its price is for. */
export interface Span {
  readonly period: Period;
  readonly whole: Period;
}

/** What an item costs in advance for a whole period, in minor units of the subscription's currency; usage is not known. */
export function itemAmount(account: Account, item: SubscriptionItem, currency: string): number {
  return isMetered(item) ? 0 : amountOf(account, item.price, item.quantity ?? 1, currency);
}

/** What all items cost in advance for a whole period, before discounts. */
export function wholeAmount(account: Account, { items, currency }: Subscription): number {
  return items.data.reduce((sum, item) => sum + itemAmount(account, item, currency), 0);
}

/** The name people know an item by. */
function productName(account: Account, item: SubscriptionItem): string {
  return productOf(account, item.price).name;
}

/** The share of an amount that a part of a whole period has, to the nearest minor unit. */
export function shareOf(amount: number, currency: string, part: Period, whole: Period): number {
  const [length, all] = [part.end - part.start, whole.end - whole.start];
  if (length === all) return amount;
  return Number(scale(money(amount, currency), BigInt(Math.max(0, length)), BigInt(all)).minor);
}

/**
 * The lines of an item for a span that is paid in advance: several where its price has tiers, one where the span is only
 * a part, none for what is billed by usage.
 */
export function itemLines(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  { period, whole }: Span,
): InvoiceLine[] {
  if (isMetered(item)) return [];
  const { currency } = subscription;
  const charge = chargeOf(subscription, item, period);
  if (period.end - period.start === whole.end - whole.start)
    return costOf(account, item.price, item.quantity ?? 1, currency).map((part) =>
      lineOfPart(account, charge, part),
    );
  const amount = shareOf(itemAmount(account, item, currency), currency, period, whole);
  const words = `Time on ${countedName(account, item)} from ${dateText(period.start)} until ${dateText(period.end)}`;
  return [oneLine(account, charge, item, { amount, description: words, proration: true })];
}

/** The lines for what costs nothing yet: everything on trial, and what is billed by usage in classic mode. */
export function unpricedLines(account: Account, subscription: Subscription): InvoiceLine[] {
  const trials = subscription.status === 'trialing';
  const flexible = isFlexible(subscription);
  const unpriced = subscription.items.data.filter((item) => (isMetered(item) ? !flexible : trials));
  return unpriced.map((item) => {
    const { label, name } = productOf(account, item.price);
    const units = `0 ${label === null ? '' : `${label} `}× ${name}`;
    const ofTrial = flexible
      ? `Free trial for ${item.quantity ?? 1} × ${name}`
      : isMetered(item)
        ? `${units} (Free trial)`
        : `Trial period for ${name}`;
    const charge = chargeOf(subscription, item, itemPeriod(item));
    return oneLine(account, charge, item, { amount: 0, description: trials ? ofTrial : units });
  });
}

function oneLine(
  account: Account,
  { price, ...charge }: LineCharge,
  item: SubscriptionItem,
  said: { readonly amount: number; readonly description: string; readonly proration?: boolean },
): InvoiceLine {
  const quantity = item.quantity ?? 0;
  return newLine(account, {
    ...charge,
    ...said,
    pricing: pricingOf(account, price, charge.currency),
    quantity,
  });
}

type LineCharge = Omit<UsageCharge, 'customer' | 'window'>;

/** What the lines of an item over a period have in common. */
export function chargeOf(
  { id, currency, metadata }: Subscription,
  item: SubscriptionItem,
  period: Period,
): LineCharge {
  const { discounts, price, tax_rates: taxRates } = item;
  return {
    currency,
    discounts,
    metadata,
    period,
    price,
    subscription: id,
    subscriptionItem: item.id,
    taxRates: taxRates ?? [],
  };
}

/** An item by name, with how many where it is not one. */
export function countedName(account: Account, item: SubscriptionItem): string {
  return `${(item.quantity ?? 1) === 1 ? '' : `${item.quantity} × `}${productName(account, item)}`;
}

/** A day as Stripe's lines write it: 07 Mar 2026, UTC. */
export function dateText(at: number): string {
  const date = new Date(at * 1000);
  const month = date.toLocaleString('en-GB', { month: 'short', timeZone: 'UTC' });
  return `${String(date.getUTCDate()).padStart(2, '0')} ${month} ${date.getUTCFullYear()}`;
}
