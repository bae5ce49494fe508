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

/** Throws Stripe's refusal to cancel what an open checkout session is paid with. */
export function requireOutsideCheckout(
  account: Account,
  { id, object }: { readonly id: string; readonly object: 'payment_intent' | 'setup_intent' },
): void {
  const session = account.byName('checkout_sessions')?.newestBy(object, id);
  if (!session || !('status' in session) || session.status !== 'open') return;
  const kind = object === 'payment_intent' ? 'PaymentIntent' : 'SetupIntent';
  throw new StripeFault(400, {
    type: 'invalid_request_error',
    code: `${object}_unexpected_state`,
    message: `You cannot cancel the ${kind} of a Checkout Session (${session.id}). Expire the Checkout Session instead.`,
  });
}
