import type { Account } from '../account.ts';
import { type PaymentMethod, requireUnspent } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';

/** Throws Stripe's refusals when a method belongs to somebody else, or to somebody and no customer was named. */
export function requireUsable(account: Account, method: PaymentMethod, customer: string | null): void {
  requireUnspent(account, method);
  if (method.customer === null || method.customer === customer) return;
  if (customer === null) {
    throw refused(
      'payment_method',
      `The payment method ${method.id} you provided belongs to the customer ${method.customer}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
    );
  }
  throw refused(
    'payment_method',
    `The provided PaymentMethod (${method.id}) belongs to another customer. The payment method must be attached to the customer ${customer}.`,
    'resource_missing',
  );
}
