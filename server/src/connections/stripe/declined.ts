import type Stripe from 'stripe';
import { type Json, ToolError } from '../../tools/tool.ts';
import { afterDecline, explainDecline } from './declines.ts';
import { idOf } from './pages.ts';

/** What is known of a payment that the bank refused. */
interface Declined {
  readonly code: string | undefined;
  readonly declineCode: string | undefined;
  readonly charge: string | undefined;
  /** The payment method that was tried. */
  readonly method: string | undefined;
  readonly intent: Stripe.PaymentIntent | undefined;
}

/** A page where the customer can finish authenticating, where the payment intent offers one. */
function authenticationUrl(intent: Stripe.PaymentIntent | undefined): string | undefined {
  return intent?.next_action?.redirect_to_url?.url ?? undefined;
}

/**
 * A payment made without the customer being there carries no page to authenticate on; confirming the same payment
 * again with a page to come back to yields one.
 */
function afterAuthenticationRefused({ intent, method: tried }: Declined, url: string | undefined): string {
  if (url) return `Send the customer this link to authenticate: ${url}`;
  const method = tried ?? intent?.last_payment_error?.payment_method?.id;
  if (!intent?.id || !method) return afterDecline(explainDecline('authentication_required'));
  return `Call confirm_payment_intent with payment_intent ${intent.id} and payment_method ${method}: that yields a link on which the customer authenticates.`;
}

/** A decline in plain words, with its class and the next sensible step. */
export function declinedError(
  declined: Declined,
  more: { details?: { [key: string]: Json }; requestIds?: readonly string[]; cause?: unknown } = {},
): ToolError {
  const { intent, code, charge } = declined;
  const declineCode = declined.declineCode ?? intent?.last_payment_error?.decline_code;
  const decline = explainDecline(declineCode, code);
  const url = authenticationUrl(intent);
  const details = {
    ...(declineCode && { decline_code: declineCode }),
    reason: decline.reason,
    retry: decline.class,
    ...(intent?.id && { payment_intent: intent.id, payment_intent_status: intent.status }),
    ...(charge && { charge }),
    ...(url && { authentication_url: url }),
    ...more.details,
  };
  if (decline.class === 'authenticate') {
    const next = afterAuthenticationRefused(declined, url);
    return new ToolError('authentication_required', decline.reason, { ...more, next, details });
  }
  const named = declineCode ? ` (${declineCode})` : '';
  const message = `The card was declined${named}: ${decline.reason}`;
  return new ToolError('card_declined', message, { ...more, next: afterDecline(decline), details });
}

/** The decline that a payment was left with, read from it later; undefined where none stands in its way. */
export function declineOf(intent: Stripe.PaymentIntent): ToolError | undefined {
  const error = intent.last_payment_error;
  if (!error || intent.status !== 'requires_payment_method') return undefined;
  return declinedError({
    ...{ code: error.code, declineCode: error.decline_code, intent },
    charge: error.charge ?? idOf(intent.latest_charge),
    method: error.payment_method?.id,
  });
}
