import type { Account } from '../account.ts';
import type { PaymentMethod } from './payment-method.ts';
import type { MethodTypeName } from './types.ts';

/** Billing details of which nothing is known. */
export const noBilling: PaymentMethod['billing_details'] = {
  address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
};

/** A method of a kind before anything is known of it. */
export function blank(account: Account, id: string, type: MethodTypeName): PaymentMethod {
  return {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: noBilling,
    created: account.now(),
    customer: null,
    customer_account: null,
    livemode: account.livemode,
    metadata: {},
    type,
  };
}
