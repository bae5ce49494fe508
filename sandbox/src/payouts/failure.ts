/** Why a bank sends a payout back, in Stripe's words (docs.stripe.com/payouts, failure codes). */
const messages: Readonly<Record<string, string>> = {
  account_closed: 'The bank account has been closed.',
  could_not_process: 'The bank could not process this payout.',
  debit_not_authorized:
    'Debit transactions are not approved on your bank account. Stripe requires bank accounts to be set up for both credit and debit payouts.',
  insufficient_funds: 'Your Stripe account has insufficient funds to cover the payout.',
  invalid_currency:
    'The bank was unable to process this payout because of its currency. This is probably because the bank account cannot accept payments in that currency.',
  no_account:
    'The bank account details on file are probably incorrect. No bank account could be located with those details.',
};

export function failureMessage(code: string): string {
  return messages[code] ?? 'The payout failed.';
}
