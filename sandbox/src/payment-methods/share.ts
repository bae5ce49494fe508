import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { factsOf, rememberFact, requireUnspent } from './facts.ts';
import { type PaymentMethod, paymentMethods } from './payment-method.ts';
import { methodType } from './types.ts';

/**
 * Copies a platform's method to the connected account that the request acts on. One that is nobody's is spent by it, one of
 * a customer's can be shared as often as they like. Throws Stripe's refusals.
 */
export function shareMethod(account: Account, id: string, customer: string | undefined): PaymentMethod {
  const { platform } = account;
  if (!platform)
    throw refused(
      'payment_method',
      'You may only share a PaymentMethod with a connected account: use the Stripe-Account header.',
    );
  const shared = platform.of(paymentMethods).get(id);
  if (!shared) throw noSuch('PaymentMethod', id, 'payment_method');
  if (customer !== undefined && shared.customer !== customer)
    throw refused(
      'customer',
      `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
      'resource_missing',
    );
  if (customer === undefined && shared.customer !== null)
    throw refused(
      'customer',
      `The payment method supplied (${id}) belongs to the Customer ${shared.customer}. Please include the Customer in the \`customer\` parameter.`,
    );
  if (!methodType(shared.type)?.keeps)
    throw refused('payment_method', `Payment methods of type \`${shared.type}\` cannot be shared.`);
  requireUnspent(platform, shared);
  const { verified = false } = factsOf(platform, id);
  if (shared.customer === null) rememberFact(platform, id, { spent: true });
  const copy = account
    .of(paymentMethods)
    .put({ ...shared, id: newId('pm', 24), created: account.now(), customer: null, metadata: {} });
  if (verified) rememberFact(account, copy.id, { verified });
  return copy;
}
