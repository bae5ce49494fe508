import type { Decline } from '../declines.ts';

function failure(code: Decline['code'], message: string, failureCode: string = code): Decline {
  return { code, declineCode: null, failureCode, message };
}

/** Why banks send direct debits back. https://docs.stripe.com/payments/ach-direct-debit and its siblings. */
export const failures = {
  generic: failure('payment_method_provider_decline', "The customer's bank declined this payment."),
  accountClosed: failure('account_closed', "The customer's bank account has been closed."),
  noAccount: failure('no_account', "The customer's bank account could not be located."),
  insufficientFunds: failure(
    'insufficient_funds',
    "The customer's account has insufficient funds to cover this payment.",
  ),
  debitNotAuthorized: failure(
    'debit_not_authorized',
    'The customer has notified their bank that this payment was unauthorized.',
  ),
  referToCustomer: failure(
    'refer_to_customer',
    "The customer's bank could not process this payment: refer to the customer for more information.",
  ),
  invalidCurrency: failure(
    'payment_method_provider_decline',
    'The bank was unable to process this payment because of its currency.',
    'invalid_currency',
  ),
  weeklyVolume: failure(
    'charge_exceeds_source_limit',
    'This payment would exceed the weekly payment volume limit of the account.',
  ),
  weeklyTransactions: failure(
    'charge_exceeds_source_limit',
    'This payment exceeds the weekly transaction volume limit of the account.',
    'charge_exceeds_weekly_limit',
  ),
  transactionSize: failure(
    'charge_exceeds_transaction_limit',
    'This payment exceeds the transaction volume limit of the account.',
  ),
} as const satisfies Record<string, Decline>;
