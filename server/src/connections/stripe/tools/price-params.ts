import { z } from 'zod';
import { amountFrom, spoken, toStripe } from '../amounts.ts';
import type { intervalField } from '../fields.ts';
import { rhythm } from '../views/catalogue.ts';

type Interval = z.infer<typeof intervalField>;

/** A price as Stripe takes it, without the product it goes to. */
export const sealedPrice = z.object({
  unit_amount: z.number().int(),
  currency: z.string(),
  recurring: z
    .object({ interval: z.enum(['day', 'week', 'month', 'year']), interval_count: z.number().int() })
    .optional(),
});

interface PriceInput {
  readonly amount: string;
  readonly currency: string;
  readonly interval?: Interval | undefined;
  readonly interval_count?: number | undefined;
}

/** Reads a price from what a model gave. @throws ToolError `invalid_amount` */
export function priceParams(input: PriceInput): z.infer<typeof sealedPrice> {
  const amount = amountFrom(input.amount, input.currency, { allowZero: true });
  return {
    unit_amount: toStripe(amount),
    currency: amount.currency,
    ...(input.interval && {
      recurring: { interval: input.interval, interval_count: input.interval_count ?? 1 },
    }),
  };
}

/** `$29.99 monthly`. */
export function priceWords(price: z.infer<typeof sealedPrice>): string {
  return `${spoken(price.unit_amount, price.currency)} ${rhythm(price.recurring ?? null) ?? 'once'}`;
}
