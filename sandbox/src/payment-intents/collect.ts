import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { ThreeDSecure } from '../behaviours/authentication.ts';
import type { Decline } from '../behaviours/declines.ts';
import { type Charge, charges, createCharge } from '../charges/charge.ts';
import { holdSeconds } from '../charges/details.ts';
import { followUp } from '../disputes/follow-up.ts';
import { advance } from '../events.ts';
import { endMandate } from '../mandates.ts';
import { attachMethod, declinedBody, declinedFault } from '../payment-methods/attach.ts';
import { rememberFact } from '../payment-methods/facts.ts';
import { behaviourOf, type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { methodType } from '../payment-methods/types.ts';
import type { StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { factsOfIntent, type PaymentIntent, paymentIntents, rememberOfIntent } from './intent.ts';
import { captureMethodFor, futureUsageFor, optionOf } from './options.ts';
import { splitOfIntent } from './split.ts';
import { isAllowed } from './transitions.ts';

/** An authorisation nobody captured in time, as a due job. */
export const expiryJob = 'payment_intent.expire';

/** Where a confirmation led. A refusal is stored on the intent and handed back as the error to answer with. */
export interface Confirmation {
  readonly intent: PaymentIntent;
  readonly fault: StripeFault | null;
}

/** Charges the method of an intent that has all it needs. */
export function collect(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  threeDSecure: ThreeDSecure | null = null,
): Confirmation {
  const holds = methodType(method.type)?.holds && captureMethodFor(intent, method.type) === 'manual';
  const wishes = wishesOf(intent);
  const { charge, decline } = createCharge(account, {
    amount: intent.amount,
    currency: intent.currency,
    method,
    customer: intent.customer,
    paymentIntent: intent.id,
    capture: !holds,
    description: intent.description,
    metadata: intent.metadata,
    receiptEmail: intent.receipt_email,
    shipping: intent.shipping,
    statementDescriptor: intent.statement_descriptor,
    statementDescriptorSuffix: intent.statement_descriptor_suffix,
    split: splitOfIntent(intent),
    threeDSecure,
    wishes,
    mandate: factsOfIntent(account, intent.id).mandate ?? null,
  });
  const paid: PaymentIntent = { ...intent, latest_charge: charge.id, next_action: null };
  rememberOfIntent(account, intent.id, { authenticated: null });
  if (decline) return refuse(account, paid, method, decline, charge);
  if (charge.status === 'pending') {
    const waiting: PaymentIntent = { ...paid, status: 'processing' };
    return done(advance(account, paymentIntents, waiting, 'payment_intent.processing'));
  }
  keepMethod(account, intent, method, threeDSecure?.result === 'authenticated');
  if (holds) {
    const hold = wishes.extended ? holdSeconds.extended : holdSeconds.usual;
    account.schedule(account.now() + hold, expiryJob, intent.id);
    const held: PaymentIntent = { ...paid, status: 'requires_capture', amount_capturable: intent.amount };
    return done(advance(account, paymentIntents, held, 'payment_intent.amount_capturable_updated'));
  }
  return done(succeed(account, paid, charge, intent.amount));
}

function done(intent: PaymentIntent): Confirmation {
  return { intent, fault: null };
}

/** The money is there: what the cardholder and Radar make of it, then the news. */
export function succeed(
  account: Account,
  intent: PaymentIntent,
  charge: Charge,
  received: number,
): PaymentIntent {
  const { review } = followUp(account, charge);
  const succeeded: PaymentIntent = {
    ...intent,
    amount_capturable: 0,
    amount_received: received,
    review: typeof review === 'string' ? review : null,
    status: 'succeeded',
  };
  return advance(account, paymentIntents, succeeded, 'payment_intent.succeeded');
}

function wishesOf({ payment_method_options: options }: PaymentIntent) {
  const wants = (name: string) => optionOf(options, 'card', name) === 'if_available';
  return {
    extended: wants('request_extended_authorization'),
    incremental: wants('request_incremental_authorization'),
    multicapture: wants('request_multicapture'),
    overcapture: wants('request_overcapture'),
    moto: optionOf(options, 'card', 'moto') === true,
  };
}

/** Saves the method for the customer when that was asked for; otherwise an unowned method is used up. */
function keepMethod(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  authenticated: boolean,
): void {
  const usage = futureUsageFor(intent, method.type);
  if (usage !== null && (authenticated || usage === 'off_session'))
    rememberFact(account, method.id, { setUp: true });
  if (intent.customer !== null && usage !== null && methodType(method.type)?.keeps) {
    // As it is now: paying may have checked its details.
    attachMethod(account, account.of(paymentMethods).get(method.id) ?? method, intent.customer);
  } else if (method.customer === null && usage === null) rememberFact(account, method.id, { spent: true });
}

/** A payment that came to nothing: the intent waits for another method and says why. */
export function refuse(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
  decline: Decline,
  charge?: Charge,
): Confirmation {
  const shown = account.of(paymentMethods).get(method.id) ?? method;
  const extra = { ...(charge ? { charge: charge.id } : {}), payment_method: shown };
  const error = { ...declinedBody(decline), ...extra, payment_method_type: method.type };
  const stored = fail(account, { ...intent, latest_charge: charge?.id ?? intent.latest_charge }, error);
  return {
    intent: stored,
    fault: declinedFault(decline, { ...extra, payment_intent: stored }, { keeps: true }),
  };
}

/** Puts an intent back to where another method can be tried. */
export function fail(
  account: Account,
  intent: PaymentIntent,
  error: Wire<Stripe.PaymentIntent.LastPaymentError>,
): PaymentIntent {
  const failed: PaymentIntent = {
    ...intent,
    last_payment_error: error,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  };
  return advance(account, paymentIntents, failed, 'payment_intent.payment_failed');
}

/** Hears that a bank paid what an intent waits for. */
export function onChargeSucceeded(account: Account, object: unknown): void {
  const waiting = waitingFor(account, object);
  if (!waiting) return;
  const { charge, intent } = waiting;
  const method = methodOfCharge(account, charge);
  if (method) keepMethod(account, intent, method, false);
  succeed(account, intent, charge, charge.amount);
}

/** Hears that a bank sent back what an intent waits for. */
export function onChargeFailed(account: Account, object: unknown): void {
  const waiting = waitingFor(account, object);
  const method = waiting && methodOfCharge(account, waiting.charge);
  if (!waiting || !method) return;
  const { failure, endsMandate, refusesMandate } = behaviourOf(method);
  const { mandate } = factsOfIntent(account, waiting.intent.id);
  if ((endsMandate || refusesMandate) && mandate) endMandate(account, mandate);
  if (failure) refuse(account, waiting.intent, method, failure, waiting.charge);
}

function waitingFor(
  account: Account,
  object: unknown,
): { charge: Charge; intent: PaymentIntent } | undefined {
  const charge = account.of(charges).get((object as Charge).id);
  const intent = charge?.payment_intent ? account.of(paymentIntents).get(charge.payment_intent) : undefined;
  if (!charge || !intent || !isAllowed(intent, 'settle') || intent.latest_charge !== charge.id)
    return undefined;
  return { charge, intent };
}

function methodOfCharge(account: Account, charge: Charge): PaymentMethod | undefined {
  return charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
}
