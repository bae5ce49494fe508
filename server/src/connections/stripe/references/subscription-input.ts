import type Stripe from 'stripe';
import { z } from 'zod';
import { customerField, idField } from '../fields.ts';
import { expanded, idOf } from '../pages.ts';
import { customerNamed, type Named } from '../views/customers.ts';
import { productNames } from './catalogue.ts';
import { resolveSubscription } from './payments.ts';

/** How tools that change a subscription name it. */
export const subscriptionFields = {
  subscription: idField('subscription', 'sub_').optional(),
  customer: customerField
    .optional()
    .describe('Instead of the id: the customer whose only current subscription it is.'),
};

export const subscriptionInput = z
  .strictObject(subscriptionFields)
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.');

/** A subscription with the words for it. */
export interface NamedSubscription {
  readonly subscription: Stripe.Subscription;
  readonly names: ReadonlyMap<string, string>;
  /** The customer, so that it cannot be mistaken. */
  readonly who: string;
  readonly customer: Named;
}

/** Resolves a subscription and looks up what people call it and its customer. */
export async function namedSubscription(
  api: Stripe,
  input: { subscription?: string | undefined; customer?: string | undefined },
): Promise<NamedSubscription> {
  const subscription = await resolveSubscription(api, { id: input.subscription, customer: input.customer });
  const names = await productNames(
    api,
    subscription.items.data.map((item) => idOf(item.price.product) ?? ''),
  );
  const customer = expanded<Stripe.Customer>(subscription.customer as string | Stripe.Customer) ?? {
    id: idOf(subscription.customer) ?? 'unknown',
  };
  return {
    subscription,
    names,
    who: customerNamed(customer),
    customer,
  };
}
