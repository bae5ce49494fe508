import type { Account } from '../account.ts';
import type { Decline } from '../behaviours/declines.ts';
import { advance } from '../events.ts';
import { depositsNotSent, takesDeposits, verifyDeposits } from '../payment-methods/deposits.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { docUrl } from '../wire/errors.ts';
import { abandonAttempt } from './attempt.ts';
import { complete, fail, methodOf, type SetupConfirmation } from './confirm.ts';
import { type SetupIntent, setupIntents } from './setup-intent.ts';
import { isAllowed, refusedFor, requireAllowed } from './transitions.ts';

/**
 * The customer finished, or failed, what `requires_action` asked for: 3D Secure, or approving on another page. A refusal
 * by the issuer is on the intent that this answers.
 */
export function finishSetup(account: Account, intent: SetupIntent, succeeded: boolean): SetupIntent {
  requireAllowed(intent, 'act');
  const method = methodOf(account, intent);
  if (!method) throw refusedFor(intent, 'This SetupIntent has no payment method to authenticate.');
  const isCard = method.card !== undefined;
  if (succeeded)
    return complete(account, intent, method, isCard ? { flow: 'challenge', result: 'authenticated' } : null)
      .intent;
  if (!isCard)
    return fail(account, intent, method, {
      status: 'failed',
      error: errorOf(method, 'setup_attempt_failed', 'The customer declined or canceled the setup.'),
    });
  return fail(account, intent, method, {
    status: 'failed',
    error: errorOf(
      method,
      'setup_intent_authentication_failure',
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    ),
    secure: { flow: 'challenge', result: 'failed' },
  });
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
export function verifySetupDeposits(
  account: Account,
  intent: SetupIntent,
  seen: { readonly amounts?: readonly number[]; readonly descriptor_code?: string },
): SetupConfirmation {
  requireAllowed(intent, 'verifyDeposits');
  const method = methodOf(account, intent);
  if (!method || intent.next_action?.type !== 'verify_with_microdeposits')
    throw refusedFor(intent, 'This SetupIntent does not wait for microdeposits.', {
      code: 'intent_invalid_state',
    });
  const failure = verifyDeposits(account, method, seen);
  if (!failure) return complete(account, intent, method, null);
  const error = errorOf(method, failure.code, failure.message);
  return { intent: fail(account, intent, method, { status: 'failed', error }), fault: null };
}

/** Deposits that cannot be sent. Runs as a due job. */
export function endSetupAction(account: Account, id: string): void {
  const intent = account.of(setupIntents).get(id);
  const method = intent && methodOf(account, intent);
  if (!intent || !method || !isAllowed(intent, 'act') || takesDeposits(method)) return;
  const error = errorOf(method, depositsNotSent.code, depositsNotSent.message);
  fail(account, intent, method, { status: 'failed', error });
}

/** Ends an intent that has not succeeded. Throws Stripe's refusal otherwise. */
export function cancelSetupIntent(
  account: Account,
  intent: SetupIntent,
  reason: SetupIntent['cancellation_reason'],
): SetupIntent {
  requireAllowed(intent, 'cancel');
  abandonAttempt(account, intent);
  const canceled: SetupIntent = {
    ...intent,
    status: 'canceled',
    cancellation_reason: reason,
    next_action: null,
  };
  return advance(account, setupIntents, canceled, 'setup_intent.canceled');
}
