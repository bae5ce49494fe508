/** What a Stripe error code means, for `explain_error`. Decline codes are in declines.ts. */
export interface ExplainedCode {
  readonly kind: 'error';
  readonly meaning: string;
  readonly next: string;
}

const codes: Readonly<Record<string, readonly [meaning: string, next: string]>> = {
  amount_too_large: ['The amount is above what Stripe takes in one payment.', 'Charge less, or split it.'],
  amount_too_small: [
    'The amount is below Stripe’s least for that currency (about 0.50 USD).',
    'Charge more.',
  ],
  api_key_expired: [
    'The key has expired or was revoked.',
    'Make a new key and replace it in the connection.',
  ],
  authentication_required: [
    'The bank wants the customer to authenticate (3-D Secure).',
    'Send the customer the payment page.',
  ],
  balance_insufficient: [
    'The available balance is too small for this.',
    'Wait for pending money, or do it for less.',
  ],
  card_declined: [
    'The bank or Stripe declined the card; the decline code says more.',
    'Look at the decline code.',
  ],
  charge_already_refunded: ['The whole charge was refunded before.', 'Nothing is left to refund.'],
  charge_disputed: [
    'The charge is disputed; it cannot be refunded meanwhile.',
    'Answer or accept the dispute instead.',
  ],
  customer_tax_location_invalid: [
    'The address is not good enough to compute tax.',
    'Complete the customer’s address.',
  ],
  email_invalid: ['The e-mail address is not valid.', 'Correct it.'],
  idempotency_key_in_use: ['The same request is still being carried out.', 'Wait; it is not done twice.'],
  invoice_no_customer_line_items: ['The invoice has nothing on it.', 'Add an invoice item first.'],
  invoice_not_editable: ['The invoice is no longer a draft.', 'Void it and make a new one.'],
  invoice_payment_intent_requires_action: [
    'The customer has to authenticate the payment of the invoice.',
    'Send the invoice’s page.',
  ],
  lock_timeout: ['Stripe was busy with that object.', 'Try again in a moment.'],
  missing: ['Something required was not given.', 'Give the field that is named.'],
  parameter_invalid_empty: ['A field was empty that must not be.', 'Fill in the field that is named.'],
  parameter_unknown: ['Stripe does not know a field that was sent.', 'Leave out the field that is named.'],
  payment_intent_unexpected_state: [
    'The payment is in a state in which this cannot be done.',
    'Look at its status first.',
  ],
  payment_method_unexpected_state: [
    'The payment method cannot be used as it is.',
    'Use another payment method.',
  ],
  rate_limit: ['Too many requests in a short time.', 'Try again in a minute.'],
  resource_already_exists: ['An object of that id exists.', 'Use that one, or another id.'],
  resource_missing: [
    'There is no object of that id in this account and mode.',
    'Check the id and the mode (test or live).',
  ],
  secret_key_required: [
    'A publishable key was used where a secret one is needed.',
    'Use a secret or restricted key.',
  ],
  testmode_charges_only: [
    'The account is not activated for live payments.',
    'Complete the account at Stripe.',
  ],
  url_invalid: ['The address given is not valid.', 'Correct it.'],
};

export function explainErrorCode(code: string): ExplainedCode | undefined {
  const found = codes[code];
  return found && { kind: 'error', meaning: found[0], next: found[1] };
}
