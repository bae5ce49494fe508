import { type ErrorCode, StripeFault } from '../../wire/errors.ts';
import { accountByNumber, type DebitType, type TestAccount } from './test-accounts.ts';

/** The published test account with this number, or Stripe's refusal. Errors never repeat the number. */
export function bankFromNumber(type: DebitType, number: string, param: string): TestAccount {
  const bare = number.replaceAll(/[\s-]/g, '').toUpperCase();
  const account = accountByNumber(type, bare);
  if (account) return account;
  if (type === 'sepa_debit' && !isIban(bare))
    throw invalidAccount('The IBAN you provided is invalid.', 'account_number_invalid', param);
  throw invalidAccount(
    'You must use a test bank account number in test mode. See the options at https://stripe.com/docs/testing#non-card-payments.',
    'account_number_invalid',
    param,
  );
}

/** US routing numbers carry a check digit. Throws Stripe's refusal of one that cannot be. */
export function checkRoutingNumber(number: string, param: string): void {
  const weights = [3, 7, 1];
  const sum = [...number].reduce((total, digit, at) => total + Number(digit) * (weights[at % 3] ?? 0), 0);
  if (/^\d{9}$/.test(number) && sum % 10 === 0) return;
  throw invalidAccount('The routing number provided is invalid.', 'routing_number_invalid', param);
}

function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return false;
  const digits = [...text.slice(4), ...text.slice(0, 4)].map((mark) => Number.parseInt(mark, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}

function invalidAccount(message: string, code: ErrorCode, param: string): StripeFault {
  return new StripeFault(400, { type: 'invalid_request_error', code, param, message });
}
