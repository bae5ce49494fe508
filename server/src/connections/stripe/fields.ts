import { z } from 'zod';

/** Fields that many tools share, each described for the model. */

export const customerField = z
  .string()
  .min(1)
  .max(320)
  .describe(
    'The customer: id ("cus_…"), e-mail address, or name as it stands in Stripe. Several matches are reported.',
  );

export const productField = z
  .string()
  .min(1)
  .max(250)
  .describe('The product: id ("prod_…") or its name as it stands in Stripe.');

export const priceField = z.string().min(1).max(100).describe('The price id ("price_…").');

export const amountField = z
  .string()
  .min(1)
  .max(24)
  .describe('Amount in major units as a decimal string, never in cents: "29.99", or "1000" for 1,000 yen.');

export const currencyField = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .describe('ISO 4217 currency code in lower case: "usd", "eur", "jpy".');

export const intervalField = z
  .enum(['day', 'week', 'month', 'year'])
  .describe('How often it is billed. "month" for monthly, "year" for yearly.');

export const intervalCountField = z
  .number()
  .int()
  .min(1)
  .max(36)
  .describe('Number of intervals between bills: 3 with interval "month" is quarterly. Default 1.');

export const limitField = z
  .number()
  .int()
  .min(1)
  .max(1000)
  .describe('How many rows to show, newest first. Default 10. It does not limit counts or totals.');

export const countAllField = z
  .boolean()
  .describe(
    'true: go through everything, so that the count and the totals are complete. Use it for "how many" and sums.',
  );

const isoDate = 'ISO date such as "2026-03-01", or date and time with offset';

export const createdField = z
  .union([
    z
      .string()
      .min(1)
      .max(60)
      .describe(
        'In words: "today", "yesterday", "this month", "last month", "last 24 hours", "last 7 days", "2026-03", "2025".',
      ),
    z.strictObject({
      from: z.string().max(40).optional().describe(`Start, inclusive: ${isoDate}.`),
      to: z.string().max(40).optional().describe(`End, exclusive: ${isoDate}.`),
    }),
  ])
  .describe("When it was created, in the account's time zone: words, or {from, to}.");

/** A moment that is not a period; read by `momentFor`. */
export const momentField = z.string().min(8).max(40).describe(`${isoDate}.`);

export const metadataField = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .describe('Further facts to keep on the object, as text values by key.');

/** A reference by id of one type. */
export function idField(what: string, prefix: string) {
  return z.string().min(1).max(100).describe(`The ${what} id ("${prefix}…").`);
}

/** Free text of a length Stripe takes. */
export function textField(description: string, max = 500) {
  return z.string().min(1).max(max).describe(description);
}
