import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { settlementTime } from '../balance/balance.ts';
import { exchanged, settlementCurrency } from '../balance/exchange.ts';
import { processingFee } from '../balance/fees.ts';
import type { ThreeDSecure } from '../behaviours/authentication.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { type Decline, declines } from '../behaviours/declines.ts';
import { create, update } from '../events.ts';
import { newId, randomText } from '../ids.ts';
import { checkedCard } from '../payment-methods/cards.ts';
import { behaviourOf, type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { isSource, viewOf } from '../payment-methods/sources.ts';
import { methodType } from '../payment-methods/types.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { calculatedDescriptor } from './descriptor.ts';
import { type CardWishes, detailsOf } from './details.ts';
import { outcomeOf } from './outcome.ts';
import { bookCharge, type Split, shareOut, unshared } from './split.ts';

//  (nothing) ─▶ failed | succeeded, held ─capture─▶ succeeded, captured | pending ─bank─▶ succeeded | failed

export type Charge = Wire<Stripe.Charge>;

export const charges: CollectionSpec<Charge, 'customer' | 'payment_intent' | 'transfer_group'> = {
  name: 'charges',
  indexes: {
    customer: (charge) => charge.customer,
    payment_intent: (charge) => charge.payment_intent,
    transfer_group: (charge) => charge.transfer_group,
  },
};

/** A bank's answer to a debit, as a due job. */
export const settleJob = 'charge.settle';

export interface ChargeInput {
  readonly amount: number;
  readonly currency: string;
  readonly method: PaymentMethod;
  readonly customer: string | null;
  readonly paymentIntent: string | null;
  readonly capture: boolean;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly receiptEmail: string | null;
  readonly shipping: Wire<Stripe.Charge.Shipping> | null;
  readonly statementDescriptor: string | null;
  readonly statementDescriptorSuffix: string | null;
  /** How it is shared with a platform or connected accounts. */
  readonly split?: Split;
  /** How 3D Secure went; null when there was none. */
  readonly threeDSecure: ThreeDSecure | null;
  /** What was asked of a card beyond paying. */
  readonly wishes?: CardWishes;
  readonly mandate?: string | null;
  /** Why it is refused whatever the issuer would say. */
  readonly refusal?: Decline;
}

/** What charging a method came to; a failed charge is kept and has the reason beside it. */
export type ChargeResult = { readonly charge: Charge; readonly decline: Decline | null };

/** Charges a method. Books the money when it succeeds and is captured at once. Resources above decide what follows. */
export function createCharge(account: Account, input: ChargeInput): ChargeResult {
  const method = checkedCard(input.method);
  if (method !== input.method) account.of(paymentMethods).put(method);
  const behaviour = behaviourOf(method);
  const decline = input.refusal ?? declineOf(account, method, behaviour);
  const charge = draft(account, { ...input, method }, behaviour, decline);
  if (decline) {
    const failed: Charge = {
      ...charge,
      ...unpaid,
      receipt_url: null,
      status: 'failed',
      failure_code: decline.failureCode ?? decline.code,
      failure_message: decline.message,
    };
    return { charge: create(account, charges, failed, 'charge.failed'), decline };
  }
  if (methodType(method.type)?.flow === 'debit')
    return { charge: debit(account, charge, behaviour), decline: null };
  if (!input.capture) {
    const held: Charge = { ...charge, captured: false, amount_captured: 0 };
    return { charge: create(account, charges, held, 'charge.succeeded'), decline: null };
  }
  const booked = bookPayment(account, charge, input.amount);
  return { charge: create(account, charges, booked, 'charge.succeeded'), decline: null };
}

const unpaid = { amount_captured: 0, captured: false, paid: false } as const;
/** How long a bank takes that answers promptly, in seconds. */
const promptly = 1;

/** Asks a bank for money; its answer comes later, if ever. */
function debit(account: Account, charge: Charge, behaviour: Behaviour): Charge {
  const asked: Charge = { ...charge, amount_captured: 0, paid: false, status: 'pending' };
  const { settlesAfterSeconds = promptly } = behaviour;
  if (settlesAfterSeconds !== null)
    account.schedule(account.now() + settlesAfterSeconds, settleJob, charge.id);
  return create(account, charges, asked, 'charge.pending');
}

/** A bank answers a debit: the money arrives or the payment failed. Runs as a due job. */
export function settleCharge(account: Account, id: string): void {
  const charge = account.of(charges).get(id);
  if (charge?.status !== 'pending') return;
  const method = methodOf(account, charge);
  const failure = method ? behaviourOf(method).failure : undefined;
  if (failure) {
    failCharge(account, charge, failure);
    return;
  }
  const booked = bookPayment(account, charge, charge.amount);
  const paid: Charge = { ...booked, amount_captured: charge.amount, paid: true, status: 'succeeded' };
  update(account, charges, paid, 'charge.succeeded');
}

/** A debit that comes to nothing. */
export function failCharge(account: Account, charge: Charge, failure: Decline): Charge {
  const failed: Charge = {
    ...charge,
    ...unpaid,
    failure_code: failure.failureCode ?? failure.code,
    failure_message: failure.message,
    status: 'failed',
  };
  return update(account, charges, failed, 'charge.failed');
}

/**
 * Takes an authorised amount or a part of it. What is left is released, unless the capture is not the last; then the
 * charge stays open.
 */
export function captureCharge(account: Account, charge: Charge, amount: number, isLast = true): Charge {
  const booked = bookPayment(account, charge, amount);
  const taken = charge.amount_captured + amount;
  const next: Charge = {
    ...booked,
    amount: Math.max(charge.amount, taken),
    amount_captured: taken,
    captured: isLast,
  };
  return update(account, charges, next, 'charge.captured');
}

/** Raises what is authorised to a new amount. */
export function incrementCharge(account: Account, charge: Charge, amount: number): Charge {
  const { payment_method_details: details } = charge;
  const card = details?.card;
  if (!details || !card) return charge;
  const raised: Charge = {
    ...charge,
    amount: Math.max(amount, charge.amount_captured),
    payment_method_details: {
      ...details,
      card: {
        ...card,
        amount_authorized: amount,
        ...(card.overcapture
          ? { overcapture: { ...card.overcapture, maximum_amount_capturable: amount } }
          : {}),
      },
    },
  };
  return update(account, charges, raised, 'charge.updated');
}

/** Lets an authorisation go: the money was never taken, so nothing is booked. */
export function releaseCharge(account: Account, charge: Charge, expired: boolean): Charge {
  if (charge.amount_captured > 0)
    return update(account, charges, { ...charge, captured: true }, 'charge.updated');
  return update(
    account,
    charges,
    { ...charge, refunded: true, amount_refunded: charge.amount },
    expired ? 'charge.expired' : 'charge.refunded',
  );
}

function methodOf(account: Account, charge: Charge): PaymentMethod | undefined {
  return charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
}

/** Whether the issuer or Radar refuses, also for checks that the account says must pass. */
function declineOf(account: Account, method: PaymentMethod, behaviour: Behaviour): Decline | null {
  if (behaviour.decline) return behaviour.decline;
  const wanted = accountObject(account).settings?.card_payments.decline_on;
  const checks = method.card?.checks;
  if (wanted?.cvc_failure && checks?.cvc_check === 'fail') return declines.incorrectCvc;
  const isElsewhere = checks?.address_postal_code_check === 'fail';
  return wanted?.avs_failure && isElsewhere ? declines.incorrectZip : null;
}

/** Takes the money and shares it out. Answers the charge with where it went. */
function bookPayment(account: Account, charge: Charge, amount: number): Charge {
  const method = methodOf(account, charge);
  const type = charge.payment_method_details?.type ?? 'card';
  // Debits of US bank accounts are there at once in Stripe's test mode.
  const isThere = type === 'us_bank_account' || (method && behaviourOf(method).availableAtOnce);
  const kept = settlementCurrency(account, charge.currency);
  const entry = bookCharge(account, charge, {
    amount,
    currency: charge.currency,
    fee: processingFee(exchanged(amount, charge.currency, kept), kept, type),
    description: charge.description,
    source: charge.id,
    type: type === 'card' ? 'charge' : 'payment',
    reportingCategory: 'charge',
    availableOn: isThere ? account.now() : settlementTime(account),
  });
  const booked: Charge = { ...charge, balance_transaction: charge.balance_transaction ?? entry.id };
  return shareOut(account, booked, amount, entry);
}

function draft(account: Account, input: ChargeInput, behaviour: Behaviour, decline: Decline | null): Charge {
  const { method } = input;
  const id = newId(method.type === 'card' ? 'ch' : 'py', 24);
  return {
    id,
    object: 'charge',
    ...(input.split ?? unshared(account)),
    amount: input.amount,
    amount_captured: input.amount,
    amount_refunded: 0,
    application_fee: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: calculatedDescriptor(account, input),
    captured: true,
    created: account.now(),
    currency: input.currency,
    customer: input.customer,
    description: input.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: account.livemode,
    metadata: input.metadata,
    outcome: outcomeOf(behaviour, decline),
    paid: true,
    payment_intent: input.paymentIntent,
    payment_method: method.id,
    payment_method_details: detailsOf(account, input, decline),
    radar_options: {},
    receipt_email: input.receiptEmail,
    receipt_number: null,
    receipt_url: `${account.origin()}/_sandbox/receipts/${account.address}/${id}/${randomText(24)}`,
    refunded: false,
    review: null,
    shipping: input.shipping,
    source: input.paymentIntent === null && isSource(method) ? viewOf(account, method) : null,
    source_transfer: null,
    statement_descriptor: input.statementDescriptor,
    statement_descriptor_suffix: input.statementDescriptorSuffix,
    status: 'succeeded',
  };
}
