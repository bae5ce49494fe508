import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { settlementTime } from '../balance/balance.ts';
import { processingFee } from '../balance/fees.ts';
import type { ThreeDSecure } from '../behaviours/authentication.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import type { Decline } from '../behaviours/declines.ts';
import { create, update } from '../events.ts';
import { newId, randomText } from '../ids.ts';
import { behaviourOf, type PaymentMethod } from '../payment-methods/payment-method.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { chargeView, outcomeOf } from './outcome.ts';
import { bookCharge, type Split, shareOut, unshared } from './split.ts';

export type Charge = Wire<Stripe.Charge>;

export const charges: CollectionSpec<Charge, 'customer' | 'payment_intent'> = {
  name: 'charges',
  indexes: { customer: (charge) => charge.customer, payment_intent: (charge) => charge.payment_intent },
};

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
  /** How 3D Secure went; null when there was none. */
  readonly threeDSecure: ThreeDSecure | null;
  /** How it is shared with a platform or connected accounts. */
  readonly split?: Split;
}

/** What charging a card came to; a failed charge is kept and has the reason beside it. */
export type ChargeResult = { readonly charge: Charge; readonly decline: Decline | null };

/** Charges a card. Books the money when it succeeds and is captured at once. Resources above decide what follows. */
export function createCharge(account: Account, input: ChargeInput): ChargeResult {
  const behaviour = behaviourOf(input.method);
  const decline = behaviour.decline ?? null;
  const charge = draft(account, input, behaviour);
  if (decline) {
    const failed: Charge = {
      ...charge,
      paid: false,
      captured: false,
      amount_captured: 0,
      status: 'failed',
      failure_code: decline.code,
      failure_message: decline.message,
    };
    return { charge: create(account, charges, failed, 'charge.failed'), decline };
  }
  if (!input.capture)
    return {
      charge: create(
        account,
        charges,
        { ...charge, captured: false, amount_captured: 0 },
        'charge.succeeded',
      ),
      decline: null,
    };
  const booked = bookPayment(account, charge, input.amount, behaviour);
  return { charge: create(account, charges, booked, 'charge.succeeded'), decline: null };
}

/** Takes an authorised amount or a part of it; the rest is released. */
export function captureCharge(
  account: Account,
  charge: Charge,
  amount: number,
  method: PaymentMethod | undefined,
): Charge {
  const behaviour = method ? behaviourOf(method) : {};
  const booked = bookPayment(account, charge, amount, behaviour);
  return update(account, charges, { ...booked, captured: true, amount_captured: amount }, 'charge.captured');
}

/** Lets an authorisation go: the money was never taken, so nothing is booked. */
export function releaseCharge(account: Account, charge: Charge, expired: boolean): Charge {
  return update(
    account,
    charges,
    { ...charge, refunded: true, amount_refunded: charge.amount },
    expired ? 'charge.expired' : 'charge.refunded',
  );
}

/** Takes the money and shares it out. Answers the charge with where it went. */
function bookPayment(account: Account, charge: Charge, amount: number, behaviour: Behaviour): Charge {
  const entry = bookCharge(account, charge, {
    amount,
    currency: charge.currency,
    fee: processingFee(amount, charge.currency),
    description: charge.description,
    source: charge.id,
    type: 'charge',
    reportingCategory: 'charge',
    availableOn: behaviour.availableAtOnce ? account.now() : settlementTime(account),
  });
  return shareOut(account, { ...charge, balance_transaction: entry.id }, amount, entry);
}

function draft(account: Account, input: ChargeInput, behaviour: Behaviour): Charge {
  const { method } = input;
  const id = newId('ch', 24);
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
    calculated_statement_descriptor: input.statementDescriptor ?? 'SANDBOX',
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
    outcome: outcomeOf(behaviour),
    paid: true,
    payment_intent: input.paymentIntent,
    payment_method: method.id,
    payment_method_details: { card: chargeView(method, input.amount, input.threeDSecure), type: 'card' },
    receipt_email: input.receiptEmail,
    receipt_number: null,
    receipt_url: `https://pay.stripe.com/receipts/payment/${randomText(40)}`,
    refunded: false,
    review: null,
    shipping: input.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: input.statementDescriptor,
    statement_descriptor_suffix: input.statementDescriptorSuffix,
    status: 'succeeded',
  };
}
