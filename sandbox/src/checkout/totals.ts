import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import { chargeLimits } from '../charges/amounts.ts';
import { existingCustomer } from '../customers.ts';
import { type Discount, reductionsOf } from '../discounts.ts';
import type { Exemption } from '../invoices/totals.ts';
import { refused } from '../resource.ts';
import { anchorFrom } from '../subscriptions/anchors.ts';
import { anchorConfig, trialEndAfter } from '../subscriptions/compose.ts';
import { shareOf } from '../subscriptions/lines.ts';
import { naturalPeriod } from '../subscriptions/periods.ts';
import { existingTaxRates } from '../tax-rates.ts';
import {
  type DueNow,
  type ItemTax,
  lineItems,
  type PricingInput,
  priceItems,
  type StoredItem,
} from './items.ts';
import type { SessionParams } from './params.ts';
import type { Session, SessionTerms } from './session.ts';

/** Prices the items anew, stores them, and answers the session with what they come to. Throws for impossible totals. */
export function withTotals(
  account: Account,
  session: Session,
  terms: SessionTerms,
  items: readonly StoredItem[],
): Session {
  if (session.mode === 'setup' || session.currency === null) return session;
  const totals = priceItems(account, items, sessionPricing(account, session, terms));
  for (const item of totals.items) account.of(lineItems).put(item);
  const shipping = session.shipping_cost?.amount_total ?? 0;
  const total = totals.total + shipping;
  if (session.mode === 'payment') checkTotal(total, session.currency);
  return {
    ...session,
    amount_subtotal: totals.subtotal,
    amount_total: total,
    total_details: {
      amount_discount: totals.discount,
      amount_shipping: shipping,
      amount_tax: totals.tax,
    },
  };
}

/** By what rules the items of a session are priced. */
export function sessionPricing(account: Account, session: Session, terms: SessionTerms): PricingInput {
  const rates = terms.params.subscription_data?.default_tax_rates ?? [];
  return {
    currency: session.currency ?? '',
    // A coupon that is over by now still counts, since it was agreed on.
    discounts: reductionsOf(account, terms.discounts, 0),
    defaultRates: existingTaxRates(account, rates, 'subscription_data[default_tax_rates]'),
    dueNow: dueNow(account, terms.params),
    exemption: exemptionOf(account, session),
  };
}

function exemptionOf(account: Account, { customer }: Session): Exemption {
  const exempt = customer === null ? 'none' : existingCustomer(account, customer).tax_exempt;
  if (exempt === 'exempt') return 'exempt';
  return exempt === 'reverse' ? 'reverse' : 'none';
}

interface Breakdown {
  readonly discounts: { readonly amount: number; readonly discount: Discount }[];
  readonly taxes: ItemTax[];
}

/** How the total is made up, by discount and by tax rate: what `total_details.breakdown` shows. */
export function breakdownOf(items: readonly StoredItem[]): Breakdown {
  const discounts = new Map<string, Breakdown['discounts'][number]>();
  const taxes = new Map<string, ItemTax>();
  for (const item of items) {
    for (const { amount, discount } of item.discounts) {
      const before = discounts.get(discount.id)?.amount ?? 0;
      discounts.set(discount.id, { amount: before + amount, discount });
    }
    for (const tax of item.taxes) {
      const before = taxes.get(tax.rate.id);
      taxes.set(tax.rate.id, {
        ...tax,
        amount: tax.amount + (before?.amount ?? 0),
        taxable_amount: (tax.taxable_amount ?? 0) + (before?.taxable_amount ?? 0),
      });
    }
  }
  return { discounts: [...discounts.values()], taxes: [...taxes.values()] };
}

/** When the first period that is paid for begins, in seconds, if not at once. */
export function trialEndOf(account: Account, params: SessionParams): number | undefined {
  const data = params.subscription_data;
  return data?.trial_end ?? trialEndAfter(account, data?.trial_period_days);
}

/** Nothing of a recurring price is due in a trial, and only a part of it when the billing date comes later. */
function dueNow(account: Account, params: SessionParams): DueNow {
  const now = account.now();
  const { proration_behavior: behavior, ...data } = params.subscription_data ?? {};
  const trial = trialEndOf(account, params) !== undefined;
  return (price, amount) => {
    if (!price.recurring) return amount;
    if (trial) return 0;
    const { billing_cycle_anchor_config: config } = data;
    const anchor = config
      ? anchorFrom(anchorConfig(config), now, price.recurring)
      : data.billing_cycle_anchor;
    if (anchor === undefined || anchor <= now) return amount;
    if (behavior === 'none') return 0;
    const whole = naturalPeriod(anchor, price.recurring, now);
    return shareOf(amount, price.currency, { start: now, end: whole.end }, whole);
  };
}

/** Throws Stripe's 400 for a total that cannot be charged; nothing to pay is fine. */
function checkTotal(total: number, currency: string): void {
  const { least, most } = chargeLimits(currency);
  const said = (amount: number) => `${formatMoney(money(amount, currency))} ${currency}`;
  if (total > 0 && total < least)
    throw refused(
      'line_items',
      `The Checkout Session's total amount due must add up to at least ${said(least)}`,
      'amount_too_small',
    );
  if (total > most)
    throw refused(
      'line_items',
      `The Checkout Session's total amount due must be no more than ${formatMoney(money(most, currency))}.`,
      'amount_too_large',
    );
}
