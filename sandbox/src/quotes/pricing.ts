import type { Account } from '../account.ts';
import {
  type DueNow,
  type ItemTotals,
  itemsOf,
  lineItems,
  priceItems,
  priceOf,
  type StoredItem,
} from '../checkout/items.ts';
import { existingCustomer } from '../customers.ts';
import { type Reduction, reductionsOf } from '../discounts.ts';
import { randomText } from '../ids.ts';
import type { Exemption } from '../invoices/totals.ts';
import { roughSeconds } from '../subscriptions/periods.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { type Quote, recurringOwner, upfrontOwner } from './quote.ts';

/** The quote with what its items come to: in full, at first, and from then on. The items are stored with their amounts. */
export function withAmounts(account: Account, quote: Quote, items: readonly StoredItem[]): Quote {
  const whole = priced(account, quote, items, { of: quote.id });
  const upfront = priced(account, quote, items, {
    of: upfrontOwner(quote.id),
    dueNow: (price, amount) =>
      price.recurring && quote.subscription_data.trial_period_days !== null ? 0 : amount,
  });
  return {
    ...quote,
    amount_subtotal: whole.subtotal,
    amount_total: whole.total,
    computed: {
      recurring: recurring(account, quote, items),
      upfront: {
        amount_subtotal: upfront.subtotal,
        amount_total: upfront.total,
        total_details: detailsOf(upfront),
      },
    },
    total_details: detailsOf(whole),
  };
}

/** What is billed over and over: the items with the shortest interval, with discounts that never end. */
function recurring(
  account: Account,
  quote: Quote,
  items: readonly StoredItem[],
): Quote['computed']['recurring'] {
  const intervals = items.flatMap((item) => priceOf(account, item).recurring ?? []);
  const shortest = intervals.toSorted((a, b) => roughSeconds(a) - roughSeconds(b))[0];
  const due = items.filter((item) => {
    const { recurring: own } = priceOf(account, item);
    return shortest && own?.interval === shortest.interval && own.interval_count === shortest.interval_count;
  });
  const totals = priced(account, quote, due, { of: recurringOwner(quote.id), lastsFor: 'forever' });
  if (!shortest) return null;
  return {
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    interval: shortest.interval,
    interval_count: shortest.interval_count,
    total_details: detailsOf(totals),
  };
}

interface How {
  /** Whose the priced items are. */
  readonly of: string;
  readonly dueNow?: DueNow;
  /** Leaves out discounts that end. */
  readonly lastsFor?: 'forever';
}

function priced(account: Account, quote: Quote, items: readonly StoredItem[], how: How): ItemTotals {
  for (const { id } of itemsOf(account, how.of)) account.of(lineItems).delete(id);
  const lasting = (reductions: Reduction[]) =>
    how.lastsFor === undefined
      ? reductions
      : reductions.filter(({ coupon }) => coupon.duration === how.lastsFor);
  const own = items.map((item) =>
    how.of === quote.id
      ? item
      : {
          ...item,
          id: `li_1${randomText(23)}`,
          owner: how.of,
          own_discounts: lasting(reductionsOf(account, item.own_discounts ?? [], 0)).map(
            ({ discount }) => discount,
          ),
        },
  );
  const totals = priceItems(account, own, {
    currency: quote.currency ?? '',
    discounts: lasting(reductionsOf(account, quote.discounts, 0)),
    defaultRates: existingTaxRates(account, quote.default_tax_rates, 'default_tax_rates'),
    dueNow: how.dueNow ?? ((_price, amount) => amount),
    exemption: exemptionOf(account, quote),
  });
  for (const item of totals.items) account.of(lineItems).put(item);
  return totals;
}

function exemptionOf(account: Account, { customer }: Quote): Exemption {
  const exempt = customer === null ? 'none' : existingCustomer(account, customer).tax_exempt;
  if (exempt === 'exempt') return 'exempt';
  return exempt === 'reverse' ? 'reverse' : 'none';
}

function detailsOf({ discount, tax }: ItemTotals): Quote['total_details'] {
  return { amount_discount: discount, amount_shipping: 0, amount_tax: tax };
}
