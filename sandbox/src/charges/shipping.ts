import type Stripe from 'stripe';
import { addressOf, type shippingFields } from '../addresses.ts';
import { given } from '../resource.ts';
import type { Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** Shipping as stored. */
export function shippingOf(
  shipping: Parsed<typeof shippingFields> | undefined | null,
): Wire<Stripe.Charge.Shipping> | null {
  if (!shipping) return null;
  return {
    carrier: null,
    phone: null,
    tracking_number: null,
    ...given(shipping),
    address: addressOf(shipping.address ?? {}),
  };
}
