import type Stripe from 'stripe';
import { z } from 'zod';
import { ToolError } from '../../../tools/tool.ts';
import { methodsAreHidden } from '../references/payment-methods.ts';
import type { Desk } from '../stripe-tool.ts';
import { customerNamed } from '../views/customers.ts';
import { type ChosenMethod, givenMethod, noPaymentMethod, savedMethod } from './payment-choice.ts';

const standardDaysUntilDue = 30;
export const cardsHidden = 'The key may not read which cards are saved';

/** How a subscription is paid, as it is kept until it is made. */
export const sealedCollection = z.discriminatedUnion('by', [
  z.object({ by: z.literal('charge'), method: z.string(), attach: z.boolean(), isDefault: z.boolean() }),
  z.object({
    by: z.literal('invoice'),
    daysUntilDue: z.number().int(),
    noCard: z.boolean(),
    hidden: z.boolean().optional(),
  }),
]);

export type Collection = z.infer<typeof sealedCollection>;

interface Wish {
  readonly payment_method?: string | undefined;
  readonly collection_method?: 'charge_automatically' | 'send_invoice' | undefined;
  readonly days_until_due?: number | undefined;
}

function byInvoice(
  customer: Stripe.Customer,
  input: Wish,
  without: { noCard: boolean; hidden?: boolean },
): Collection {
  if (!customer.email) {
    throw new ToolError(
      'email_missing',
      `${customerNamed(customer)} has no e-mail address to send invoices to.`,
      {
        next: without.hidden
          ? `${cardsHidden}: grant PaymentMethods (read) to the key, or set an e-mail address for the customer.`
          : 'Ask for the address and set it with update_customer, or save a payment method first.',
        details: { customer: customer.id },
      },
    );
  }
  return { by: 'invoice', daysUntilDue: input.days_until_due ?? standardDaysUntilDue, ...without };
}

/** How it is paid, and the card where one is charged. */
export interface Chosen {
  readonly collection: Collection;
  readonly method: ChosenMethod | undefined;
}

/**
 * How the subscription is paid. Without a saved card it is never left hanging as `incomplete`: it is billed by
 * mailed invoice instead, and preview and answer say so.
 */
export async function chooseCollection(
  api: Stripe,
  desk: Desk,
  customer: Stripe.Customer,
  input: Wish,
): Promise<Chosen> {
  if (input.collection_method === 'send_invoice')
    return { collection: byInvoice(customer, input, { noCard: false }), method: undefined };
  const method = input.payment_method
    ? await givenMethod(api, input.payment_method, { mode: desk.mode, customer: customer.id })
    : await savedMethod(api, customer);
  if (method) {
    const { id, testToken, isDefault } = method;
    return { collection: { by: 'charge', method: id, attach: testToken, isDefault }, method };
  }
  if (input.collection_method === 'charge_automatically')
    throw noPaymentMethod(customerNamed(customer), desk.mode);
  const hidden = await methodsAreHidden(api, customer);
  return { collection: byInvoice(customer, input, { noCard: true, hidden }), method: undefined };
}

/** `charged automatically to visa ending in 4242`. */
export function collectionWords({ collection, method }: Chosen): string {
  if (collection.by === 'charge') return `charged automatically to ${method?.label ?? collection.method}`;
  const unknown = collection.hidden ? 'the key may not read saved cards' : 'no saved card is known';
  const why = collection.noCard ? `, since ${unknown}` : '';
  return `billed by mailed invoice, due in ${collection.daysUntilDue} days${why}`;
}

/** The same as Stripe takes it. */
export function collectionParams(
  collection: Collection,
  method: string | undefined,
): Stripe.SubscriptionCreateParams {
  if (collection.by === 'invoice')
    return { collection_method: 'send_invoice', days_until_due: collection.daysUntilDue };
  return {
    collection_method: 'charge_automatically',
    payment_behavior: 'allow_incomplete',
    ...(!collection.isDefault && method && { default_payment_method: method }),
  };
}
