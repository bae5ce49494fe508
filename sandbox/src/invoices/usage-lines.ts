import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { billableUsage, type Window } from '../meters/usage.ts';
import { type CostPart, costOf } from '../prices/cost.ts';
import type { Price } from '../prices/price.ts';
import { describeCost } from '../prices/text.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import type { Invoice, InvoiceLine } from './invoice.ts';
import { allLines } from './line-list.ts';
import { newLine, pricingOf } from './lines.ts';

/** Usage of a metered price that an invoice bills: what was used in a window, by the meter's count. */
export interface UsageCharge {
  readonly customer: string;
  readonly currency: string;
  readonly price: Price;
  /** What the lines say they are for. */
  readonly period: Window;
  /** What is counted. */
  readonly window: Window;
  readonly subscription: string;
  readonly subscriptionItem: string;
  readonly discounts: readonly string[];
  readonly taxRates: readonly Wire<Stripe.TaxRate>[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The lines a charge comes to with the usage that is known now. */
export function usageLines(account: Account, charge: UsageCharge): InvoiceLine[] {
  return partsOf(account, charge).map((part) => lineOfPart(account, charge, part));
}

/** A line as a price's cost makes it: one for the units and one for the flat fee of each tier, or just one. */
export function lineOfPart(
  account: Account,
  charge: Omit<UsageCharge, 'customer' | 'window'>,
  part: CostPart,
): InvoiceLine {
  const { currency, price, ...rest } = charge;
  return newLine(account, {
    ...rest,
    currency,
    amount: part.amount,
    description: describeCost(account, price, part, currency),
    pricing: { ...pricingOf(account, price, currency), unit_amount_decimal: part.unitAmountDecimal },
    quantity: part.quantity,
    quantityDecimal: part.quantityDecimal,
  });
}

function partsOf(account: Account, { customer, currency, price, window }: UsageCharge): CostPart[] {
  const meter = price.recurring?.meter ?? '';
  return costOf(account, price, billableUsage(account, meter, customer, window), currency);
}

/** What a draft bills by usage: until it is final, usage of its windows may still be reported. */
interface DraftUsage {
  /** The draft's id. */
  readonly id: string;
  readonly charges: readonly { readonly charge: UsageCharge; readonly lines: readonly string[] }[];
}
export const draftUsage: CollectionSpec<DraftUsage> = { name: 'draft_usage', indexes: {} };

/** Lines of charges for a draft, which are worked out again when it is finalized. */
export function draftUsageLines(
  account: Account,
  draft: string,
  charges: readonly UsageCharge[],
): InvoiceLine[] {
  if (charges.length === 0) return [];
  const made = charges.map((charge) => ({ charge, lines: usageLines(account, charge) }));
  const kept = made.map(({ charge, lines }) => ({ charge, lines: lines.map(({ id }) => id) }));
  account.of(draftUsage).put({ id: draft, charges: kept });
  return made.flatMap(({ lines }) => lines);
}

/** All lines of a draft that becomes final, with the usage reported since it was drafted. */
export function settledLines(account: Account, draft: Invoice): readonly InvoiceLine[] {
  const lines = allLines(account, draft);
  const usage = account.of(draftUsage).get(draft.id);
  if (!usage) return lines;
  account.of(draftUsage).delete(draft.id);
  return usage.charges.reduce(
    (now, { charge, lines: ids }) => withFreshUsage(account, now, charge, ids),
    lines,
  );
}

function withFreshUsage(
  account: Account,
  lines: readonly InvoiceLine[],
  charge: UsageCharge,
  ids: readonly string[],
): readonly InvoiceLine[] {
  const own = lines.filter((line) => ids.includes(line.id));
  const parts = partsOf(account, charge);
  const [first] = own;
  // Lines that the business took off the draft stay off; those whose usage is unchanged stay as they were edited.
  if (!first || isSame(own, parts)) return lines;
  const fresh = parts.map((part, at) => {
    const line = lineOfPart(account, charge, part);
    return { ...line, id: own[at]?.id ?? line.id };
  });
  return lines.flatMap((line) => {
    if (line.id === first.id) return fresh;
    return ids.includes(line.id) ? [] : [line];
  });
}

function isSame(lines: readonly InvoiceLine[], parts: readonly CostPart[]): boolean {
  const of = (list: readonly { readonly quantity_decimal: string | null }[]) =>
    list.map((one) => one.quantity_decimal).join();
  return of(lines) === of(parts.map((part) => ({ quantity_decimal: part.quantityDecimal })));
}
