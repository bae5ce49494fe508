/** What can be done about a declined payment. */
type DeclineClass = 'retry_later' | 'other_method' | 'authenticate' | 'fix_details' | 'never_retry';

export interface Decline {
  readonly reason: string;
  readonly class: DeclineClass;
}

const retryLater = (reason: string): Decline => ({ reason, class: 'retry_later' });
const otherMethod = (reason: string): Decline => ({ reason, class: 'other_method' });
const fixDetails = (reason: string): Decline => ({ reason, class: 'fix_details' });
const never = (reason: string): Decline => ({ reason, class: 'never_retry' });

const bankKeepsSilent = 'The bank declined it without giving a reason.';

/** Stripe's decline codes in plain words. */
const declines: Readonly<Record<string, Decline>> = {
  approve_with_id: retryLater('The payment could not be authorised just now.'),
  authentication_not_handled: {
    reason: 'The bank asked the customer to authenticate.',
    class: 'authenticate',
  },
  authentication_required: { reason: 'The bank wants the customer to authenticate.', class: 'authenticate' },
  call_issuer: otherMethod('The bank wants the customer to call it.'),
  card_not_supported: otherMethod('The card does not support this kind of purchase.'),
  card_velocity_exceeded: otherMethod('The card has reached a limit on amount or number of payments.'),
  currency_not_supported: otherMethod('The card does not support this currency.'),
  do_not_honor: otherMethod(bankKeepsSilent),
  do_not_try_again: never('The bank asks not to try this card again.'),
  duplicate_transaction: never('A payment of the same amount and card was made very recently.'),
  expired_card: otherMethod('The card has expired.'),
  fraudulent: never('Stripe or the bank suspects fraud.'),
  generic_decline: otherMethod(bankKeepsSilent),
  incorrect_address: fixDetails('The address is wrong.'),
  incorrect_cvc: fixDetails('The security code (CVC) is wrong.'),
  incorrect_number: fixDetails('The card number is wrong.'),
  incorrect_pin: fixDetails('The PIN is wrong.'),
  incorrect_zip: fixDetails('The postal code is wrong.'),
  insufficient_funds: otherMethod('The card has too little money on it.'),
  invalid_account: otherMethod('The card, or the account behind it, is invalid.'),
  invalid_amount: otherMethod('The amount is invalid or exceeds what the bank allows.'),
  invalid_cvc: fixDetails('The security code (CVC) is wrong.'),
  invalid_expiry_month: fixDetails('The expiry month is wrong.'),
  invalid_expiry_year: fixDetails('The expiry year is wrong.'),
  invalid_number: fixDetails('The card number is wrong.'),
  issuer_not_available: retryLater('The bank could not be reached.'),
  lost_card: never('The card was reported lost.'),
  merchant_blacklist: never('The card is on this account’s own block list.'),
  new_account_information_available: otherMethod('The card, or the account behind it, has changed.'),
  no_action_taken: otherMethod(bankKeepsSilent),
  not_permitted: otherMethod('The payment is not permitted for this card.'),
  pickup_card: never('The card cannot be used: it may have been reported lost or stolen.'),
  processing_error: retryLater('The bank had an error while processing the card.'),
  reenter_transaction: retryLater('The bank could not process the payment.'),
  restricted_card: never('The card cannot be used: it may have been reported lost or stolen.'),
  revocation_of_all_authorizations: never(
    'The customer withdrew permission for all payments with this card.',
  ),
  revocation_of_authorization: never('The customer withdrew permission for this payment.'),
  security_violation: otherMethod(bankKeepsSilent),
  service_not_allowed: otherMethod(bankKeepsSilent),
  stolen_card: never('The card was reported stolen.'),
  stop_payment_order: never('The customer stopped this payment at the bank.'),
  testmode_decline: otherMethod('A test card number was used in live mode.'),
  transaction_not_allowed: otherMethod('The bank does not allow this payment.'),
  try_again_later: retryLater('The bank asks to try again later.'),
  withdrawal_count_limit_exceeded: otherMethod('The card has reached its limit of payments.'),
};

const nextSteps: Readonly<Record<DeclineClass, string>> = {
  retry_later: 'Try once more later, in an hour or so; if it fails again, ask for another payment method.',
  other_method:
    'Ask the customer to contact their bank or to pay with another payment method; do not repeat this one.',
  authenticate: 'The customer has to confirm the payment with their bank: send them the payment page.',
  fix_details: 'Ask the customer to enter the card again on a Stripe payment page.',
  never_retry: 'Do not try this card again; ask the customer for another payment method.',
};

const known = (code: string | null | undefined): Decline | undefined =>
  code && Object.hasOwn(declines, code) ? declines[code] : undefined;

/**
 * A decline code in plain words. An unknown or absent code reads as a bank that gives no reason; a card error's own
 * `code` (`expired_card`, `incorrect_cvc`) serves where there is no decline code.
 */
export function explainDecline(declineCode: string | null | undefined, errorCode?: string | null): Decline {
  return known(declineCode) ?? known(errorCode) ?? otherMethod(bankKeepsSilent);
}

/** Whether this is a code that `explainDecline` knows. */
export function isDeclineCode(code: string): boolean {
  return known(code) !== undefined;
}

/** What to do next, by class of decline. */
export function afterDecline(decline: Decline): string {
  return nextSteps[decline.class];
}
