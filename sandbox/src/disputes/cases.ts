import type { Complaint } from '../behaviours/behaviour.ts';
import type { Dispute } from './dispute.ts';

/** What a dispute is about, in the words of the card networks. */
export interface DisputeCase {
  readonly reason: string;
  readonly kind: 'chargeback' | 'compliance' | 'inquiry';
  /** The network's code for the reason; null where it has none. */
  readonly code: string | null;
  /** A defence that the network offers beyond ordinary evidence. */
  readonly enhanced?: Dispute['enhanced_eligibility_types'][number];
  /** Stripe answers it by itself unless the business does. */
  readonly isSmart?: true;
  /** The bank has decided: nothing can be answered. */
  readonly isFinal?: true;
}

const codes: Readonly<Record<string, string>> = {
  credit_not_processed: '13.6',
  duplicate: '12.6.1',
  fraudulent: '10.4',
  product_not_received: '13.1',
  product_unacceptable: '13.3',
  subscription_canceled: '13.2',
  unrecognized: '10.4',
};

/** An ordinary chargeback for a reason in Stripe's words. */
export function chargeback(reason: string): DisputeCase {
  return { reason, kind: 'chargeback', code: codes[reason] ?? '10.4' };
}

const fraud = chargeback('fraudulent');

/** The disputes that come of paying with the test methods that are for it. */
export const casesOf: Record<Exclude<Complaint, 'warning'>, readonly DisputeCase[]> = {
  fraudulent: [fraud],
  product_not_received: [chargeback('product_not_received')],
  inquiry: [{ reason: 'fraudulent', kind: 'inquiry', code: '10' }],
  multiple: [fraud, chargeback('product_not_received')],
  compellingEvidence: [{ ...fraud, enhanced: 'visa_compelling_evidence_3' }],
  visaCompliance: [{ reason: 'noncompliant', kind: 'compliance', code: null, enhanced: 'visa_compliance' }],
  mastercardCompliance: [
    { reason: 'noncompliant', kind: 'compliance', code: null, enhanced: 'mastercard_compliance' },
  ],
  smartDispute: [{ ...fraud, isSmart: true }],
  debitReturned: [{ reason: 'debit_not_authorized', kind: 'chargeback', code: null, isFinal: true }],
};
