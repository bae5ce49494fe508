import { isCurrency, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';
import { letterFields } from '../mail-texts.ts';
import { letterKinds, letterVariables } from './words.ts';

const letters = letterFields(letterKinds, letterVariables);

export const paymentSettings = z.strictObject({
  mostCards: z
    .number()
    .int()
    .min(1)
    .max(10)
    .default(3)
    .describe('So many saved cards are tried, the default first, then the one that was saved last.'),
  confirmHours: z
    .number()
    .int()
    .min(1)
    .max(336)
    .default(48)
    .describe(
      'So long a customer has to confirm a payment at their bank before it is canceled and the next card tried.',
    ),
  tellCustomer: z.boolean().default(true).describe('Mails the customer how it ended.'),
  cardPage: z
    .url({ protocol: /^https$/ })
    .nullable()
    .default(null)
    .describe('Where customers change their card: the login link of the customer portal.'),
  ...letters,
  templates: letters.templates.refine(
    (texts) => texts.every(({ kind, body }) => kind === 'confirm' || !/\{\{\s*link\s*\}\}/.test(body)),
    'Only the mail of the kind "confirm" has a {{link}}.',
  ),
});
export type PaymentSettings = z.infer<typeof paymentSettings>;

export const paymentInput = z
  .strictObject({
    customer: z
      .string()
      .regex(/^cus_\w+$/, 'A customer’s id: cus_….')
      .max(100)
      .describe('Who pays: cus_….'),
    amount: z.string().max(24).describe('In major units: "29.99".'),
    currency: z.string().trim().toLowerCase().refine(isCurrency, 'Use an ISO 4217 code.').describe('`usd`'),
    description: z
      .string()
      .trim()
      .min(1)
      .max(500)
      .optional()
      .describe('What it is for; the customer sees it.'),
  })
  .superRefine(({ amount, currency }, context) => {
    try {
      if (isCurrency(currency) && parseMoney(amount, currency).minor > 0n) return;
      context.addIssue({ code: 'custom', path: ['amount'], message: 'The amount must be more than zero.' });
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      context.addIssue({ code: 'custom', path: ['amount'], message: error.message });
    }
  });
export type PaymentInput = z.infer<typeof paymentInput>;
