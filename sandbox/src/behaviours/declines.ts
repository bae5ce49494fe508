import type Stripe from 'stripe';
import type { Wire } from '../wire/shapes.ts';

/** Why an issuer, a bank or Stripe refuses, in Stripe's words. */
export interface Decline {
  readonly code: NonNullable<Wire<Stripe.PaymentIntent.LastPaymentError>['code']>;
  readonly declineCode: string | null;
  /** What the failed charge calls it; absent: by its code. */
  readonly failureCode?: string;
  readonly message: string;
  readonly adviceCode?: 'try_again_later' | 'do_not_try_again' | 'confirm_card_data';
  /** What the card network answered; absent when it was not asked. */
  readonly networkDeclineCode?: string;
  /** The card detail that is wrong, where the refusal names one. */
  readonly param?: 'number' | 'exp_month' | 'cvc' | 'address_zip';
}

const declined = 'Your card was declined.';

/** The declines that test cards can cause. https://docs.stripe.com/declines/codes */
export const declines = {
  generic: {
    code: 'card_declined',
    declineCode: 'generic_decline',
    message: declined,
    adviceCode: 'try_again_later',
    networkDeclineCode: '01',
  },
  insufficientFunds: {
    code: 'card_declined',
    declineCode: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    adviceCode: 'try_again_later',
    networkDeclineCode: '51',
  },
  lost: {
    code: 'card_declined',
    declineCode: 'lost_card',
    message: declined,
    adviceCode: 'do_not_try_again',
    networkDeclineCode: '41',
  },
  stolen: {
    code: 'card_declined',
    declineCode: 'stolen_card',
    message: declined,
    adviceCode: 'do_not_try_again',
    networkDeclineCode: '43',
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
    networkDeclineCode: '65',
  },
  expired: {
    code: 'expired_card',
    declineCode: 'expired_card',
    message: 'Your card has expired.',
    adviceCode: 'do_not_try_again',
    networkDeclineCode: '54',
    param: 'exp_month',
  },
  incorrectCvc: {
    code: 'incorrect_cvc',
    declineCode: 'incorrect_cvc',
    message: "Your card's security code is incorrect.",
    adviceCode: 'confirm_card_data',
    networkDeclineCode: 'N7',
    param: 'cvc',
  },
  incorrectZip: {
    code: 'incorrect_zip',
    declineCode: 'incorrect_zip',
    message: "Your card's zip code is incorrect.",
    adviceCode: 'confirm_card_data',
    param: 'address_zip',
  },
  processing: {
    code: 'processing_error',
    declineCode: 'processing_error',
    message: 'An error occurred while processing your card. Try again in a little bit.',
    adviceCode: 'try_again_later',
    networkDeclineCode: '96',
  },
  authenticationRequired: {
    code: 'authentication_required',
    declineCode: 'authentication_required',
    message: 'Your card was declined. This transaction requires authentication.',
  },
  actionNotWanted: {
    code: 'authentication_required',
    declineCode: null,
    message:
      "This payment required an authentication action to complete, but `error_on_requires_action` was set. When you're ready, you can upgrade your integration to handle actions at https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
  },
} as const satisfies Record<string, Decline>;
