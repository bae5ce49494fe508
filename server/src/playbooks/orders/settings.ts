import { isCurrency, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';
import { letterFields } from '../mail-texts.ts';
import { letterKinds, letterVariables } from './words.ts';

export const orderSettings = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .default(null)
    .describe(
      'Where an order that is paid is posted to, signed (Standard Webhooks), again and again until it answers with 2xx. Empty: nobody is told.',
    ),
  secretVersion: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(1)
    .describe('Raise it by one to sign with another secret.'),
  confirm: z.boolean().default(true).describe('Mails the customer a confirmation once the order is paid.'),
  tellChanges: z
    .boolean()
    .default(true)
    .describe('Mails the customer when their card was declined for an order, and when an order is refunded.'),
  followDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .default(90)
    .describe('For so many days after the payment, refunds and disputes are passed on to the endpoint.'),
  ...letterFields(letterKinds, letterVariables),
});
export type OrderSettings = z.infer<typeof orderSettings>;

const currencyText = z
  .string()
  .trim()
  .toLowerCase()
  .refine(isCurrency, 'Use an ISO 4217 code.')
  .describe('`usd`');

const item = z
  .strictObject({
    price: z
      .string()
      .regex(/^price_\w+$/, 'A price’s id: price_….')
      .max(100)
      .optional()
      .describe('A one-time price at Stripe: price_…. Either this, or name, amount and currency.'),
    name: z.string().trim().min(1).max(200).optional().describe('What it is, as the customer reads it.'),
    amount: z.string().trim().max(24).optional().describe('What one costs, in major units: "29.99".'),
    currency: currencyText.optional(),
    quantity: z.number().int().min(1).max(10_000).default(1).describe('How many. Default 1.'),
  })
  .superRefine(({ price, name, amount, currency }, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (price !== undefined) {
      if (name ?? amount ?? currency) wrong('price', 'A price brings its own name, amount and currency.');
      return;
    }
    if (name === undefined) wrong('name', 'Give a price, or a name with amount and currency.');
    if (currency === undefined) wrong('currency', 'Say in which currency the amount is.');
    if (amount === undefined) return wrong('amount', 'Say what one of it costs, such as "29.99".');
    try {
      if (currency === undefined || !isCurrency(currency)) return;
      if (parseMoney(amount, currency).minor <= 0n) wrong('amount', 'The amount must be more than zero.');
    } catch (error) {
      if (!(error instanceof MoneyError)) throw error;
      wrong('amount', error.message);
    }
  });

const email = z.email().max(254);
const customerId = z
  .string()
  .regex(/^cus_\w+$/, 'A customer’s id: cus_….')
  .max(100);

export const orderInput = z.strictObject({
  customer: z
    .union(
      [
        customerId,
        email,
        z.strictObject({ id: customerId }),
        z.strictObject({ email, name: z.string().trim().min(1).max(256).optional() }),
      ],
      'Give a customer’s id (cus_…), an e-mail address, or {email, name}.',
    )
    .describe('Who buys: an id (cus_…), an e-mail address, or {email, name}. Who is not known is created.'),
  items: z.array(item).min(1, 'An order has at least one item.').max(50).describe('What is bought.'),
  paymentMethod: z
    .string()
    .min(3)
    .max(100)
    .optional()
    .describe(
      'Charged at once: a payment method (pm_…), in test mode a test card (pm_card_visa). Left out: the customer gets a page to pay on.',
    ),
  returnUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional()
    .describe('Where the customer comes back to after paying. Default: the address of the business.'),
  mailLink: z.boolean().default(false).describe('Mails the customer the page to pay on.'),
  reference: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe('Your own number of the order; customers and the endpoint see it.'),
  metadata: z
    .record(z.string().min(1).max(40), z.string().max(500))
    .refine((given) => Object.keys(given).length <= 20, 'At most 20 entries.')
    .optional()
    .describe('Handed on to the endpoint as it is.'),
});
export type OrderInput = z.infer<typeof orderInput>;
