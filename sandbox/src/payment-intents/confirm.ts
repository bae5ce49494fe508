import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Authenticating, authenticatingWith, type ThreeDSecure } from '../behaviours/authentication.ts';
import { type Decline, declines } from '../behaviours/declines.ts';
import { type Charge, createCharge } from '../charges/charge.ts';
import { day } from '../clock.ts';
import { openDisputeFor } from '../disputes/dispute.ts';
import { advance } from '../events.ts';
import {
  attachMethod,
  behaviourOf,
  declinedFault,
  markSetUp,
  markSpent,
  type PaymentMethod,
  paymentMethods,
  setUpMarks,
} from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import type { StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { mayRedirect, type PaymentIntent, paymentIntents } from './intent.ts';
import { requireUsable } from './ownership.ts';
import { splitOfIntent } from './split.ts';

export const expiryJob = 'payment_intent.expire';
/** How long a card authorisation holds. */
const authorisationSeconds = 7 * day;

export interface ConfirmOptions {
  readonly method?: PaymentMethod;
  /** The customer is not there to authenticate. */
  readonly offSession?: boolean;
  readonly returnUrl?: string;
  readonly errorOnRequiresAction?: boolean;
}

/** Where a confirmation led. A refusal is stored on the intent and handed back as the error to answer with. */
export interface Confirmation {
  readonly intent: PaymentIntent;
  readonly fault: StripeFault | null;
}

/** Tries to collect the payment. Throws Stripe's 400 when the intent is not in a state to be confirmed. */
export function confirmPaymentIntent(
  account: Account,
  intent: PaymentIntent,
  options: ConfirmOptions = {},
): Confirmation {
  requireConfirmable(intent);
  const method = options.method ?? methodOf(account, intent);
  if (!method) throw missingMethod();
  requireUsable(account, method, intent.customer);
  if (mayRedirect(intent) && options.returnUrl === undefined) throw returnUrlNeeded();
  const chosen: PaymentIntent = {
    ...intent,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  };
  const authenticating = authenticationOf(account, chosen, method, options.offSession ?? false);
  if (authenticating === 'unavailable')
    return refuse(account, chosen, method, declines.authenticationRequired, null);
  if (authenticating === 'none') return collect(account, chosen, method, null);
  if (authenticating !== 'challenge') return collect(account, chosen, method, authenticating);
  if (options.errorOnRequiresAction) return refuse(account, chosen, method, declines.actionNotWanted, null);
  return { intent: askForAction(account, chosen, options.returnUrl), fault: null };
}

/** The customer finished, or failed, the authentication that `requires_action` asked for. */
export function finishAuthentication(
  account: Account,
  intent: PaymentIntent,
  succeeded: boolean,
): PaymentIntent {
  const method = methodOf(account, intent);
  if (intent.status !== 'requires_action' || !method) {
    throw refused(
      'id',
      `This PaymentIntent does not wait for an action: its status is ${intent.status}.`,
      'payment_intent_unexpected_state',
    );
  }
  if (succeeded) return collect(account, { ...intent, next_action: null }, method, challenged).intent;
  const message =
    'We are unable to authenticate your payment method. Please choose a different payment method and try again.';
  const error: Wire<Stripe.PaymentIntent.LastPaymentError> = {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/payment-intent-authentication-failure',
    message,
    payment_method: method,
  };
  const failed: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    next_action: null,
    payment_method: null,
    last_payment_error: error,
  };
  return advance(account, paymentIntents, failed, 'payment_intent.payment_failed');
}

function methodOf(account: Account, intent: PaymentIntent): PaymentMethod | undefined {
  return intent.payment_method === null ? undefined : account.of(paymentMethods).get(intent.payment_method);
}

const challenged: ThreeDSecure = { flow: 'challenge', result: 'authenticated' };

function authenticationOf(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  offSession: boolean,
): Authenticating {
  const { authentication } = behaviourOf(method);
  const wish = intent.payment_method_options?.card?.request_three_d_secure;
  if (offSession) {
    const isSetUp = account.of(setUpMarks).get(method.id) !== undefined;
    return authenticatingWith(authentication, isSetUp ? 'offSessionSetUp' : 'offSession');
  }
  return authenticatingWith(authentication, wish === 'any' || wish === 'challenge' ? 'asked' : 'onSession');
}

