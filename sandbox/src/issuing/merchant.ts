import type Stripe from 'stripe';
import { given } from '../resource.ts';
import { object, type Parsed, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { categoryCode, categoryParam } from './categories.ts';

/** Who sells something to a cardholder. */
export type Merchant = Wire<Stripe.Issuing.Authorization.MerchantData>;

export const merchantFields = object({
  category: categoryParam(),
  city: text(),
  country: text(2),
  name: text(),
  network_id: text(),
  postal_code: text(),
  state: text(),
  terminal_id: text(),
  url: text(),
});
type MerchantWish = NonNullable<Parsed<{ m: typeof merchantFields }>['m']>;

/** Where cards are used in test mode unless said otherwise. */
const usual: Merchant = {
  category: 'taxicabs_limousines',
  category_code: '4121',
  city: 'San Francisco',
  country: 'US',
  name: 'Rocket Rides',
  network_id: '1234567890',
  postal_code: '94107',
  state: 'CA',
  tax_id: null,
  terminal_id: null,
  url: null,
};

export function merchantOf(wish: MerchantWish = {}): Merchant {
  const { category, ...rest } = wish;
  return {
    ...usual,
    ...given(rest),
    ...(category ? { category, category_code: categoryCode(category) } : {}),
  };
}
