import type { Account } from '../account.ts';
import { splitBy } from '../charges/shares.ts';
import { shippingOf } from '../charges/shipping.ts';
import { confirmPaymentIntent } from '../payment-intents/confirm.ts';
import { createPaymentIntent, type PaymentIntent, paymentIntents } from '../payment-intents/intent.ts';
import { pageOf } from '../payment-intents/next-action.ts';
import { shownOnIntent } from '../payment-intents/split.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import { confirmSetupIntent } from '../setup-intents/confirm.ts';
import { createSetupIntent, type SetupIntent, setupIntents } from '../setup-intents/setup-intent.ts';
import type { StripeFault } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { type Attempt, acceptance, attempts, type Collected } from './attempt.ts';
import { completeSession } from './complete.ts';
import { customerFor, keepTaxId } from './customer.ts';
import { offeredTypes, requireAccepted } from './methods.ts';
import { returnUrlOf, type Session, sessions, termsOf } from './session.ts';
import { asksForPayment, paySubscription, startFreeSubscription } from './subscription.ts';

export interface PayInput {
  /** Null when nothing has to be paid, now or later. */
  readonly method: PaymentMethod | null;
  readonly collected: Collected;
  /** The customer wants the card kept for the next time. */
  readonly save?: boolean;
}

/** Where a try to pay led: the session now, why it was refused, or where the customer must go to go on. */
export interface PayOutcome {
  readonly session: Session;
  readonly fault: StripeFault | null;
  readonly next: string | null;
}

/** Whether the page has to ask for a card. */
export function needsMethod(session: Session): boolean {
  if (session.mode === 'setup' || (session.amount_total ?? 0) > 0) return true;
  return session.mode === 'subscription' && session.payment_method_collection === 'always';
}

/** Tries to pay an open session. Throws Stripe's 400 when it is not open or a card is missing. */
export function paySession(account: Account, session: Session, input: PayInput): PayOutcome {
  requireOpen(account, session);
  const { collected, save = false } = input;
  const before = account.of(attempts).get(session.id);
  if (needsMethod(session) && !input.method)
    throw refused('payment_method', 'You must provide a payment method to complete this Checkout Session.');
  if (input.method) requireAccepted(session, input.method);
  const attempt: Attempt = {
    id: session.id,
    collected,
    customer: customerFor(account, session, collected, { known: before?.customer ?? null, save }),
    method: input.method?.id ?? null,
    save,
    paymentIntent: before?.paymentIntent ?? null,
    setupIntent: before?.setupIntent ?? null,
    subscription: before?.subscription ?? null,
    order: before?.order ?? null,
    delayed: false,
  };
  account.of(attempts).put(attempt);
  keepTaxId(account, attempt.customer, collected);
  const fault = collect(account, session, attempt, input.method);
  return {
    session: account.of(sessions).get(session.id) ?? session,
    fault,
    next: nextStep(account, session.id),
  };
}

function requireOpen(account: Account, session: Session): void {
  if (session.status === 'open' && session.expires_at > account.now()) return;
  const status = session.status === 'open' ? 'expired' : session.status;
  throw refused('session', `This Checkout Session is no longer open: its status is \`${status}\`.`);
}

/** Collects what is due, or secures the card for what will be. Answers the refusal, if any. */
function collect(
  account: Account,
  session: Session,
  attempt: Attempt,
  method: PaymentMethod | null,
): StripeFault | null {
  const due = session.amount_total ?? 0;
  if (session.mode === 'payment') {
    if (due > 0 && method) return payOnce(account, session, attempt, method);
    completeSession(account, session, attempt, 'no_payment_required');
    return null;
  }
  if (session.mode === 'subscription') {
    if (due > 0 && method && asksForPayment(account, session, attempt))
      return paySubscription(account, session, attempt, method);
    if (!method) {
      startFreeSubscription(account, session, attempt);
      return null;
    }
  }
  return method ? saveMethod(account, session, attempt, method) : null;
}

