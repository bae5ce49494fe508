import type { Decline } from './declines.ts';

/**
 * When the customer must authenticate. `unlessSetUp` spares off-session payments with a card that was set up, `setUp`
 * all off-session payments; `frictionless` needs it but asks the customer nothing; the last four need none, and differ
 * in what comes of asking for it all the same.
 */
export type Authentication =
  | 'always'
  | 'unlessSetUp'
  | 'setUp'
  | 'frictionless'
  | 'lookupFails'
  | 'supported'
  | 'supportedLookupFails'
  | 'notEnrolled'
  | 'notSupported';

/** What a cardholder does about a payment later. */
export type Complaint =
  | 'fraudulent'
  | 'product_not_received'
  | 'inquiry'
  | 'warning'
  | 'multiple'
  | 'compellingEvidence'
  | 'visaCompliance'
  | 'mastercardCompliance'
  | 'smartDispute'
  | 'debitReturned';

/** What a published test method does beyond being charged at once and for good. Absent: the plain thing. */
export interface Behaviour {
  readonly decline?: Decline;
  /** Declines only when charged; attaching succeeds. */
  readonly onlyWhenCharged?: boolean;
  /** Declined by Stripe's own fraud rules, before the issuer sees it. */
  readonly blocked?: boolean;
  readonly risk?: 'normal' | 'elevated' | 'highest';
  readonly authentication?: Authentication;
  readonly complaint?: Complaint;
  readonly refund?: 'failsLater' | 'pendingFirst';
  readonly availableAtOnce?: boolean;
  /** Bank debits: when the bank answers, in seconds; null: never. Absent: promptly. */
  readonly settlesAfterSeconds?: number | null;
  /** Bank debits: the bank sends the payment back when it settles. */
  readonly failure?: Decline;
  /** Bank debits: with that failure the mandate ends too, or it never was valid. */
  readonly endsMandate?: boolean;
  readonly refusesMandate?: boolean;
  /** The two small deposits that prove who owns the account cannot be sent. */
  readonly refusesDeposits?: boolean;
  /** What the issuer says to details that were given; what was not given is not checked. */
  readonly checks?: {
    readonly cvc?: 'fail';
    readonly line1?: 'fail' | 'unavailable';
    readonly postalCode?: 'fail' | 'unavailable';
  };
}
