import type { Account } from '../account.ts';
import { checkCharge } from '../charges/amounts.ts';
import { existingCustomer } from '../customers.ts';
import { given } from '../resource.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { applyChoices, chosenMethod } from './choices.ts';
import { methodOf, requireFitting } from './confirm.ts';
import { type PaymentIntent, paymentIntents } from './intent.ts';
import { requireUsable } from './ownership.ts';
import type { updateParams } from './params.ts';
import { withSplit } from './split.ts';
import { requireAllowed } from './transitions.ts';

/** `POST /v1/payment_intents/:id`. */
export function updateFrom(
  account: Account,
  intent: PaymentIntent,
  params: Parsed<typeof updateParams>,
): PaymentIntent {
  requireChangeable(intent, params);
  const { amount = intent.amount, currency = intent.currency, customer } = params;
  if (amount !== intent.amount || currency !== intent.currency) checkCharge(account, amount, currency);
  const owner = customer === undefined ? intent.customer : existingCustomer(account, customer).id;
  const method = chosenMethod(account, params);
  const kept = method ?? methodOf(account, intent);
  if (kept && (method || owner !== intent.customer))
    requireUsable(account, kept, owner, 'PaymentIntent', { payment_intent: intent });
  const changed = applyChoices(account, { ...intent, amount, currency, customer: owner }, params);
  if (method) requireFitting(account, changed, method);
  const { description, statement_descriptor, statement_descriptor_suffix } = params;
  const next: PaymentIntent = {
    ...changed,
    ...given({ description, statement_descriptor, statement_descriptor_suffix }),
    last_payment_error: null,
    metadata: applyMetadata(intent.metadata, params.metadata),
    payment_method: method?.id ?? intent.payment_method,
    ...(method || isUnsettled(intent, params) ? { next_action: null } : {}),
    ...(method || isUnsettled(intent, params)
      ? { status: kept ? 'requires_confirmation' : 'requires_payment_method' }
      : {}),
  };
  return account.of(paymentIntents).put(withSplit(account, next, params, amount));
}

/** A customer who is being asked to act was asked about these: a change means asking again. */
function isUnsettled(intent: PaymentIntent, params: Parsed<typeof updateParams>): boolean {
  if (intent.status !== 'requires_action') return false;
  return (
    (params.amount ?? intent.amount) !== intent.amount ||
    (params.currency ?? intent.currency) !== intent.currency
  );
}

/** What can be changed only before there is a payment. */
const settledParams = [
  'amount',
  'currency',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'payment_method_types',
  'allowed_payment_method_types',
  'setup_future_usage',
  'capture_method',
  'customer',
] as const;

function requireChangeable(intent: PaymentIntent, params: Parsed<typeof updateParams>): void {
  const changed = settledParams.filter((name) => {
    if (params[name] === undefined) return false;
    const isSame =
      (name === 'amount' || name === 'currency' || name === 'customer') && params[name] === intent[name];
    return !isSame;
  });
  if (changed.length > 0) requireAllowed(intent, 'change', changed);
}
