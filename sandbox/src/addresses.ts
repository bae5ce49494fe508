import type Stripe from 'stripe';
import { object, type Parsed, text, unsettableText } from './wire/params.ts';

/** An address as every resource takes it. */
export const addressFields = {
  city: unsettableText(),
  country: unsettableText(),
  line1: unsettableText(),
  line2: unsettableText(),
  postal_code: unsettableText(),
  state: unsettableText(),
} as const;

/** A shipping address with a name. */
export const shippingFields = {
  address: object(addressFields),
  carrier: text(),
  name: text(),
  phone: unsettableText(),
  tracking_number: unsettableText(),
} as const;

/** The address with every part present, null where unknown. */
export function addressOf(given: Parsed<typeof addressFields>): Stripe.Address {
  return { city: null, country: null, line1: null, line2: null, postal_code: null, state: null, ...given };
}
