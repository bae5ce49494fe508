import type { Account } from '../account.ts';
import { type Authenticating, authenticatingWith, type ThreeDSecure } from '../behaviours/authentication.ts';
import type { Decline } from '../behaviours/declines.ts';
import { advance } from '../events.ts';
import { type Acceptance, agree, endMandate, mandateMessage } from '../mandates.ts';
import { authenticationAction } from '../payment-intents/next-action.ts';
import { requireUsable } from '../payment-intents/ownership.ts';
import { attachMethod, declinedBody, declinedFault } from '../payment-methods/attach.ts';
import { checkedCard } from '../payment-methods/cards.ts';
import { needsDeposits, takesDeposits } from '../payment-methods/deposits.ts';
import { rememberFact } from '../payment-methods/facts.ts';
import { behaviourOf, type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { methodType, redirects } from '../payment-methods/types.ts';
import type { StripeFault } from '../wire/errors.ts';
import type { AttemptNews } from './attempt.ts';
import { abandonAttempt, keepAttempt } from './attempt.ts';
import { type SetupIntent, setupFacts, setupIntents } from './setup-intent.ts';
import { refusedFor, requireAllowed } from './transitions.ts';

/** Deposits that cannot be sent, as a due job. */
export const setupActionOverJob = 'setup_intent.action_over';

export interface SetupOptions {
  readonly method?: PaymentMethod;
  readonly returnUrl?: string;
  readonly useStripeSdk?: boolean;
  /** How the customer agreed to later debits. */
  readonly acceptance?: Acceptance;
}

/** Where a confirmation led. A refusal is stored on the intent and handed back as the error to answer with. */
export interface SetupConfirmation {
  readonly intent: SetupIntent;
  readonly fault: StripeFault | null;
}

/** Tries to save the method. Throws Stripe's 400 when the intent is not in a state to be confirmed. */
export function confirmSetupIntent(
  account: Account,
  intent: SetupIntent,
  options: SetupOptions = {},
): SetupConfirmation {
  requireAllowed(intent, 'confirm');
  const method = options.method ?? methodOf(account, intent);
  if (!method)
    throw refusedFor(
      intent,
      "You cannot confirm this SetupIntent because it's missing a payment method. You can either update the SetupIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { code: 'setup_intent_unexpected_state' },
    );
  requireFitting(account, intent, method);
  if (options.returnUrl === undefined && needsReturnUrl(intent, method)) throw returnUrlNeeded(intent);
  abandonAttempt(account, intent);
  const chosen: SetupIntent = {
    ...intent,
    latest_attempt: null,
    payment_method: method.id,
    next_action: null,
    last_setup_error: null,
  };
  const flow = methodType(method.type)?.flow;
  if (flow === 'card') return confirmCard(account, chosen, method, options);
  if (flow === 'debit') return confirmDebit(account, chosen, method, options);
  if (flow === 'page') return confirmElsewhere(account, chosen, method, options);
  return complete(account, chosen, method, null);
}

function confirmCard(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  options: SetupOptions,
): SetupConfirmation {
  const authenticating = authenticationOf(intent, method);
  if (authenticating !== 'challenge')
    return complete(account, intent, method, typeof authenticating === 'object' ? authenticating : null);
  return ask(account, intent, method, authenticationAction(pageOf(account, intent), intent.id, options));
}

function authenticationOf(
  { payment_method_options: options }: SetupIntent,
  method: PaymentMethod,
): Authenticating {
  const asked = options?.card?.request_three_d_secure;
  const isAsked = asked === 'any' || asked === 'challenge';
  return authenticatingWith(behaviourOf(method).authentication, isAsked ? 'asked' : 'onSession');
}

/** Later debits need the customer's agreement and, where it was typed in, proof of whose account it is. */
function confirmDebit(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  { acceptance }: SetupOptions,
): SetupConfirmation {
  if (!acceptance && intent.mandate === null && intent.single_use_mandate === null)
    throw refusedFor(intent, mandateMessage('SetupIntent'), { code: 'setup_intent_mandate_invalid' });
  const agreed = acceptance ? withMandate(account, intent, method, acceptance) : intent;
  if (!needsDeposits(account, method)) return complete(account, agreed, method, null);
  if (!takesDeposits(method)) account.schedule(account.now() + 1, setupActionOverJob, intent.id);
  return ask(account, agreed, method, {
    type: 'verify_with_microdeposits',
    verify_with_microdeposits: {
      arrival_date: account.now(),
      hosted_verification_url: pageOf(account, intent),
      microdeposit_type: 'descriptor_code',
    },
  });
}

/** The customer approves on another page. */
function confirmElsewhere(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  { acceptance, returnUrl }: SetupOptions,
): SetupConfirmation {
  const agreed = acceptance ? withMandate(account, intent, method, acceptance) : intent;
  return ask(account, agreed, method, {
    type: 'redirect_to_url',
    redirect_to_url: { return_url: returnUrl ?? null, url: pageOf(account, intent) },
  });
}

/** Keeps what the customer agreed to: for good, or for the one payment that the intent is for. */
function withMandate(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  acceptance: Acceptance,
): SetupIntent {
  const once = account.of(setupFacts).get(intent.id)?.singleUse;
  const { id } = agree(account, method, acceptance, once);
  return once ? { ...intent, single_use_mandate: id } : { ...intent, mandate: id };
}

function ask(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  action: SetupIntent['next_action'],
): SetupConfirmation {
  const attempt = keepAttempt(account, intent, method, { status: 'requires_action' });
  const asking: SetupIntent = {
    ...intent,
    latest_attempt: attempt,
    status: 'requires_action',
    next_action: action,
  };
  return { intent: advance(account, setupIntents, asking, 'setup_intent.requires_action'), fault: null };
}

/** Saves a method of which all is known that was asked for, unless its issuer refuses. */
export function complete(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  secure: ThreeDSecure | null,
): SetupConfirmation {
  const { decline, onlyWhenCharged, refusesMandate } = behaviourOf(method);
  if (decline && !onlyWhenCharged) return refuse(account, intent, method, decline, secure);
  rememberFact(account, method.id, { setUp: true });
  const checked = account.of(paymentMethods).put(checkedCard(method));
  if (intent.customer !== null) attachMethod(account, checked, intent.customer);
  const attempt = keepAttempt(account, intent, checked, { status: 'succeeded', secure });
  const succeeded: SetupIntent = {
    ...intent,
    latest_attempt: attempt,
    next_action: null,
    status: 'succeeded',
  };
  const done = advance(account, setupIntents, succeeded, 'setup_intent.succeeded');
  if (refusesMandate && intent.mandate !== null) endMandate(account, intent.mandate);
  return { intent: done, fault: null };
}

function refuse(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  decline: Decline,
  secure: ThreeDSecure | null,
): SetupConfirmation {
  const error = { ...declinedBody(decline), payment_method: method, payment_method_type: method.type };
  const stored = fail(account, intent, method, { status: 'failed', error, secure });
  const extra = { payment_method: method, setup_intent: stored };
  return { intent: stored, fault: declinedFault(decline, extra, { keeps: true }) };
}

/** Puts an intent back to where another method can be tried. */
export function fail(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  news: AttemptNews,
): SetupIntent {
  const failed: SetupIntent = {
    ...intent,
    last_setup_error: news.error ?? null,
    latest_attempt: keepAttempt(account, intent, method, news),
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  };
  return advance(account, setupIntents, failed, 'setup_intent.setup_failed');
}

/** The method an intent is to save. */
export function methodOf(account: Account, intent: SetupIntent): PaymentMethod | undefined {
  return intent.payment_method === null ? undefined : account.of(paymentMethods).get(intent.payment_method);
}

/** Where the customer acts: the sandbox's page for this intent. */
function pageOf(account: Account, { id, client_secret: secret }: SetupIntent): string {
  return `${account.origin()}/_sandbox/authenticate/${account.address}/${id}/${secret}`;
}

/** Throws Stripe's refusals of a method that is somebody else's or of a kind that is not to be saved. */
export function requireFitting(account: Account, intent: SetupIntent, method: PaymentMethod): void {
  requireUsable(account, method, intent.customer, 'SetupIntent', { setup_intent: intent });
  const { payment_method_types: types } = intent;
  if (types.includes(method.type)) return;
  throw refusedFor(
    intent,
    `The PaymentMethod provided (${method.type}) is not allowed for this SetupIntent. Please attach a PaymentMethod of one of the following types: ${types.join(', ')}. Alternatively, update the allowed payment_method_types for this SetupIntent to include "${method.type}".`,
    { code: 'setup_intent_invalid_parameter', param: 'payment_method' },
  );
}

function needsReturnUrl(intent: SetupIntent, method: PaymentMethod): boolean {
  if (redirects(method.type)) return true;
  return intent.automatic_payment_methods !== null && intent.payment_method_types.some(redirects);
}

function returnUrlNeeded(intent: SetupIntent) {
  return refusedFor(
    intent,
    "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    { param: 'return_url' },
  );
}
