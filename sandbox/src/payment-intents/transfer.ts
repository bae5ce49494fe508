import type { Account } from '../account.ts';
import type { Decline } from '../behaviours/declines.ts';
import { financialAddresses, referenceOf, transferType } from '../cash-balance/bank-transfer.ts';
import { cashIn, cashOf, moveCash } from '../cash-balance/cash-balance.ts';
import { advance } from '../events.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { type Confirmation, collect, refuse } from './collect.ts';
import { factsOfIntent, type PaymentIntent, paymentIntents, rememberOfIntent } from './intent.ts';
import { pageOf } from './next-action.ts';
import { optionOf } from './options.ts';
import { refusedFor, requireAllowed } from './transitions.ts';

const notEnough: Decline = {
  code: 'payment_intent_payment_attempt_failed',
  declineCode: null,
  message: 'The cash balance of the customer is not sufficient to pay this PaymentIntent.',
};

/** Pays from what the customer has sent already, or tells them where to send it. */
export function confirmTransfer(
  account: Account,
  intent: PaymentIntent,
  method: PaymentMethod,
): Confirmation {
  const { customer } = intent;
  if (customer === null)
    throw refusedFor(
      intent,
      'PaymentIntents that are paid with a customer balance need a customer: provide `customer`.',
      { code: 'parameter_missing', param: 'customer' },
    );
  const isOpen =
    optionOf(intent.payment_method_options, 'customer_balance', 'funding_type') === 'bank_transfer';
  const isEnough = cashIn(account, customer, intent.currency) >= remainingOf(account, intent);
  if (!isEnough && !isOpen) return refuse(account, intent, method, notEnough);
  const isAutomatic = cashOf(account, customer).mode !== 'manual';
  if (isEnough || isAutomatic) takeCash(account, intent, cashIn(account, customer, intent.currency));
  if (remainingOf(account, intent) === 0) return collect(account, intent, method);
  const asking: PaymentIntent = {
    ...intent,
    next_action: instructionsFor(account, intent, customer),
    status: 'requires_action',
  };
  return { intent: advance(account, paymentIntents, asking, 'payment_intent.requires_action'), fault: null };
}

function instructionsFor(
  account: Account,
  intent: PaymentIntent,
  customer: string,
): PaymentIntent['next_action'] {
  const { currency } = intent;
  return {
    type: 'display_bank_transfer_instructions',
    display_bank_transfer_instructions: {
      amount_remaining: remainingOf(account, intent),
      currency,
      financial_addresses: financialAddresses(account, customer, currency),
      hosted_instructions_url: pageOf(account, intent),
      reference: referenceOf(account, customer),
      type: transferType(currency),
    },
  };
}

function remainingOf(account: Account, { amount, id }: PaymentIntent): number {
  return Math.max(0, amount - (factsOfIntent(account, id).funded ?? 0));
}

/** Takes up to so much of the customer's money for an intent. Answers what was taken, in minor units. */
function takeCash(account: Account, intent: PaymentIntent, most: number): number {
  const { currency, customer, id } = intent;
  const amount = Math.min(most, remainingOf(account, intent));
  if (customer === null || amount <= 0) return 0;
  moveCash(
    account,
    customer,
    { amount: -amount, currency },
    { type: 'applied_to_payment', applied_to_payment: { payment_intent: id } },
  );
  rememberOfIntent(account, id, { funded: (factsOfIntent(account, id).funded ?? 0) + amount });
  return amount;
}

/** Applies the customer's money to an intent that waits for it. Answers the intent as it then is. */
function fund(account: Account, intent: PaymentIntent, most: number): PaymentIntent {
  const { customer, next_action: action } = intent;
  const method =
    intent.payment_method === null ? undefined : account.of(paymentMethods).get(intent.payment_method);
  if (customer === null || !method || takeCash(account, intent, most) === 0) return intent;
  if (remainingOf(account, intent) === 0)
    return collect(account, { ...intent, next_action: null }, method).intent;
  const instructions = action?.display_bank_transfer_instructions;
  if (!action || !instructions) return intent;
  const waiting: PaymentIntent = {
    ...intent,
    next_action: {
      ...action,
      display_bank_transfer_instructions: {
        ...instructions,
        amount_remaining: remainingOf(account, intent),
      },
    },
  };
  return advance(account, paymentIntents, waiting, 'payment_intent.partially_funded');
}

function isWaiting(intent: PaymentIntent): boolean {
  return (
    intent.status === 'requires_action' && intent.next_action?.type === 'display_bank_transfer_instructions'
  );
}

/** Money arrived: it pays what its customer owes, oldest first, unless the business does that itself. */
export function reconcile(account: Account, customer: string, currency: string): void {
  if (cashOf(account, customer).mode === 'manual') return;
  const waiting = account
    .of(paymentIntents)
    .by('customer', customer)
    .filter((intent) => intent.currency === currency && isWaiting(intent));
  for (const intent of waiting.reverse()) fund(account, intent, cashIn(account, customer, currency));
}

/** `POST /v1/payment_intents/:id/apply_customer_balance`. Throws Stripe's refusals. */
export function applyCustomerBalance(
  account: Account,
  intent: PaymentIntent,
  params: { readonly amount?: number; readonly currency?: string },
): PaymentIntent {
  requireAllowed(intent, 'applyBalance');
  if (!isWaiting(intent) || intent.customer === null)
    throw refusedFor(intent, 'This PaymentIntent cannot be paid with a customer balance.', {
      code: 'intent_invalid_state',
    });
  const { amount, currency = intent.currency } = params;
  if (currency !== intent.currency)
    throw refusedFor(intent, `The currency must be that of the PaymentIntent: ${intent.currency}.`, {
      code: null,
      param: 'currency',
    });
  const there = cashIn(account, intent.customer, currency);
  if ((amount ?? 1) > there)
    throw refusedFor(intent, 'The cash balance of the customer is not sufficient.', {
      code: 'balance_insufficient',
      param: 'amount',
    });
  if (amount !== undefined && amount > remainingOf(account, intent))
    throw refusedFor(intent, 'The amount is greater than what remains to be paid.', {
      code: 'amount_too_large',
      param: 'amount',
    });
  return fund(account, intent, amount ?? there);
}

/** What was sent towards an intent that ends without a payment is the customer's again. */
export function giveBackCash(
  account: Account,
  { currency, customer, id, latest_charge: latest }: PaymentIntent,
): void {
  const funded = factsOfIntent(account, id).funded ?? 0;
  if (customer === null || funded === 0 || latest !== null) return;
  rememberOfIntent(account, id, { funded: 0 });
  moveCash(
    account,
    customer,
    { amount: funded, currency },
    { type: 'unapplied_from_payment', unapplied_from_payment: { payment_intent: id } },
  );
}