function askForAction(account: Account, intent: PaymentIntent, returnUrl: string | undefined): PaymentIntent {
  const url = `${account.origin()}/_sandbox/authenticate/${account.address}/${intent.id}/${intent.client_secret}`;
  const action: Wire<Stripe.PaymentIntent.NextAction> =
    returnUrl === undefined
      ? {
          type: 'use_stripe_sdk',
          use_stripe_sdk: {
            type: 'three_d_secure_redirect',
            stripe_js: url,
            source: `src_${intent.id.slice(3)}`,
          } as Wire<Stripe.PaymentIntent.NextAction.UseStripeSdk>,
        }
      : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  return advance(
    account,
    paymentIntents,
    { ...intent, status: 'requires_action', next_action: action },
    'payment_intent.requires_action',
  );
}

function collect(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  threeDSecure: ThreeDSecure | null,
): Confirmation {
  const capture = intent.capture_method !== 'manual';
  const { charge, decline } = createCharge(account, {
    amount: intent.amount,
    currency: intent.currency,
    method,
    customer: intent.customer,
    paymentIntent: intent.id,
    capture,
    description: intent.description,
    metadata: intent.metadata,
    receiptEmail: intent.receipt_email,
    shipping: intent.shipping,
    statementDescriptor: intent.statement_descriptor,
    statementDescriptorSuffix: intent.statement_descriptor_suffix,
    threeDSecure,
    split: splitOfIntent(intent),
  });
  if (decline) return refuse(account, intent, method, decline, charge);
  keepMethod(account, intent, method, threeDSecure?.result === 'authenticated');
  const paid: PaymentIntent = { ...intent, latest_charge: charge.id };
  if (!capture) {
    account.schedule(account.now() + authorisationSeconds, expiryJob, intent.id);
    const held: PaymentIntent = { ...paid, status: 'requires_capture', amount_capturable: intent.amount };
    return {
      intent: advance(account, paymentIntents, held, 'payment_intent.amount_capturable_updated'),
      fault: null,
    };
  }
  const done = advance(
    account,
    paymentIntents,
    { ...paid, status: 'succeeded', amount_received: intent.amount },
    'payment_intent.succeeded',
  );
  openDisputeFor(account, charge);
  return { intent: done, fault: null };
}

/** Saves the method for the customer when that was asked for; otherwise an unowned method is used up. */
function keepMethod(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  authenticated: boolean,
): void {
  if (intent.customer !== null && intent.setup_future_usage !== null) {
    attachMethod(account, method, intent.customer);
    if (authenticated || intent.setup_future_usage === 'off_session') markSetUp(account, method.id);
  } else if (method.customer === null) markSpent(account, method.id);
}

function refuse(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
  charge: Charge | null,
): Confirmation {
  const fault = declinedFault(decline);
  const error: Wire<Stripe.PaymentIntent.LastPaymentError> = {
    ...(decline.adviceCode === undefined ? {} : { advice_code: decline.adviceCode }),
    ...(charge ? { charge: charge.id } : {}),
    code: decline.code,
    ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
    doc_url: fault.body.doc_url,
    message: decline.message,
    payment_method: method,
    type: 'card_error',
  };
  const failed: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    last_payment_error: error,
    latest_charge: charge?.id ?? intent.latest_charge,
  };
  const stored = advance(account, paymentIntents, failed, 'payment_intent.payment_failed');
  const extra = { payment_intent: stored, payment_method: method, ...(charge ? { charge: charge.id } : {}) };
  return { intent: stored, fault: declinedFault(decline, extra, { keeps: true }) };
}

function requireConfirmable(intent: PaymentIntent): void {
  if (['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)) return;
  const why =
    intent.status === 'succeeded'
      ? 'because it has already succeeded after being previously confirmed.'
      : `because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`;
  throw refused('id', `You cannot confirm this PaymentIntent ${why}`, 'payment_intent_unexpected_state');
}

function missingMethod(): StripeFault {
  return refused(
    'payment_method',
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    'payment_intent_unexpected_state',
  );
}

function returnUrlNeeded(): StripeFault {
  return refused(
    'return_url',
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  );
}