function payOnce(
  account: Account,
  session: Session,
  attempt: Attempt,
  method: PaymentMethod,
): StripeFault | null {
  const intent = intentFor(account, session, attempt);
  account.of(sessions).put({ ...session, payment_intent: intent.id });
  account.of(attempts).put({ ...attempt, paymentIntent: intent.id });
  const returnUrl = returnUrlOf(account, session.id);
  return confirmPaymentIntent(account, intent, { method, returnUrl, acceptance }).fault;
}

/** The session's payment intent: made with the first try, brought up to date with each further one. */
function intentFor(
  account: Account,
  session: Session,
  { customer, collected, save }: Attempt,
): PaymentIntent {
  const { params } = termsOf(account, session.id);
  const data = params.payment_intent_data;
  const amount = session.amount_total ?? 0;
  const currency = session.currency ?? 'usd';
  const split = splitBy(account, data ?? {}, amount, currency);
  const shipping = shippingOf(data?.shipping) ?? shippingFrom(collected);
  const known =
    session.payment_intent === null ? undefined : account.of(paymentIntents).get(session.payment_intent);
  if (known) return { ...known, ...shownOnIntent(split), amount, customer, shipping };
  const { restrictions: _, ...card } = params.payment_method_options?.card ?? {};
  return createPaymentIntent(account, {
    amount,
    currency,
    customer,
    captureMethod: data?.capture_method,
    description: data?.description,
    metadata: applyMetadata({}, data?.metadata),
    methodTypes: offeredTypes(session),
    options: { ...params.payment_method_options, card },
    receiptEmail: data?.receipt_email,
    setupFutureUsage: data?.setup_future_usage ?? (save ? 'on_session' : null),
    shipping,
    split,
    statementDescriptor: data?.statement_descriptor,
    statementDescriptorSuffix: data?.statement_descriptor_suffix,
  });
}

function shippingFrom({ shipping, phone }: Collected): PaymentIntent['shipping'] {
  return shipping && shippingOf({ name: shipping.name, address: shipping.address, phone });
}

/** Secures a method for later without charging it: the session's own setup intent, or one before a trial. */
function saveMethod(
  account: Account,
  session: Session,
  attempt: Attempt,
  method: PaymentMethod,
): StripeFault | null {
  const intent = setupFor(account, session, attempt);
  account.of(attempts).put({ ...attempt, setupIntent: intent.id });
  const returnUrl = returnUrlOf(account, session.id);
  return confirmSetupIntent(account, intent, { method, returnUrl, acceptance }).fault;
}

function setupFor(account: Account, session: Session, attempt: Attempt): SetupIntent {
  const known = session.setup_intent ?? attempt.setupIntent;
  const intent = known === null ? undefined : account.of(setupIntents).get(known);
  const { customer } = attempt;
  if (intent) return { ...intent, customer };
  return createSetupIntent(account, {
    customer,
    method: null,
    methodTypes: offeredTypes(session),
    usage: 'off_session',
  });
}

/** Why the last try of an open session came to nothing, in Stripe's words, and with what kind of method. */
export interface Problem {
  readonly message: string;
  readonly type: string;
}

export function lastProblem(account: Account, session: Session): Problem | null {
  const { payment, setup } = intentsOf(account, session.id);
  const error = payment?.last_payment_error ?? setup?.last_setup_error;
  return error?.message ? { message: error.message, type: error.payment_method_type ?? 'card' } : null;
}

/** The page where the customer does what is still to be done, if anything is; small deposits are named days later. */
function nextStep(account: Account, id: string): string | null {
  const { payment, setup } = intentsOf(account, id);
  if (payment?.status === 'requires_action' && payment.next_action?.type !== 'verify_with_microdeposits')
    return pageOf(account, payment);
  return setup?.status === 'requires_action' ? (setup.next_action?.redirect_to_url?.url ?? null) : null;
}

function intentsOf(
  account: Account,
  id: string,
): { readonly payment: PaymentIntent | undefined; readonly setup: SetupIntent | undefined } {
  const { paymentIntent = null, setupIntent = null } = account.of(attempts).get(id) ?? {};
  return {
    payment: paymentIntent === null ? undefined : account.of(paymentIntents).get(paymentIntent),
    setup: setupIntent === null ? undefined : account.of(setupIntents).get(setupIntent),
  };
}
