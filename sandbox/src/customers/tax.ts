import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { Customer } from '../customers.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Lookup } from '../wire/expand.ts';
import { object, oneOf, type Parsed, unsettableText } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** What is known of where a customer is taxed that the customer does not show otherwise, by the customer's id. */
export interface CustomerTax {
  readonly id: string;
  readonly ip_address: string | null;
}
export const customerTax: CollectionSpec<CustomerTax> = { name: 'customer_tax', indexes: {} };

const fields = {
  ip_address: unsettableText(45),
  validate_location: oneOf('auto', 'deferred', 'immediately'),
} as const;
export const taxParam = object(fields);

/** Remembers what a request says. Throws Stripe's 400 where a location is to be known and is not. */
export function setTax(
  account: Account,
  customer: Customer,
  wanted: Parsed<typeof fields> | undefined,
): void {
  if (!wanted) return;
  const { ip_address: address, validate_location: validate } = wanted;
  if (address !== undefined) account.of(customerTax).put({ id: customer.id, ip_address: address });
  if (validate === 'immediately' && !locationOf(customer))
    throw refused(
      'tax[validate_location]',
      "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.",
      'customer_tax_location_invalid',
    );
}

/** A customer's `tax` as expanding shows it: nothing is collected automatically here. */
export function shownTax(lookup: Lookup, customer: Customer): Wire<Stripe.Customer.Tax> {
  const known = lookup(customerTax.name, customer.id) as CustomerTax | undefined;
  const location = locationOf(customer);
  return {
    automatic_tax: location ? 'not_collecting' : 'unrecognized_location',
    ip_address: known?.ip_address ?? null,
    location,
    provider: 'stripe',
  };
}

function locationOf({ address, shipping }: Customer): Wire<Stripe.Customer.Tax.Location> | null {
  const places = [
    { place: shipping?.address, source: 'shipping_destination' },
    { place: address, source: 'billing_address' },
  ] as const;
  for (const { place, source } of places)
    if (place?.country) return { country: place.country, source, state: place.state };
  return null;
}
