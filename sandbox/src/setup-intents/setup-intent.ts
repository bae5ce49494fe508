import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { Authentication } from '../behaviours/behaviour.ts';
import type { Decline } from '../behaviours/declines.ts';
import { advance, create } from '../events.ts';
import { randomText } from '../ids.ts';
import type { AllowedType } from '../payment-methods/allowed-types.ts';
import { attachMethod, declinedFault } from '../payment-methods/attach.ts';
import { rememberFact } from '../payment-methods/facts.ts';
import { behaviourOf, type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';

// requires_payment_method ─▶ requires_confirmation ─confirm─▶ [requires_action] ─▶ succeeded;  all but succeeded ─▶ canceled

export type SetupIntent = Wire<Stripe.SetupIntent>;
export const setupIntents: CollectionSpec<SetupIntent, 'customer' | 'payment_method'> = {
  name: 'setup_intents',
  indexes: { customer: (intent) => intent.customer, payment_method: (intent) => intent.payment_method },
};

export interface SetupInput {
  readonly customer: string | null;
  readonly method: PaymentMethod | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly allowedTypes?: readonly AllowedType[];
  readonly methodTypes?: readonly AllowedType[];
  readonly allowRedirects?: 'always' | 'never';
  readonly usage?: 'on_session' | 'off_session';
}

/** Makes an intent to save a card for later. */
export function createSetupIntent(account: Account, input: SetupInput): SetupIntent {
  const id = `seti_1${randomText(23)}`;
  const intent: SetupIntent = {
    id,
    object: 'setup_intent',
    allowed_payment_method_types: input.allowedTypes ? [...input.allowedTypes] : null,
    application: null,
    automatic_payment_methods: input.methodTypes
      ? null
      : { allow_redirects: input.allowRedirects ?? 'always', enabled: true },
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: account.now(),
    customer: input.customer,
    description: input.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: account.livemode,
    mandate: null,
    metadata: input.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: input.method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: [...(input.methodTypes ?? input.allowedTypes ?? ['card', 'link'])],
    single_use_mandate: null,
    status: input.method ? 'requires_confirmation' : 'requires_payment_method',
    usage: input.usage ?? 'off_session',
  };
  return create(account, setupIntents, intent, 'setup_intent.created');
}

export interface SetupConfirmation {
  readonly intent: SetupIntent;
  readonly fault: StripeFault | null;
}

/** Saving a card asks for authentication wherever paying with it on the spot would. */
const asksAtSetup: ReadonlySet<Authentication> = new Set(['always', 'unlessSetUp', 'setUp']);

/** Tries to save the card. Throws Stripe's 400 when the intent cannot be confirmed. */
export function confirmSetupIntent(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod | undefined,
  returnUrl: string | undefined,
): SetupConfirmation {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw refused(
      'id',
      `You cannot confirm this SetupIntent because it has a status of ${intent.status}.`,
      'setup_intent_unexpected_state',
    );
  }
  const card = method ?? methodOf(account, intent);
  if (!card)
    throw refused(
      'payment_method',
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
      'setup_intent_unexpected_state',
    );
  const { authentication, decline, onlyWhenCharged } = behaviourOf(card);
  const chosen: SetupIntent = {
    ...intent,
    payment_method: card.id,
    next_action: null,
    last_setup_error: null,
  };
  if (asksAtSetup.has(authentication ?? 'notEnrolled'))
    return { intent: askForAction(account, chosen, returnUrl), fault: null };
  if (decline && !onlyWhenCharged) return refuse(account, chosen, card, decline);
  return { intent: succeed(account, chosen, card), fault: null };
}

/** The customer finished, or failed, the authentication. */
export function finishSetup(account: Account, intent: SetupIntent, succeeded: boolean): SetupIntent {
  const method = methodOf(account, intent);
  if (intent.status !== 'requires_action' || !method) {
    throw refused(
      'id',
      `This SetupIntent does not wait for an action: its status is ${intent.status}.`,
      'setup_intent_unexpected_state',
    );
  }
  if (succeeded) return succeed(account, { ...intent, next_action: null }, method);
  const error: Wire<Stripe.SetupIntent.LastSetupError> = {
    code: 'setup_intent_authentication_failure',
    doc_url: 'https://stripe.com/docs/error-codes/setup-intent-authentication-failure',
    message:
      'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
    type: 'invalid_request_error',
  };
  return advance(
    account,
    setupIntents,
    {
      ...intent,
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_setup_error: error,
    },
    'setup_intent.setup_failed',
  );
}

/** Ends an intent that has not succeeded. Throws Stripe's refusal otherwise. */
export function cancelSetupIntent(
  account: Account,
  intent: SetupIntent,
  reason: SetupIntent['cancellation_reason'],
): SetupIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled')
    throw refused(
      'id',
      `You cannot cancel this SetupIntent because it has a status of ${intent.status}.`,
      'setup_intent_unexpected_state',
    );
  return advance(
    account,
    setupIntents,
    { ...intent, status: 'canceled', cancellation_reason: reason, next_action: null },
    'setup_intent.canceled',
  );
}

function succeed(account: Account, intent: SetupIntent, method: PaymentMethod): SetupIntent {
  if (intent.customer !== null) attachMethod(account, method, intent.customer);
  rememberFact(account, method.id, { setUp: true });
  return advance(account, setupIntents, { ...intent, status: 'succeeded' }, 'setup_intent.succeeded');
}

function refuse(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  decline: Decline,
): SetupConfirmation {
  const error: Wire<Stripe.SetupIntent.LastSetupError> = {
    code: decline.code,
    ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
    message: decline.message,
    type: 'card_error',
  };
  const failed: SetupIntent = {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    last_setup_error: error,
  };
  const stored = advance(account, setupIntents, failed, 'setup_intent.setup_failed');
  return {
    intent: stored,
    fault: declinedFault(decline, { setup_intent: stored, payment_method: method }, { keeps: true }),
  };
}

function askForAction(account: Account, intent: SetupIntent, returnUrl: string | undefined): SetupIntent {
  const url = `${account.origin()}/_sandbox/authenticate/${account.address}/${intent.id}/${intent.client_secret}`;
  const action: Wire<Stripe.SetupIntent.NextAction> =
    returnUrl === undefined
      ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url } }
      : { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  return advance(
    account,
    setupIntents,
    { ...intent, status: 'requires_action', next_action: action },
    'setup_intent.requires_action',
  );
}

function methodOf(account: Account, intent: SetupIntent): PaymentMethod | undefined {
  return intent.payment_method === null ? undefined : account.of(paymentMethods).get(intent.payment_method);
}
