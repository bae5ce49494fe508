import type { Account } from '../account.ts';
import type { InvoiceLine } from '../invoices/invoice.ts';
import { newLine, pricingOf } from '../invoices/lines.ts';
import { lineOfPart, type UsageCharge } from '../invoices/usage-lines.ts';
import { amountOf, costOf } from '../prices/cost.ts';
import { productOf } from '../prices/text.ts';
import { isMetered, type Subscription, type SubscriptionItem } from './subscription.ts';

export interface Period {
  readonly start: number;
  readonly end: number;
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
export function productName(account: Account, item: SubscriptionItem): string {
  return productOf(account, item.price).name;
}

/** The lines of a period that is paid in advance, several for an item with tiers; usage is billed when it is over. */
export function periodLines(account: Account, subscription: Subscription, period: Period): InvoiceLine[] {
  const { currency } = subscription;
  return subscription.items.data.flatMap((item) =>
    isMetered(item)
      ? []
      : costOf(account, item.price, item.quantity ?? 1, currency).map((part) =>
          lineOfPart(account, chargeOf(subscription, item, period), part),
        ),
  );
}

/** The lines a subscription begins with: a first period or its trial, and nothing yet for what is billed by usage. */
export function openingLines(
  account: Account,
  subscription: Subscription,
  period: Period,
  trial: boolean,
): InvoiceLine[] {
  const classic = subscription.billing_mode.type === 'classic';
  const { data } = subscription.items;
  const unpriced = data.filter((item) => (isMetered(item) ? classic : trial));
  const priced = trial ? [] : periodLines(account, subscription, period);
  return [...priced, ...unpriced.map((item) => emptyLine(account, subscription, item, period, trial))];
}

function emptyLine(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  period: Period,
  trial: boolean,
): InvoiceLine {
  const { price: _, ...rest } = chargeOf(subscription, item, period);
  const { name, label } = productOf(account, item.price);
  const units = `0 ${label === null ? '' : `${label} `}× ${name}`;
  const ofTrial = isMetered(item) ? `${units} (Free trial)` : `Trial period for ${name}`;
  return newLine(account, {
    ...rest,
    amount: 0,
    description: trial ? ofTrial : units,
    pricing: pricingOf(account, item.price, subscription.currency),
    quantity: item.quantity ?? 0,
  });
}

/** What the lines of an item over a period have in common. */
export function chargeOf(
  { id, currency, metadata }: Subscription,
  item: SubscriptionItem,
  period: Period,
): Omit<UsageCharge, 'customer' | 'window'> {
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
