import Stripe from 'stripe';
import { z } from 'zod';
import { ToolError } from '../../../tools/tool.ts';
import { amountFrom, spoken, spokenUnit, toStripe, type UnitAmount, unitAmountFrom } from '../amounts.ts';
import { amountField, type intervalField } from '../fields.ts';
import { rhythm } from '../views/catalogue.ts';

type Interval = z.infer<typeof intervalField>;

const sealedUnit = z.object({
  unit_amount: z.number().int().optional(),
  /** In minor units, with decimals. */
  unit_amount_decimal: z.string().optional(),
});

/** A price as Stripe takes it, without the product it goes to. */
export const sealedPrice = sealedUnit.extend({
  currency: z.string(),
  recurring: z
    .object({
      interval: z.enum(['day', 'week', 'month', 'year']),
      interval_count: z.number().int(),
      usage_type: z.literal('metered').optional(),
      meter: z.string().optional(),
    })
    .optional(),
  billing_scheme: z.literal('tiered').optional(),
  tiers_mode: z.enum(['graduated', 'volume']).optional(),
  tiers: z
    .array(
      sealedUnit.extend({
        up_to: z.union([z.number().int(), z.literal('inf')]),
        flat_amount: z.number().int().optional(),
      }),
    )
    .optional(),
});

export type SealedPrice = z.infer<typeof sealedPrice>;

/** One step of a tiered price, as a model gives it. */
export const tierField = z
  .strictObject({
    up_to: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('The last unit of this tier. Left out on the last tier, which has no end.'),
    amount: amountField.optional().describe('Per unit in this tier, in major units: "0.50", or "0.0025".'),
    flat: amountField.optional().describe('Once for reaching this tier, in major units: "10.00".'),
  })
  .refine(({ amount, flat }) => amount !== undefined || flat !== undefined, 'A tier needs amount or flat.');

export type Tier = z.infer<typeof tierField>;

interface PriceInput {
  readonly amount?: string | undefined;
  readonly currency: string;
  readonly interval?: Interval | undefined;
  readonly interval_count?: number | undefined;
  readonly tiers?: readonly Tier[] | undefined;
  readonly tiers_mode?: 'graduated' | 'volume' | undefined;
  /** The id of the meter that counts what is billed. */
  readonly meter?: string | undefined;
}

/** Tiers in rising order, the last one open. @throws ToolError `invalid_tiers` */
function tiersFrom(tiers: readonly Tier[], currency: string): NonNullable<SealedPrice['tiers']> {
  return tiers.map(({ up_to: upTo, amount, flat }, index) => {
    const isLast = index === tiers.length - 1;
    const rises = upTo === undefined || upTo > (tiers[index - 1]?.up_to ?? 0);
    if ((upTo === undefined) !== isLast || !rises) {
      throw new ToolError('invalid_tiers', `Tier ${index + 1} does not follow on the one before it.`, {
        next: 'Give the tiers in rising order of up_to, and leave up_to out on the last one only.',
      });
    }
    return {
      up_to: upTo ?? ('inf' as const),
      ...(amount !== undefined && unitAmountFrom(amount, currency)),
      ...(flat !== undefined && {
        flat_amount: toStripe(amountFrom(flat, currency, { allowZero: true })),
      }),
    };
  });
}

/** Only usage costs less than the smallest coin a unit: anything else that fine is a slip. */
function unitOf({ amount = '', meter }: PriceInput, currency: string): UnitAmount {
  if (meter !== undefined) return unitAmountFrom(amount, currency);
  return { unit_amount: toStripe(amountFrom(amount, currency, { allowZero: true })) };
}

/** Reads a price from what a model gave. @throws ToolError `invalid_amount`, `invalid_tiers` */
export function priceParams(input: PriceInput): SealedPrice {
  const { currency } = amountFrom('0', input.currency, { allowZero: true });
  return {
    ...(input.tiers
      ? {
          billing_scheme: 'tiered',
          tiers_mode: input.tiers_mode ?? 'graduated',
          tiers: tiersFrom(input.tiers, currency),
        }
      : unitOf(input, currency)),
    currency,
    ...(input.interval && {
      recurring: {
        interval: input.interval,
        interval_count: input.interval_count ?? 1,
        ...(input.meter && { usage_type: 'metered', meter: input.meter }),
      },
    }),
  };
}

type SealedUnit = z.infer<typeof sealedUnit>;

function sdkUnit<T extends SealedUnit>({ unit_amount_decimal: decimal, ...rest }: T) {
  return { ...rest, ...(decimal !== undefined && { unit_amount_decimal: Stripe.Decimal.from(decimal) }) };
}

/** The same as the SDK takes it. */
export function sdkPrice({ tiers, ...price }: SealedPrice): Stripe.PriceCreateParams {
  return { ...sdkUnit(price), ...(tiers && { tiers: tiers.map(sdkUnit) }) };
}

function unitWords({ unit_amount, unit_amount_decimal: decimal }: SealedUnit, currency: string): string {
  if (decimal !== undefined) return spokenUnit({ unit_amount_decimal: decimal }, currency);
  return spoken(unit_amount ?? 0, currency);
}

/** `$29.99 monthly`, `tiered monthly`, `$0.01 per unit used, monthly`. */
export function priceWords(price: SealedPrice): string {
  const used = price.recurring?.usage_type ? ' per unit used,' : '';
  const unit = price.tiers ? 'tiered' : unitWords(price, price.currency);
  return `${unit}${used} ${rhythm(price.recurring ?? null) ?? 'once'}`;
}

/** Each tier as a person reads it: `Units 1 to 100` → `$0.50 each, $10.00 at once`. */
export function tierFacts({ tiers = [], currency }: SealedPrice): { label: string; value: string }[] {
  return tiers.map((tier, index) => {
    const before = tiers[index - 1]?.up_to;
    const from = typeof before === 'number' ? before + 1 : 1;
    const hasUnit = tier.unit_amount !== undefined || tier.unit_amount_decimal !== undefined;
    const parts = [
      ...(hasUnit ? [`${unitWords(tier, currency)} each`] : []),
      ...(tier.flat_amount === undefined ? [] : [`${spoken(tier.flat_amount, currency)} at once`]),
    ];
    return {
      label: tier.up_to === 'inf' ? `Units from ${from}` : `Units ${from} to ${tier.up_to}`,
      value: parts.join(', '),
    };
  });
}
