import type { Account } from '../account.ts';
import { shippingOf } from '../charges/shipping.ts';
import { confirmPaymentIntent } from '../payment-intents/confirm.ts';
import { createPaymentIntent, type PaymentIntent, paymentIntents } from '../payment-intents/intent.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { refused } from '../resource.ts';
import { confirmSetupIntent } from '../setup-intents/confirm.ts';
import { createSetupIntent, type SetupIntent, setupIntents } from '../setup-intents/setup-intent.ts';
import type { StripeFault } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { type Attempt, attempts, type Collected } from './attempt.ts';
import { completeSession } from './complete.ts';
import { customerFor } from './customer.ts';
import { returnUrlOf, type Session, sessions, termsOf } from './session.ts';
import { paySubscription, startFreeSubscription } from './subscription.ts';

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
    if (due > 0 && method) return paySubscription(account, session, attempt, method);
    if (!method) {
      startFreeSubscription(account, session, attempt);
      return null;
    }
  }
  return method ? saveCard(account, session, attempt, method) : null;
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
  return confirmPaymentIntent(account, intent, { method, returnUrl }).fault;
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
  const shipping = shippingOf(data?.shipping) ?? shippingFrom(collected);
  const known =
    session.payment_intent === null ? undefined : account.of(paymentIntents).get(session.payment_intent);
  if (known) return { ...known, amount, customer, shipping };
  const card = params.payment_method_options?.card;
  return createPaymentIntent(account, {
    amount,
    currency: session.currency ?? 'usd',
    customer,
    captureMethod: card?.capture_method ?? data?.capture_method,
    description: data?.description,
    metadata: applyMetadata({}, data?.metadata),
    methodTypes: params.payment_method_types ?? ['card'],
    options: { card: { request_three_d_secure: card?.request_three_d_secure } },
    receiptEmail: data?.receipt_email,
    setupFutureUsage: data?.setup_future_usage ?? card?.setup_future_usage ?? (save ? 'on_session' : null),
    shipping,
    statementDescriptor: data?.statement_descriptor,
    statementDescriptorSuffix: data?.statement_descriptor_suffix,
  });
}

function shippingFrom({ shipping, phone }: Collected): PaymentIntent['shipping'] {
  return shipping && shippingOf({ name: shipping.name, address: shipping.address, phone });
}

/** Secures a card for later without charging it: the session's own setup intent, or one before a trial. */
function saveCard(
  account: Account,
  session: Session,
  attempt: Attempt,
  method: PaymentMethod,
): StripeFault | null {
  const intent = setupFor(account, session, attempt);
  account.of(attempts).put({ ...attempt, setupIntent: intent.id });
  return confirmSetupIntent(account, intent, { method, returnUrl: returnUrlOf(account, session.id) }).fault;
}

function setupFor(account: Account, session: Session, attempt: Attempt): SetupIntent {
  const known = session.setup_intent ?? attempt.setupIntent;
  const intent = known === null ? undefined : account.of(setupIntents).get(known);
  const { customer } = attempt;
  if (intent) return { ...intent, customer };
  return createSetupIntent(account, { customer, method: null, methodTypes: ['card'], usage: 'off_session' });
}

/** Why the last try of an open session came to nothing, in Stripe's words; null when it did not. */
export function lastProblem(account: Account, session: Session): string | null {
  const attempt = account.of(attempts).get(session.id);
  const payment = attempt?.paymentIntent ? account.of(paymentIntents).get(attempt.paymentIntent) : undefined;
  const setup = attempt?.setupIntent ? account.of(setupIntents).get(attempt.setupIntent) : undefined;
  return payment?.last_payment_error?.message ?? setup?.last_setup_error?.message ?? null;
}

/** The page that asks for what is still to be done by the customer: the bank's. */
function nextStep(account: Account, id: string): string | null {
  const attempt = account.of(attempts).get(id);
  const payment = attempt?.paymentIntent ? account.of(paymentIntents).get(attempt.paymentIntent) : undefined;
  const setup = attempt?.setupIntent ? account.of(setupIntents).get(attempt.setupIntent) : undefined;
  const waiting = [payment, setup].find((intent) => intent?.status === 'requires_action');
  return waiting?.next_action?.redirect_to_url?.url ?? null;
}
