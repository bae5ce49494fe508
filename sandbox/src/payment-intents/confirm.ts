import type { Account } from '../account.ts';
import { type Authenticating, authenticatingWith } from '../behaviours/authentication.ts';
import { type Decline, declines } from '../behaviours/declines.ts';
import { existingCustomer } from '../customers.ts';
import { advance } from '../events.ts';
import { type Acceptance, activeMandate, agree, mandateMessage, mandates } from '../mandates.ts';
import { needsDeposits, takesDeposits } from '../payment-methods/deposits.ts';
import { factsOf } from '../payment-methods/facts.ts';
import { behaviourOf, type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { methodType, redirects } from '../payment-methods/types.ts';
import { notSupported } from '../wire/errors.ts';
import { type Confirmation, collect, refuse } from './collect.ts';
import {
  factsOfIntent,
  mayRedirect,
  type PaymentIntent,
  paymentIntents,
  rememberOfIntent,
} from './intent.ts';
import {
  type ActionWishes,
  authenticationAction,
  methodAction,
  pageOf,
  voucherSeconds,
} from './next-action.ts';
import { futureUsageFor, optionOf } from './options.ts';
import { requireUsable } from './ownership.ts';
import { confirmTransfer } from './transfer.ts';
import { refusedFor, requireAllowed } from './transitions.ts';

export type { Confirmation };

/** The customer did not act in time, or could not, as a due job. */
export const actionOverJob = 'payment_intent.action_over';

export interface ConfirmOptions extends ActionWishes {
  readonly method?: PaymentMethod;
  /** The customer is not there to authenticate. */
  readonly offSession?: boolean;
  readonly errorOnRequiresAction?: boolean;
  /** How the customer agreed to a debit. */
  readonly acceptance?: Acceptance;
  /** An earlier agreement, by its id. */
  readonly mandate?: string;
}

/** Tries to collect the payment. Throws Stripe's 400 when the intent is not in a state to be confirmed. */
export function confirmPaymentIntent(
  account: Account,
  intent: PaymentIntent,
  options: ConfirmOptions = {},
): Confirmation {
  requireAllowed(intent, 'confirm');
  const method = options.method ?? methodOf(account, intent) ?? customersMethod(account, intent);
  if (!method) throw missingMethod(intent);
  requireFitting(account, intent, method);
  if (needsReturnUrl(intent, method) && options.returnUrl === undefined) throw returnUrlNeeded(intent);
  const chosen: PaymentIntent = {
    ...intent,
    payment_method: method.id,
    next_action: null,
    last_payment_error: null,
  };
  rememberOfIntent(account, intent.id, { offSession: options.offSession ?? false });
  const flow = methodType(method.type)?.flow;
  if (flow === 'card') return confirmCard(account, chosen, method, options);
  if (flow === 'wallet') return collect(account, chosen, method);
  if (flow === 'debit') return confirmDebit(account, chosen, method, options);
  if (flow === 'page' || flow === 'voucher') return confirmElsewhere(account, chosen, method, options);
  if (flow === 'transfer') return confirmTransfer(account, chosen, method);
  throw notSupported(`payments by ${method.type}`);
}

function confirmCard(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  options: ConfirmOptions,
): Confirmation {
  const authenticating = authenticationOf(account, intent, method, options.offSession ?? false);
  if (authenticating === 'unavailable')
    return refuse(account, intent, method, declines.authenticationRequired);
  if (authenticating === 'none') return collect(account, intent, method);
  if (authenticating !== 'challenge') return collect(account, intent, method, authenticating);
  if (options.errorOnRequiresAction) return refuse(account, intent, method, declines.actionNotWanted);
  return ask(account, intent, authenticationAction(pageOf(account, intent), intent.id, options));
}

/** What 3D Secure needs. A challenge that was passed while the business confirms by hand counts. */
function authenticationOf(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  offSession: boolean,
): Authenticating {
  if (factsOfIntent(account, intent.id).authenticated === method.id)
    return { flow: 'challenge', result: 'authenticated' };
  const { payment_method_options: wishes } = intent;
  if (optionOf(wishes, 'card', 'three_d_secure')) return { flow: null, result: 'authenticated' };
  const { authentication } = behaviourOf(method);
  if (offSession || optionOf(wishes, 'card', 'moto') === true) {
    const isSetUp = factsOf(account, method.id).setUp;
    return authenticatingWith(authentication, isSetUp ? 'offSessionSetUp' : 'offSession');
  }
  const asked = optionOf(wishes, 'card', 'request_three_d_secure');
  return authenticatingWith(authentication, asked === 'any' || asked === 'challenge' ? 'asked' : 'onSession');
}

/** A debit needs the customer's agreement and, where it was typed in, proof of whose account it is. */
function confirmDebit(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  options: ConfirmOptions,
): Confirmation {
  const mandate = mandateFor(account, intent, method, options);
  if (mandate === undefined && options.offSession) return refuse(account, intent, method, mandateMissing);
  if (mandate === undefined) throw mandateNeeded(intent, method, options.mandate);
  rememberOfIntent(account, intent.id, { mandate });
  if (!needsDeposits(account, method)) return collect(account, intent, method);
  if (options.errorOnRequiresAction) return refuse(account, intent, method, declines.actionNotWanted);
  if (!takesDeposits(method)) account.schedule(account.now() + 1, actionOverJob, intent.id);
  return ask(account, intent, {
    type: 'verify_with_microdeposits',
    verify_with_microdeposits: {
      arrival_date: account.now(),
      hosted_verification_url: pageOf(account, intent),
      microdeposit_type: 'descriptor_code',
    },
  });
}

function mandateFor(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  options: ConfirmOptions,
): string | undefined {
  const { acceptance, mandate } = options;
  const isKept = futureUsageFor(intent, method.type) !== null;
  if (acceptance) return agree(account, method, acceptance, isKept ? undefined : intent).id;
  const earlier =
    mandate === undefined ? activeMandate(account, method.id) : account.of(mandates).get(mandate);
  return earlier?.payment_method === method.id && earlier.status === 'active' ? earlier.id : undefined;
}

const mandateMissing: Decline = {
  code: 'payment_intent_mandate_invalid',
  declineCode: null,
  message: mandateMessage('PaymentIntent'),
};

function mandateNeeded(intent: PaymentIntent, method: PaymentMethod, mandate: string | undefined) {
  const message =
    mandate === undefined
      ? mandateMissing.message
      : `The mandate ${mandate} cannot be used with this PaymentIntent: it is not an active mandate of the payment method ${method.id}.`;
  return refusedFor(intent, message, { code: mandateMissing.code });
}

/** The customer approves on another page, or pays with what they are handed. */
function confirmElsewhere(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  options: ConfirmOptions,
): Confirmation {
  if (options.offSession && factsOf(account, method.id).setUp) return collect(account, intent, method);
  if (options.offSession) return refuse(account, intent, method, declines.authenticationRequired);
  if (options.errorOnRequiresAction) return refuse(account, intent, method, declines.actionNotWanted);
  if (methodType(method.type)?.flow === 'voucher')
    account.schedule(account.now() + voucherSeconds, actionOverJob, intent.id);
  return ask(account, intent, methodAction(account, intent, method, options.returnUrl));
}

function ask(account: Account, intent: PaymentIntent, action: PaymentIntent['next_action']): Confirmation {
  const asking: PaymentIntent = { ...intent, status: 'requires_action', next_action: action };
  return { intent: advance(account, paymentIntents, asking, 'payment_intent.requires_action'), fault: null };
}

/** The method an intent is to be paid with. */
export function methodOf(account: Account, intent: PaymentIntent): PaymentMethod | undefined {
  return intent.payment_method === null ? undefined : account.of(paymentMethods).get(intent.payment_method);
}

/** Without a method of its own, an intent is paid with its customer's default. */
function customersMethod(account: Account, intent: PaymentIntent): PaymentMethod | undefined {
  if (intent.customer === null) return undefined;
  const { default_source: source, invoice_settings: settings } = existingCustomer(account, intent.customer);
  const id = settings.default_payment_method ?? source;
  return typeof id === 'string' ? account.of(paymentMethods).get(id) : undefined;
}

/** Throws Stripe's refusals of a method that is somebody else's or of a kind that may not pay this. */
export function requireFitting(account: Account, intent: PaymentIntent, method: PaymentMethod): void {
  requireUsable(account, method, intent.customer, 'PaymentIntent', { payment_intent: intent });
  const { payment_method_types: types } = intent;
  if (types.includes(method.type)) return;
  throw refusedFor(
    intent,
    `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${types.join(', ')}. Alternatively, update the allowed payment_method_types for this PaymentIntent to include "${method.type}".`,
    { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
  );
}

function needsReturnUrl(intent: PaymentIntent, method: PaymentMethod): boolean {
  if (redirects(method.type)) return true;
  return intent.automatic_payment_methods !== null && mayRedirect(intent);
}

function missingMethod(intent: PaymentIntent) {
  const what =
    intent.customer === null
      ? 'You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.'
      : `To confirm the PaymentIntent with ${intent.customer}, specify a payment method attached to this customer along with the customer ID.`;
  return refusedFor(
    intent,
    `You cannot confirm this PaymentIntent because it's missing a payment method. ${what}`,
  );
}

function returnUrlNeeded(intent: PaymentIntent) {
  return refusedFor(
    intent,
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    { code: null, param: 'return_url' },
  );
}
