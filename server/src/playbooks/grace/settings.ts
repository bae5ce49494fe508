import { z } from 'zod';
import { reminderFields } from '../mail-texts.ts';
import { actions, letterKinds, letterVariables } from './words.ts';

export const graceSettings = z
  .strictObject({
    graceDays: z
      .number()
      .int()
      .min(1)
      .max(180)
      .default(14)
      .describe('So many days after a payment failed the subscription is left as it is.'),
    warnDaysBefore: z
      .number()
      .int()
      .min(0)
      .max(60)
      .default(3)
      .describe('So many days before the end the customer is warned by mail. 0: not at all.'),
    action: z
      .enum(actions)
      .default('pause')
      .describe('What then happens: move it to a smaller price, stop collecting it, or end it.'),
    price: z
      .string()
      .regex(/^price_\w+$/, 'A price’s id: price_….')
      .max(100)
      .nullable()
      .default(null)
      .describe('The recurring price that a downgrade moves it to.'),
    restore: z.boolean().default(true).describe('Sets a downgrade or pause back once the invoice is paid.'),
    restoreDays: z
      .number()
      .int()
      .min(1)
      .max(365)
      .default(60)
      .describe('So many days after the end a payment still restores it.'),
    tellCustomer: z
      .boolean()
      .default(true)
      .describe('Mails the customer when it has happened, and when it is set back.'),
    ...reminderFields(letterKinds, letterVariables),
  })
  .superRefine(({ action, price, warnDaysBefore, graceDays }, context) => {
    if (action === 'downgrade' && price === null)
      context.addIssue({
        code: 'custom',
        path: ['price'],
        message: 'A downgrade needs the price to move to.',
      });
    if (warnDaysBefore >= graceDays)
      context.addIssue({
        code: 'custom',
        path: ['warnDaysBefore'],
        message: 'Warn within the days of grace.',
      });
  });
export type GraceSettings = z.infer<typeof graceSettings>;
