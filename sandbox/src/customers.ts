import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { emit, update } from './events.ts';
import { sourcesOf } from './payment-methods/sources.ts';
import type { CollectionSpec } from './store/collection.ts';
import { noSuch } from './wire/errors.ts';
import type { Wire } from './wire/shapes.ts';

export type Customer = Wire<Stripe.Customer>;
export type StoredCustomer = Customer | Stripe.DeletedCustomer;
export const customers: CollectionSpec<StoredCustomer, 'email' | 'invoice_prefix' | 'test_clock'> = {
  name: 'customers',
  indexes: {
    email: (customer) => (customer.deleted ? null : (customer.email ?? null)),
    invoice_prefix: (customer) => (customer.deleted ? null : (customer.invoice_prefix ?? null)),
    test_clock: (customer) => (customer.deleted ? null : clockIdOf(customer)),
  },
};

/** The test clock a customer lives on; null for none. */
export function clockIdOf({ test_clock: clock }: Customer): string | null {
  return typeof clock === 'string' ? clock : null;
}

/** The customer a parameter names. Throws Stripe's 400 when there is none or it was deleted. */
export function existingCustomer(
  account: Account,
  id: string,
  param = 'customer',
  status: 400 | 404 = param === 'id' ? 404 : 400,
): Customer {
  const customer = account.of(customers).get(id);
  if (!customer || customer.deleted) throw noSuch('customer', id, param, status);
  return customer;
}

/** Replaces a customer and says so in an event. */
export function updateCustomer(account: Account, next: Customer): Customer {
  update<StoredCustomer>(account, customers, next, 'customer.updated');
  return next;
}

/** A method that left its customer is no longer what invoices are paid with. */
export function forgetDefaultMethod(account: Account, customerId: string, methodId: string): void {
  const customer = account.of(customers).get(customerId);
  if (!customer || customer.deleted) return;
  const { default_source: source, invoice_settings: settings } = customer;
  if (source !== methodId && settings.default_payment_method !== methodId) return;
  const next = settings.default_payment_method === methodId ? null : settings.default_payment_method;
  updateCustomer(account, {
    ...customer,
    default_source: source === methodId ? (sourcesOf(account, customerId)[0]?.id ?? null) : source,
    invoice_settings: { ...settings, default_payment_method: next },
  });
}

/** Deletes a customer; what listens ends what they had. */
export function deleteCustomer(account: Account, customer: Customer): Stripe.DeletedCustomer {
  const deleted: Stripe.DeletedCustomer = { id: customer.id, object: 'customer', deleted: true };
  account.of(customers).put(deleted);
  emit(account, 'customer.deleted', customer);
  return deleted;
}
