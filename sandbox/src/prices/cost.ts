import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { decimalText, packagesIn, roundedProduct, trillionths, wholePart } from './decimal.ts';
import { type Price, type Tier, tiersOf, unitAmountDecimal } from './price.ts';

/** One line's worth of what a quantity costs; a tiered price has one for the units and one for the flat fee of each tier. */
export interface CostPart {
  /** Minor units, rounded half away from zero: each part is a line, and Stripe rounds lines. */
  readonly amount: number;
  /** The whole part of the units it is about; 0 for a flat fee. */
  readonly quantity: number;
  /** The units with their fraction, as exact decimal text. */
  readonly quantityDecimal: string;
  /** Minor units as exact decimal text; null for a flat fee. */
  readonly unitAmountDecimal: string | null;
  /** The number of the tier, from 1; null when the price has none. */
  readonly tier: number | null;
}

/** A number of units; as text when it may have a fraction, exact to twelve places. */
export type Quantity = number | string;

/**
 * What a quantity of a price costs in a currency.
 * @throws StripeFault 400 when the price has no amount in the currency.
 */
export function costOf(account: Account, price: Price, quantity: Quantity, currency: string): CostPart[] {
  if (price.billing_scheme === 'tiered') {
    const tiers = tiersOf(account, price, currency);
    if (!tiers) throw otherCurrency(price, currency);
    return tieredCost(tiers, price.tiers_mode === 'volume' ? 'volume' : 'graduated', quantity);
  }
  const unit = unitAmountDecimal(account, price, currency);
  if (unit === null) throw otherCurrency(price, currency);
  const units = trillionths(quantity);
  const packages = price.transform_quantity;
  const charged = packages
    ? packagesIn(units, packages.divide_by, packages.round === 'up' ? 'up' : 'down')
    : units;
  return [{ ...unitsPart(unit, units, null), amount: roundedProduct(trillionths(unit), charged) }];
}

/** The sum of a cost, in minor units. */
export function amountOf(account: Account, price: Price, quantity: Quantity, currency: string): number {
  return costOf(account, price, quantity, currency).reduce((sum, part) => sum + part.amount, 0);
}

/**
 * What a quantity costs by tiers. Graduated: each unit at the price of the tier it falls into, and the flat fee of every
 * tier that was reached. Volume: all units at the price of the tier that the whole falls into. The first tier's flat fee
 * is due even for a quantity of 0.
 */
export function tieredCost(
  tiers: readonly Tier[],
  mode: 'graduated' | 'volume',
  quantity: Quantity,
): CostPart[] {
  const whole = trillionths(quantity);
  const parts: CostPart[] = [];
  let before = 0n;
  for (const [at, tier] of tiers.entries()) {
    const end = tier.up_to === null ? whole : trillionths(tier.up_to);
    const isLastReached = whole <= end;
    if (mode === 'graduated') parts.push(...tierParts(tier, at + 1, (isLastReached ? whole : end) - before));
    else if (isLastReached) parts.push(...tierParts(tier, at + 1, whole));
    if (isLastReached) break;
    before = end;
  }
  return parts;
}

function tierParts(tier: Tier, number: number, units: bigint): CostPart[] {
  const part = unitsPart(tier.unit_amount_decimal ?? '0', units, number);
  if (tier.flat_amount === null) return [part];
  const flat: CostPart = {
    amount: tier.flat_amount,
    quantity: 0,
    quantityDecimal: '0',
    unitAmountDecimal: null,
    tier: number,
  };
  return [part, flat];
}

function unitsPart(unit: string, units: bigint, tier: number | null): CostPart {
  return {
    amount: roundedProduct(trillionths(unit), units),
    quantity: wholePart(units),
    quantityDecimal: decimalText(units),
    unitAmountDecimal: unit,
    tier,
  };
}

function otherCurrency(price: Price, currency: string) {
  return refused(
    'currency',
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
  );
}
