import type { Account } from '../account.ts';
import type { Decline } from '../behaviours/declines.ts';
import { StripeFault } from '../wire/errors.ts';
import { integer, list, text } from '../wire/params.ts';
import { factsOf, rememberFact } from './facts.ts';
import { behaviourOf, type PaymentMethod } from './payment-method.ts';

/** What `verify_microdeposits` takes. */
export const depositParams = { amounts: list(integer(), 2), descriptor_code: text(6) } as const;

/** Whether a bank account must prove its owner, by two small deposits, before it can be debited. */
export function needsDeposits(account: Account, method: PaymentMethod): boolean {
  if (method.type !== 'us_bank_account' && method.type !== 'acss_debit') return false;
  return !factsOf(account, method.id).verified;
}

/** Whether the deposits can be sent at all. */
export function takesDeposits(method: PaymentMethod): boolean {
  return !behaviourOf(method).refusesDeposits;
}

/** Why a verification ended for good, as the intent then tells it. */
export interface DepositFailure {
  readonly code: Decline['code'];
  readonly message: string;
}

export const depositsNotSent: DepositFailure = {
  code: 'payment_method_microdeposit_failed',
  message:
    'Microdeposit transfers failed. Please check the account, institution and transit numbers provided.',
};
const tooManyAttempts: DepositFailure = {
  code: 'payment_method_microdeposit_verification_attempts_exceeded',
  message: 'You have exceeded the number of allowed verification attempts.',
};
const tooLate: DepositFailure = {
  code: 'payment_method_microdeposit_verification_timeout',
  message:
    'Microdeposit verification timeout. Customer hasn’t verified their bank account within the required 10 day period.',
};

/** Stripe's limit on wrong guesses. */
const mostAttempts = 10;

/**
 * Compares what the customer saw on the account with what was sent. Answers null when it is right, or why verification
 * is over. Throws Stripe's refusal of a wrong guess, which is remembered.
 */
export function verifyDeposits(
  account: Account,
  method: PaymentMethod,
  seen: { readonly amounts?: readonly number[]; readonly descriptor_code?: string },
): DepositFailure | null {
  const { amounts, descriptor_code: code } = seen;
  const answer = code ?? [...(amounts ?? [])].sort((a, b) => a - b).join(' ');
  if (answer === '32 45' || answer === 'SM11AA') {
    rememberFact(account, method.id, { verified: true });
    return null;
  }
  if (answer === '10 11' || answer === 'SM33CC') return tooManyAttempts;
  if (answer === '40 41' || answer === 'SM44DD') return tooLate;
  const wrong = (factsOf(account, method.id).wrongDeposits ?? 0) + 1;
  if (wrong >= mostAttempts) return tooManyAttempts;
  rememberFact(account, method.id, { wrongDeposits: wrong });
  throw wrongGuess(code === undefined, mostAttempts - wrong);
}

function wrongGuess(byAmounts: boolean, left: number): StripeFault {
  const body = byAmounts
    ? ({
        code: 'payment_method_microdeposit_verification_amounts_mismatch',
        param: 'amounts',
        message: `The amounts provided do not match the amounts that were sent to the bank account. You have ${left} verification attempts remaining.`,
      } as const)
    : ({
        code: 'payment_method_microdeposit_verification_descriptor_code_mismatch',
        param: 'descriptor_code',
        message: `The verification code provided does not match the one sent to the bank account. You have ${left} verification attempts remaining.`,
      } as const);
  return new StripeFault(400, { type: 'invalid_request_error', ...body }, { keeps: true });
}
