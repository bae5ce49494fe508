/** Why an issuer or Stripe refuses a card, in Stripe's words. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  readonly adviceCode?: 'try_again_later' | 'do_not_try_again' | 'confirm_card_data';
}

const declined = 'Your card was declined.';

/** The declines that test cards can cause. */
export const declines = {
  generic: {
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: declined,
    adviceCode: 'try_again_later',
  },
  insufficientFunds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    adviceCode: 'try_again_later',
  },
  lost: {
    code: 'card_declined',
    declineCode: 'lost_card',
    message: declined,
    adviceCode: 'do_not_try_again',
  },
  stolen: {
    code: 'card_declined',
    declineCode: 'stolen_card',
    message: declined,
    adviceCode: 'do_not_try_again',
  },
  fraudulent: {
    code: 'card_declined',
    declineCode: 'fraudulent',
    message: declined,
    adviceCode: 'do_not_try_again',
  },
  velocity: {
    code: 'card_declined',
    declineCode: 'card_velocity_exceeded',
    message:
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    adviceCode: 'try_again_later',
  },
  expired: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
    adviceCode: 'do_not_try_again',
  },
  incorrectCvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    adviceCode: 'confirm_card_data',
  },
  processing: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    adviceCode: 'try_again_later',
  },
  authenticationRequired: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
} as const satisfies Record<string, Decline>;

/** What a test card does beyond being charged. Absent: the plain thing. */
export interface CardBehaviour {
  readonly decline?: Decline;
  /** Declines only when charged; attaching succeeds. */
  readonly onlyWhenCharged?: boolean;
  /** Declined by Stripe's own fraud rules, before the issuer sees it. */
  readonly blocked?: boolean;
  readonly risk?: 'normal' | 'elevated' | 'highest';
  /** When the customer must authenticate; `unlessSetUp` spares off-session payments with a card that was set up. */
  readonly authentication?: 'always' | 'unlessSetUp' | 'supported' | 'notSupported';
  readonly dispute?: 'fraudulent' | 'product_not_received' | 'inquiry' | 'warning';
  readonly refund?: 'failsLater' | 'pendingFirst';
  readonly availableAtOnce?: boolean;
  readonly checks?: {
    readonly cvc?: 'fail';
    readonly line1?: 'fail' | 'unavailable';
    readonly postalCode?: 'fail' | 'unavailable';
  };
}
