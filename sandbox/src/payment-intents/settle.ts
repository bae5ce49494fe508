import type { Account } from '../account.ts';
import { type Decline, declines } from '../behaviours/declines.ts';
import {
  type Charge,
  captureCharge,
  charges,
  failCharge,
  incrementCharge,
  releaseCharge,
} from '../charges/charge.ts';
import { advance } from '../events.ts';
import { declinedFault } from '../payment-methods/attach.ts';
import { behaviourOf, paymentMethods } from '../payment-methods/payment-method.ts';
import { succeed } from './collect.ts';
import { factsOfIntent, type PaymentIntent, paymentIntents, rememberOfIntent } from './intent.ts';
import { splitOfIntent } from './split.ts';
import { giveBackCash } from './transfer.ts';
import { refusedFor, requireAllowed } from './transitions.ts';

export type CancelReason =
  | 'abandoned'
  | 'automatic'
  | 'duplicate'
  | 'failed_invoice'
  | 'fraudulent'
  | 'requested_by_customer'
  | 'void_invoice';

export interface CaptureWishes {
  /** Minor units; absent: all that is left. */
  readonly amount?: number;
  /** False: there is more to come. */
  readonly isLast?: boolean;
}

/** Takes what was authorised, or a part of it; the rest is released unless more is to come. Throws Stripe's refusals. */
export function capturePaymentIntent(
  account: Account,
  intent: PaymentIntent,
  { amount = intent.amount_capturable, isLast = true }: CaptureWishes = {},
): PaymentIntent {
  requireAllowed(intent, 'capture');
  const charge = heldCharge(account, intent);
  if (!charge) throw refusedFor(intent, 'This PaymentIntent has no charge to capture.');
  checkCapture(intent, charge, amount, isLast);
  const captured = captureCharge(account, { ...charge, ...splitOfIntent(intent) }, amount, isLast);
  const left = Math.max(0, intent.amount_capturable - amount);
  if (!isLast) {
    const next: PaymentIntent = {
      ...intent,
      amount_capturable: left,
      amount_received: intent.amount_received + amount,
    };
    return advance(account, paymentIntents, next, 'payment_intent.amount_capturable_updated');
  }
  return succeed(account, intent, captured, intent.amount_received + amount);
}

function checkCapture(intent: PaymentIntent, charge: Charge, amount: number, isLast: boolean): void {
  if (amount < 0)
    throw refusedFor(intent, 'Invalid non-negative integer', { code: null, param: 'amount_to_capture' });
  if (amount === 0)
    throw refusedFor(intent, 'This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    });
  const card = charge.payment_method_details?.card;
  if (!isLast && card?.multicapture?.status !== 'available')
    throw refusedFor(
      intent,
      'You cannot set `final_capture` to `false` because this PaymentIntent is not eligible for multicapture. Request it with `payment_method_options[card][request_multicapture]`.',
      { code: 'payment_intent_invalid_parameter', param: 'final_capture' },
    );
  const most = Math.max(charge.amount, card?.overcapture?.maximum_amount_capturable ?? 0);
  if (charge.amount_captured + amount <= most) return;
  throw refusedFor(
    intent,
    'The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge. Contact us via https://support.stripe.com/contact/ for help.',
    { code: 'amount_too_large' },
  );
}

/** Stripe's limit on raising one authorisation, declines included. */
const mostIncrements = 10;

/** Raises what is authorised. Throws Stripe's refusals; a decline leaves the authorisation as it was. */
export function incrementAuthorization(
  account: Account,
  intent: PaymentIntent,
  amount: number,
): PaymentIntent {
  requireAllowed(intent, 'increment');
  const charge = heldCharge(account, intent);
  if (charge?.payment_method_details?.card?.incremental_authorization?.status !== 'available')
    throw refusedFor(
      intent,
      'This PaymentIntent is not eligible for incremental authorization. Request it with `payment_method_options[card][request_incremental_authorization]`.',
    );
  if (amount <= intent.amount)
    throw refusedFor(
      intent,
      `The amount of an incremental authorization (${amount}) must be greater than the currently authorized amount (${intent.amount}).`,
      { code: 'payment_intent_invalid_parameter', param: 'amount' },
    );
  const tried = factsOfIntent(account, intent.id).increments ?? 0;
  if (tried >= mostIncrements)
    throw refusedFor(
      intent,
      `A PaymentIntent can have at most ${mostIncrements} incremental authorization attempts.`,
    );
  rememberOfIntent(account, intent.id, { increments: tried + 1 });
  const method =
    charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
  if (method && behaviourOf(method).decline)
    throw declinedFault(
      behaviourOf(method).decline ?? declines.generic,
      { payment_intent: intent },
      { keeps: true },
    );
  incrementCharge(account, charge, amount);
  const raised: PaymentIntent = {
    ...intent,
    amount,
    // Captures before this one may have come to more than was authorised then.
    amount_capturable: Math.max(0, amount - charge.amount_captured),
  };
  return advance(account, paymentIntents, raised, 'payment_intent.amount_capturable_updated');
}

const canceledDebit: Decline = {
  code: 'payment_intent_payment_attempt_failed',
  declineCode: null,
  message: 'The payment was canceled.',
};

/** Ends an intent that has not succeeded; an authorisation is let go. Throws Stripe's refusal otherwise. */
export function cancelPaymentIntent(
  account: Account,
  intent: PaymentIntent,
  reason: CancelReason | null,
): PaymentIntent {
  requireAllowed(intent, 'cancel');
  const charge = heldCharge(account, intent);
  const canceled: PaymentIntent = {
    ...intent,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: account.now(),
    cancellation_reason: reason,
    next_action: null,
  };
  // First, so that what the charge then reports is news to nobody.
  account.of(paymentIntents).put(canceled);
  giveBackCash(account, canceled);
  if (charge && intent.status === 'requires_capture') releaseCharge(account, charge, reason === 'automatic');
  if (charge && intent.status === 'processing') failCharge(account, charge, canceledDebit);
  return advance(account, paymentIntents, canceled, 'payment_intent.canceled');
}

/**
 * An authorisation nobody captured in time: what was captured of it stays, the rest is released. Runs as a due job.
 */
export function expirePaymentIntent(account: Account, id: string): void {
  const intent = account.of(paymentIntents).get(id);
  if (intent?.status !== 'requires_capture') return;
  const charge = heldCharge(account, intent);
  if (intent.amount_received === 0 || !charge) {
    cancelPaymentIntent(account, intent, 'automatic');
    return;
  }
  succeed(account, intent, releaseCharge(account, charge, true), intent.amount_received);
}

function heldCharge(account: Account, intent: PaymentIntent): Charge | undefined {
  return intent.latest_charge === null ? undefined : account.of(charges).get(intent.latest_charge);
}
