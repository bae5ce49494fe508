/** What convinces a bank, by the reason a customer gave. From Stripe's guidance on responding to disputes. */
const byReason: Readonly<Record<string, readonly string[]>> = {
  fraudulent: [
    'Proof that the cardholder took part: AVS and CVC matches, 3-D Secure result, IP address and device of the purchase',
    'Earlier undisputed payments with the same card, with dates and what was bought',
    'Access or usage logs, or delivery to the billing address, after the payment',
  ],
  product_not_received: [
    'Tracking number with carrier and proof of delivery, or for digital goods the access log with times and IP addresses',
    'The order confirmation with the promised date of delivery',
    'Messages in which the customer confirms having received it',
  ],
  product_unacceptable: [
    'The description the customer saw before buying, compared with what was delivered',
    'The refund policy and where the customer accepted it',
    'Messages about the complaint and what was offered: repair, exchange, refund',
  ],
  subscription_canceled: [
    'The cancellation policy and where the customer accepted it',
    'Proof that no cancellation came in before the billing date, or of the notice about the renewal',
    'Usage logs after the date on which the customer says to have canceled',
  ],
  duplicate: [
    'Both charges with what each was for: separate orders or invoices',
    'If one was a mistake: the refund already made, with its id and date',
  ],
  credit_not_processed: [
    'The refund policy and where the customer accepted it',
    'The refund already made, or why the customer is not owed one',
  ],
  unrecognized: [
    'What was bought, when, and the name that shows on the card statement',
    'Earlier undisputed payments with the same card',
    'Access or usage logs of the customer',
  ],
};

const general: readonly string[] = [
  'The order or invoice with what was bought, when and by whom',
  'Proof of delivery or of use',
  'The terms and the refund policy that the customer accepted',
];

/** Evidence worth collecting for a dispute of this reason. A suggestion: nothing is staged or sent. */
export function suggestedEvidence(reason: string): readonly string[] {
  return byReason[reason] ?? general;
}
