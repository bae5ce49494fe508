import type { Account } from '../account.ts';
import { type Charge, captureCharge, charges, releaseCharge } from '../charges/charge.ts';
import { openDisputeFor } from '../disputes/dispute.ts';
import { advance } from '../events.ts';
import { paymentMethods } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import { type PaymentIntent, paymentIntents } from './intent.ts';
import { splitOfIntent } from './split.ts';

export type CancelReason =
  | 'abandoned'
  | 'automatic'
  | 'duplicate'
  | 'failed_invoice'
  | 'fraudulent'
  | 'requested_by_customer'
  | 'void_invoice';

/** Takes what was authorised, or a part of it; the rest is released. Throws Stripe's refusals. */
export function capturePaymentIntent(
  account: Account,
  intent: PaymentIntent,
  amount = intent.amount_capturable,
): PaymentIntent {
  const charge = heldCharge(account, intent);
  if (intent.status !== 'requires_capture' || !charge) {
    throw refused(
      'id',
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      'payment_intent_unexpected_state',
    );
  }
  if (amount > intent.amount_capturable) {
    throw refused(
      'amount_to_capture',
      `The amount to capture (${amount}) is greater than the amount that can be captured (${intent.amount_capturable}).`,
      'amount_too_large',
    );
  }
  const method =
    charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
  const captured = captureCharge(account, { ...charge, ...splitOfIntent(intent) }, amount, method);
  const done = { ...intent, status: 'succeeded' as const, amount_capturable: 0, amount_received: amount };
  advance(account, paymentIntents, done, 'payment_intent.succeeded');
  openDisputeFor(account, captured);
  return done;
}

/** Ends an intent that has not succeeded; an authorisation is let go. Throws Stripe's refusal otherwise. */
export function cancelPaymentIntent(
  account: Account,
  intent: PaymentIntent,
  reason: CancelReason | null,
): PaymentIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw refused(
      'id',
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
      'payment_intent_unexpected_state',
    );
  }
  const charge = intent.status === 'requires_capture' ? heldCharge(account, intent) : undefined;
  if (charge) releaseCharge(account, charge, reason === 'automatic');
  const canceled: PaymentIntent = {
    ...intent,
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: account.now(),
    cancellation_reason: reason,
    next_action: null,
  };
  return advance(account, paymentIntents, canceled, 'payment_intent.canceled');
}

/** An authorisation nobody captured in time. Runs as a due job. */
export function expirePaymentIntent(account: Account, id: string): void {
  const intent = account.of(paymentIntents).get(id);
  if (intent?.status === 'requires_capture') cancelPaymentIntent(account, intent, 'automatic');
}

function heldCharge(account: Account, intent: PaymentIntent): Charge | undefined {
  return intent.latest_charge === null ? undefined : account.of(charges).get(intent.latest_charge);
}
