import type Stripe from 'stripe';
import { idOf } from '../pages.ts';
import { permitted } from '../stripe-tool.ts';

/** The payment method that a customer's invoices and subscriptions are charged to by themselves. */
export function defaultMethodId(customer: Stripe.Customer): string | undefined {
  return idOf(customer.invoice_settings?.default_payment_method) ?? idOf(customer.default_source);
}

/** What a customer can be charged with when nobody says which: the default, or the only one saved. */
export async function usableMethod(
  api: Stripe,
  customer: Stripe.Customer,
): Promise<{ id: string; isDefault: boolean } | undefined> {
  const standard = defaultMethodId(customer);
  if (standard) return { id: standard, isDefault: true };
  const data = await savedMethods(api, customer);
  const [only] = data;
  return only && data.length === 1 ? { id: only.id, isDefault: false } : undefined;
}

/** The saved payment methods of a customer, newest first; none where the key may not read them. */
export async function savedMethods(api: Stripe, customer: Stripe.Customer): Promise<Stripe.PaymentMethod[]> {
  return (await permitted(api.customers.listPaymentMethods(customer.id, { limit: 20 })))?.data ?? [];
}

/** Whether the key may not read saved payment methods, so that none being known says nothing. */
export async function methodsAreHidden(api: Stripe, customer: Stripe.Customer): Promise<boolean> {
  return (await permitted(api.customers.listPaymentMethods(customer.id, { limit: 1 }))) === undefined;
}
