import type { Account } from '../account.ts';
import { requireUnspent } from '../payment-methods/facts.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { StripeFault } from '../wire/errors.ts';

/**
 * Throws Stripe's refusals when a method belongs to somebody else, or to somebody and no customer was named. `kind` as
 * in "on the PaymentIntent"; `extra` rides along in the error.
 */
export function requireUsable(
  account: Account,
  method: PaymentMethod,
  customer: string | null,
  kind: 'PaymentIntent' | 'SetupIntent' = 'PaymentIntent',
  extra: Partial<StripeFault['body']> = {},
): void {
  requireUnspent(account, method);
  if (method.customer === null || method.customer === customer) return;
  const message =
    customer === null
      ? `The payment method supplied (${method.id}) belongs to the Customer ${method.customer}. Please include the Customer in the \`customer\` parameter on the ${kind}.`
      : `The PaymentMethod ${method.id} does not belong to the Customer you supplied ${customer}. Please use this PaymentMethod with the Customer that it belongs to instead.`;
  throw new StripeFault(400, { type: 'invalid_request_error', param: 'payment_method', message, ...extra });
}
