import type { Account } from '../account.ts';
import type { Decline } from '../behaviours/declines.ts';
import { emit } from '../events.ts';
import { refused } from '../resource.ts';
import { docUrl, StripeFault } from '../wire/errors.ts';
import { checkedCard } from './cards.ts';
import { factsOf, rememberFact, requireUnspent } from './facts.ts';
import { behaviourOf, type PaymentMethod, paymentMethods } from './payment-method.ts';
import { methodType } from './types.ts';

/** Gives a method to a customer. Throws 402 when the card is refused, 400 when it belongs to another. */
export function attachMethod(account: Account, method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    throw refused(
      'payment_method',
      'The payment method you provided has already been attached to a customer.',
      'payment_method_unexpected_state',
    );
  }
  requireUnspent(account, method);
  requireKeepable(account, method);
  const { decline, onlyWhenCharged } = behaviourOf(method);
  if (decline && !onlyWhenCharged) throw declinedFault(decline);
  const attached: PaymentMethod = { ...checkedCard(method), customer };
  account.of(paymentMethods).put(attached);
  emit(account, 'payment_method.attached', attached);
  return attached;
}

function requireKeepable(account: Account, method: PaymentMethod): void {
  if (!methodType(method.type)?.keeps)
    throw refused(
      'payment_method',
      `Payment methods of type \`${method.type}\` are single-use and cannot be attached to a customer.`,
      'payment_method_unexpected_state',
    );
  if (method.type !== 'us_bank_account' || factsOf(account, method.id).verified) return;
  throw refused(
    'payment_method',
    'This PaymentMethod is a bank account that has not been verified. Use a SetupIntent or PaymentIntent to verify it and attach it to the customer.',
    'payment_method_unexpected_state',
  );
}

/** Takes a method from its customer; it cannot be used again. */
export function detachMethod(account: Account, method: PaymentMethod): PaymentMethod {
  const detached: PaymentMethod = { ...method, customer: null };
  account.of(paymentMethods).put(detached);
  rememberFact(account, method.id, { spent: true });
  emit(account, 'payment_method.detached', detached, { customer: method.customer });
  return detached;
}

/** The 402 of a refused method. With `keeps`, what was done on the way (the failed charge) stays. */
export function declinedFault(
  decline: Decline,
  extra: Partial<StripeFault['body']> = {},
  options: { keeps?: boolean } = {},
): StripeFault {
  return new StripeFault(402, { ...declinedBody(decline), ...extra }, options);
}

/** A refusal as errors tell it, and intents as their last error. */
export function declinedBody(decline: Decline) {
  const { adviceCode, code, declineCode, message, networkDeclineCode, param } = decline;
  return {
    ...(adviceCode === undefined ? {} : { advice_code: adviceCode }),
    code,
    ...(declineCode === null ? {} : { decline_code: declineCode }),
    doc_url: docUrl(code),
    message,
    ...(networkDeclineCode === undefined ? {} : { network_decline_code: networkDeclineCode }),
    ...(param === undefined ? {} : { param }),
    type: 'card_error' as const,
  };
}
