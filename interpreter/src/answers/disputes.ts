import { type JsonObject, textAt } from '../json.ts';
import { cell, customerOf, spokenDate, spokenStatus } from './describe.ts';

/** What banks look for, by dispute reason: https://docs.stripe.com/disputes/categories */
const evidenceByReason: Record<string, readonly string[]> = {
  fraudulent: [
    'proof that the cardholder took part: earlier undisputed payments with the same card, device, e-mail or address',
    'AVS and CVC results, 3D Secure authentication, IP address and country of the purchase',
    'proof of delivery or of use of the service after the purchase',
  ],
  product_not_received: [
    'shipping carrier, tracking number and delivery confirmation to the right address',
    'for digital goods: access logs with date, time and IP address',
    'messages in which the customer confirms receipt',
  ],
  product_unacceptable: [
    'the description of the product as shown before the purchase',
    'messages about the complaint and what was offered',
    'the return policy and proof that the customer accepted it',
  ],
  duplicate: [
    'both charges with their own invoices or receipts, showing that they were for different things',
    'if it is a duplicate after all: the refund, or accept the dispute',
  ],
  subscription_canceled: [
    'the cancellation policy and where the customer accepted it',
    'the date of cancellation and proof that the billing was for the time before',
    'logs of use after the date the customer says they cancelled',
  ],
  credit_not_processed: [
    'the refund policy as shown at checkout',
    'proof of a refund already made, or why none was owed',
    'messages with the customer',
  ],
  unrecognized: [
    'what was bought, by whom, with name, e-mail and billing address',
    'the statement descriptor and the receipt that was sent',
    'proof of use or delivery',
  ],
  general: [
    'the invoice or receipt, what was delivered and when',
    'messages with the customer',
    'refund and cancellation policy as accepted at checkout',
  ],
};

/** Suggestions of evidence for each dispute. Nothing is submitted by this. */
export function disputeAdvice(disputes: readonly JsonObject[]): string {
  const parts = disputes.map((dispute) => {
    const reason = textAt(dispute, 'reason') ?? 'general';
    const evidence = evidenceByReason[reason] ?? evidenceByReason.general ?? [];
    const due = textAt(dispute, 'evidence_due');
    const who = customerOf(dispute);
    const head = `**${cell(dispute.amount)}**${who ? `, ${who}` : ''} (${spokenStatus(reason)}), \`${textAt(dispute, 'id') ?? ''}\`${due ? `, evidence due ${spokenDate(due)}` : ''}`;
    return [head, ...evidence.map((item) => `- ${item}`)].join('\n');
  });
  if (parts.length === 0) return '';
  return [
    '### Evidence that helps',
    '',
    parts.join('\n\n'),
    '',
    'Nothing was submitted: evidence can normally be submitted once.',
  ].join('\n');
}
