import type { Account } from '../account.ts';
import type { InvoiceLine } from '../invoices/invoice.ts';
import { newLine, pricingOf } from '../invoices/lines.ts';
import { amountOf, costOf } from '../prices/cost.ts';
import { describeCost, productOf } from '../prices/text.ts';
import type { Subscription, SubscriptionItem } from './subscription.ts';

export interface Period {
  readonly start: number;
  readonly end: number;
}

/** What an item costs for a whole period, in minor units of the subscription's currency. */
export function itemAmount(account: Account, item: SubscriptionItem, currency: string): number {
  return amountOf(account, item.price, item.quantity, currency);
}

/** What all items cost for a whole period, before discounts. */
export function wholeAmount(account: Account, { items, currency }: Subscription): number {
  return items.data.reduce((sum, item) => sum + itemAmount(account, item, currency), 0);
}

/** The name people know an item by. */
export function productName(account: Account, item: SubscriptionItem): string {
  return productOf(account, item.price).name;
}

/** The lines of each item over a period, several where it has tiers, or of its trial, which costs nothing. */
export function periodLines(
  account: Account,
  subscription: Subscription,
  period: Period,
  trial = false,
): InvoiceLine[] {
  return subscription.items.data.flatMap((item) =>
    trial
      ? [trialLine(account, subscription, item, period)]
      : itemLines(account, subscription, item, { period, quantity: item.quantity }),
  );
}

function itemLines(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  { period, quantity }: { readonly period: Period; readonly quantity: number },
): InvoiceLine[] {
  const { currency } = subscription;
  return costOf(account, item.price, quantity, currency).map((part) =>
    newLine(account, {
      ...lineOf(subscription, item, period),
      amount: part.amount,
      description: describeCost(account, item.price, part, currency),
      pricing: { ...pricingOf(account, item.price, currency), unit_amount_decimal: part.unitAmountDecimal },
      quantity: part.quantity,
    }),
  );
}

function trialLine(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  period: Period,
): InvoiceLine {
  return newLine(account, {
    ...lineOf(subscription, item, period),
    amount: 0,
    description: `Trial period for ${productName(account, item)}`,
    pricing: pricingOf(account, item.price, subscription.currency),
    quantity: item.quantity,
  });
}

function lineOf({ id, currency, metadata }: Subscription, item: SubscriptionItem, period: Period) {
  const { discounts, tax_rates: taxRates } = item;
  return {
    currency,
    discounts,
    metadata,
    period,
    subscription: id,
    subscriptionItem: item.id,
    taxRates: taxRates ?? [],
  };
}
