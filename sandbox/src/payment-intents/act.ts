import type { Account } from '../account.ts';
import type { Decline } from '../behaviours/declines.ts';
import {
  type DepositFailure,
  depositsNotSent,
  takesDeposits,
  verifyDeposits,
} from '../payment-methods/deposits.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { docUrl } from '../wire/errors.ts';
import { type Confirmation, collect, fail } from './collect.ts';
import { methodOf } from './confirm.ts';
import { type PaymentIntent, paymentIntents, rememberOfIntent } from './intent.ts';
import { isAllowed, refusedFor, requireAllowed } from './transitions.ts';

/**
 * The customer finished, or failed, what `requires_action` asked for: 3D Secure, or paying on another page. A refusal
 * by the bank is on the intent that this answers.
 */
export function finishAuthentication(
  account: Account,
  intent: PaymentIntent,
  succeeded: boolean,
): PaymentIntent {
  const method = methodOf(account, intent);
  requireAllowed(intent, 'act');
  if (!method) throw refusedFor(intent, 'This PaymentIntent has no payment method to authenticate.');
  if (!succeeded) return fail(account, intent, failureOf(method));
  const secure = method.card ? ({ flow: 'challenge', result: 'authenticated' } as const) : null;
  if (intent.confirmation_method !== 'manual' || !secure)
    return collect(account, { ...intent, next_action: null }, method, secure).intent;
  rememberOfIntent(account, intent.id, { authenticated: method.id });
  const ready: PaymentIntent = { ...intent, next_action: null, status: 'requires_confirmation' };
  return account.of(paymentIntents).put(ready);
}

function failureOf(method: PaymentMethod): NonNullable<PaymentIntent['last_payment_error']> {
  const [code, message] = method.card
    ? ([
        'payment_intent_authentication_failure',
        'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      ] as const)
    : (['payment_method_customer_decline', 'The customer declined or canceled the payment.'] as const);
  return errorOf(method, code, message);
}

function errorOf(method: PaymentMethod, code: Decline['code'], message: string) {
  return {
    code,
    doc_url: docUrl(code),
    message,
    payment_method: method,
    payment_method_type: method.type,
    type: 'invalid_request_error' as const,
  };
}

/** The customer names the two deposits. Throws Stripe's refusal of a wrong guess. */
export function verifyIntentDeposits(
  account: Account,
  intent: PaymentIntent,
  seen: { readonly amounts?: readonly number[]; readonly descriptor_code?: string },
): Confirmation {
  requireAllowed(intent, 'verifyDeposits');
  const method = methodOf(account, intent);
  if (!method || intent.next_action?.type !== 'verify_with_microdeposits')
    throw refusedFor(intent, 'This PaymentIntent does not wait for microdeposits.', {
      code: 'intent_invalid_state',
    });
  const failure = verifyDeposits(account, method, seen);
  if (failure) return { intent: failDeposits(account, intent, method, failure), fault: null };
  return collect(account, { ...intent, next_action: null }, method);
}

function failDeposits(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  { code, message }: DepositFailure,
): PaymentIntent {
  return fail(account, intent, errorOf(method, code, message));
}

/** Deposits that cannot be sent, or a voucher that nobody paid. Runs as a due job. */
export function endAction(account: Account, id: string): void {
  const intent = account.of(paymentIntents).get(id);
  const method = intent && methodOf(account, intent);
  if (!intent || !method || !isAllowed(intent, 'act')) return;
  if (intent.next_action?.type === 'verify_with_microdeposits') {
    if (!takesDeposits(method)) failDeposits(account, intent, method, depositsNotSent);
    return;
  }
  const message = 'The customer did not pay in time.';
  fail(account, intent, errorOf(method, 'payment_intent_payment_attempt_expired', message));
}
