import { money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { type Price, type Tier, tiersOf, unitAmountDecimal } from './price.ts';

/** One line's worth of what a quantity costs; a tiered price has one for the units and one for the flat fee of each tier. */
export interface CostPart {
  /** Minor units, rounded half away from zero: each part is a line, and Stripe rounds lines. */
  readonly amount: number;
  /** The units it is about; 0 for a flat fee. */
  readonly quantity: number;
  /** Minor units as exact decimal text; null for a flat fee. */
  readonly unitAmountDecimal: string | null;
  /** The number of the tier, from 1; null when the price has none. */
  readonly tier: number | null;
}

/**
 * What a quantity of a price costs in a currency.
 * @throws StripeFault 400 when the price has no amount in the currency.
 */
export function costOf(account: Account, price: Price, quantity: number, currency: string): CostPart[] {
  if (price.billing_scheme === 'tiered') {
    const tiers = tiersOf(account, price, currency);
    if (!tiers) throw otherCurrency(price, currency);
    return tieredCost(tiers, price.tiers_mode === 'volume' ? 'volume' : 'graduated', quantity, currency);
  }
  const unit = unitAmountDecimal(account, price, currency);
  if (unit === null) throw otherCurrency(price, currency);
  const amount = amountFor(unit, transformed(price, quantity), currency);
  return [{ amount, quantity, unitAmountDecimal: unit, tier: null }];
}

/** The sum of a cost, in minor units. */
export function amountOf(account: Account, price: Price, quantity: number, currency: string): number {
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
  quantity: number,
  currency: string,
): CostPart[] {
  const parts: CostPart[] = [];
  let before = 0;
  for (const [at, tier] of tiers.entries()) {
    const end = tier.up_to ?? Number.MAX_SAFE_INTEGER;
    const isLastReached = quantity <= end;
    if (mode === 'graduated' || isLastReached) {
      const units = mode === 'volume' ? quantity : Math.min(quantity, end) - before;
      parts.push(...tierParts(tier, at + 1, units, currency));
    }
    if (isLastReached) break;
    before = end;
  }
  return parts;
}

function tierParts(tier: Tier, number: number, quantity: number, currency: string): CostPart[] {
  const unit = tier.unit_amount_decimal ?? '0';
  const units = {
    amount: amountFor(unit, quantity, currency),
    quantity,
    unitAmountDecimal: unit,
    tier: number,
  };
  if (tier.flat_amount_decimal === null) return [units];
  const flat = amountFor(tier.flat_amount_decimal, 1, currency);
  return [units, { amount: flat, quantity: 0, unitAmountDecimal: null, tier: number }];
}

/** The units that are charged: whole packages where the price sells those. */
function transformed(price: Price, quantity: number): number {
  const packages = price.transform_quantity;
  if (!packages) return quantity;
  const whole = Math.floor(quantity / packages.divide_by);
  const rest = quantity % packages.divide_by;
  return packages.round === 'up' && rest > 0 ? whole + 1 : whole;
}

function amountFor(unit: string, quantity: number, currency: string): number {
  const [digits = '0', fraction = ''] = unit.split('.');
  const exact = money(BigInt(digits + fraction), currency);
  return Number(scale(exact, BigInt(quantity), 10n ** BigInt(fraction.length)).minor);
}

function otherCurrency(price: Price, currency: string) {
  return refused(
    'currency',
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
  );
}
