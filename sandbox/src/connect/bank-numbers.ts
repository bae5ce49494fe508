import { accountByNumber } from '../behaviours/banks/test-accounts.ts';
import { refused } from '../resource.ts';

/** How payouts to a test bank account end, by the end of its number or IBAN (docs.stripe.com/connect/testing). */
const failures: readonly (readonly [ending: RegExp, code: string])[] = [
  [/1{7,}6$|532013001$/, 'no_account'],
  [/1{7,}3$|532013002$/, 'account_closed'],
  [/2{7,}7$|532013003$/, 'insufficient_funds'],
  [/3{7,}5$|532013004$/, 'debit_not_authorized'],
  [/4{7,}0$|532013005$/, 'invalid_currency'],
];
/** The American numbers that Stripe takes in test mode besides those that fail. */
const goodInUs = ['000123456789', '000999999991', '000999999992', '000000001234'];

/** The code that payouts to a test account number, or debits of it, fail with; null for one that works. */
export function failureOfBank(number: string): string | null {
  return failures.find(([ending]) => ending.test(number))?.[1] ?? null;
}

/** The code a payout to this account fails with, or null for one that arrives. Throws Stripe's refusals of numbers. */
export function payoutFailureOf(
  bank: { readonly country: string; readonly account_number: string; readonly routing_number?: string },
  path: string,
): string | null {
  const number = bank.account_number.replaceAll(/[\s-]/g, '');
  const failure = failureOfBank(number);
  if (!/^[A-Za-z0-9]{4,34}$/.test(number))
    throw refused(
      `${path}[account_number]`,
      'Invalid account number: it must be 4 to 34 letters and digits.',
      'account_number_invalid',
    );
  if (bank.country !== 'US') return failure;
  if (bank.routing_number === undefined || !isRoutingNumber(bank.routing_number))
    throw refused(
      `${path}[routing_number]`,
      'Invalid routing number for US: must contain 9 digits and pass its checksum. In test mode, use 110000000.',
      'routing_number_invalid',
    );
  if (failure === null && !goodInUs.includes(number) && !accountByNumber('us_bank_account', number))
    throw refused(
      `${path}[account_number]`,
      'You must use a test bank account number in test mode. Try 000123456789 or see more options at https://stripe.com/docs/connect/testing#account-numbers.',
      'account_number_invalid',
    );
  return failure;
}

/** The American checksum: digits weighed 3, 7, 1 add up to a multiple of ten. */
function isRoutingNumber(text: string): boolean {
  if (!/^\d{9}$/.test(text)) return false;
  const weights = [3, 7, 1];
  const sum = [...text].reduce((total, digit, at) => total + Number(digit) * (weights[at % 3] ?? 1), 0);
  return sum % 10 === 0;
}

/** The number behind a test token such as `btok_us_verified_noAccount`; undefined for any other text. */
export function numberOfTestToken(token: string): string | undefined {
  return Object.hasOwn(testTokens, token) ? testTokens[token] : undefined;
}

const testTokens: Readonly<Record<string, string>> = {
  btok_us_verified: '000123456789',
  btok_us_verified_noAccount: '000111111116',
  btok_us_verified_accountClosed: '000111111113',
  btok_us_verified_insufficientFunds: '000222222227',
  btok_us_verified_debitNotAuthorized: '000333333335',
  btok_us_verified_invalidCurrency: '000444444440',
};
