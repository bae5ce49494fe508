import { z } from 'zod';
import { reminderFields } from '../mail-texts.ts';
import { letterVariables } from './words.ts';

export const letterKinds = ['first', 'reminder', 'last'] as const;
export type LetterKind = (typeof letterKinds)[number];

export const dunningSettings = z.strictObject({
  steps: z
    .array(z.strictObject({ afterDays: z.number().int().min(0).max(90) }))
    .min(1)
    .max(6)
    .refine(
      (steps) =>
        steps.every(({ afterDays }, index) => index === 0 || afterDays > (steps[index - 1]?.afterDays ?? 0)),
      'Each mail comes later than the one before.',
    )
    .default([{ afterDays: 0 }, { afterDays: 3 }, { afterDays: 7 }])
    .describe('A mail for each, so many days after the payment failed.'),
  withinHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(72)
    .describe('Also looks for payments that failed in the last so many hours, in case no event told.'),
  retrySoonHours: z
    .number()
    .int()
    .min(0)
    .max(72)
    .default(12)
    .describe('When Stripe tries again within so many hours, the mail waits for what comes of it.'),
  apartHours: z
    .number()
    .int()
    .min(0)
    .max(336)
    .default(20)
    .describe('A customer with several unpaid invoices gets one mail in so many hours at most.'),
  followDays: z
    .number()
    .int()
    .min(1)
    .max(90)
    .default(30)
    .describe('So many days after the last mail it still watches whether the invoice is paid.'),
  cardPage: z
    .url({ protocol: /^https$/ })
    .nullable()
    .default(null)
    .describe(
      'Where customers change their card: the login link of the customer portal. Without it the invoice’s own page is linked. To authenticate they are always sent to the invoice’s page.',
    ),
  ...reminderFields(letterKinds, letterVariables),
});
export type DunningSettings = z.infer<typeof dunningSettings>;

/** Which of the three the n-th mail is, counted from 1. */
export function letterKind(step: number, steps: number): LetterKind {
  if (step === 1) return 'first';
  return step === steps ? 'last' : 'reminder';
}
