import type { Account } from '../account.ts';
import { type Call, declare, found, listed, type Resource, route, searched } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { embeddedList, pageOfList, pageParams } from '../wire/pages.ts';
import { applyMetadata, type Parsed, text } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import { endAction, verifyIntentDeposits } from './act.ts';
import { type AmountLines, amountLines, detailsAfter, keepLines } from './amount-details.ts';
import { outcome, paymentDetailsOf } from './choices.ts';
import { expiryJob, onChargeFailed, onChargeSucceeded } from './collect.ts';
import { actionOverJob } from './confirm.ts';
import { confirmFrom, createFrom } from './create.ts';
import { intentFacts, type PaymentIntent, paymentIntents } from './intent.ts';
import { requireOutsideCheckout } from './ownership.ts';
import {
  applyBalanceParams,
  cancelParams,
  captureParams,
  confirmParams,
  createParams,
  incrementParams,
  listParams,
  searchFields,
  updateParams,
  verifyParams,
} from './params.ts';
import {
  cancelPaymentIntent,
  capturePaymentIntent,
  expirePaymentIntent,
  incrementAuthorization,
} from './settle.ts';
import { withSplit } from './split.ts';
import { applyCustomerBalance } from './transfer.ts';
import { requireAllowed } from './transitions.ts';
import { updateFrom } from './update.ts';

const permission = 'payment_intent';

function named(call: Call<unknown>): PaymentIntent {
  return found(call, paymentIntents, 'payment_intent', 'intent');
}

/** `GET /v1/payment_intents/:id`. Whoever shows a client secret must show the right one. */
function retrieve(call: Call<{ client_secret?: string }>): PaymentIntent {
  const intent = named(call);
  const { client_secret: secret } = call.params;
  if (secret !== undefined && secret !== intent.client_secret)
    throw noSuch('payment_intent', intent.id, 'intent', 404);
  return intent;
}

function capture(
  account: Account,
  intent: PaymentIntent,
  params: Parsed<typeof captureParams>,
): PaymentIntent {
  requireAllowed(intent, 'capture');
  const { amount_details: amounts, final_capture: isLast, statement_descriptor_suffix: suffix } = params;
  if (amounts !== undefined) keepLines(account, intent.id, amounts);
  const details = paymentDetailsOf(params.payment_details);
  const amount = params.amount_to_capture ?? intent.amount_capturable;
  return capturePaymentIntent(
    account,
    {
      ...withSplit(account, intent, params, amount),
      amount_details: detailsAfter(intent.amount_details, amounts, amount),
      metadata: applyMetadata(intent.metadata, params.metadata),
      ...(details ? { payment_details: details } : {}),
      statement_descriptor: params.statement_descriptor ?? intent.statement_descriptor,
      statement_descriptor_suffix: suffix ?? intent.statement_descriptor_suffix,
    },
    { amount: params.amount_to_capture, isLast },
  );
}

function increment(
  account: Account,
  intent: PaymentIntent,
  params: Parsed<typeof incrementParams>,
): PaymentIntent {
  requireAllowed(intent, 'increment');
  if (params.amount_details) keepLines(account, intent.id, params.amount_details);
  return incrementAuthorization(
    account,
    {
      ...withSplit(account, intent, params, params.amount),
      amount_details: detailsAfter(intent.amount_details, params.amount_details, params.amount),
      description: params.description ?? intent.description,
      metadata: applyMetadata(intent.metadata, params.metadata),
      statement_descriptor: params.statement_descriptor ?? intent.statement_descriptor,
    },
    params.amount,
  );
}

function linesOf(lines: AmountLines | undefined) {
  return [...(lines?.lines ?? [])];
}

export const paymentIntentResource: Resource = {
  collections: [declare(paymentIntents), declare(intentFacts), declare(amountLines)],
  expand: {
    payment_intent: {
      'amount_details.line_items': (lookup, { id }) =>
        embeddedList(
          linesOf(lookup(amountLines.name, id) as AmountLines | undefined),
          `/v1/payment_intents/${id}/amount_details_line_items`,
        ),
      customer: ['customers'],
      latest_charge: ['charges'],
      on_behalf_of: ['accounts'],
      payment_method: ['payment_methods'],
      review: ['reviews'],
      'transfer_data.destination': ['accounts'],
    },
  },
  jobs: { [actionOverJob]: endAction, [expiryJob]: expirePaymentIntent },
  listeners: { 'charge.failed': onChargeFailed, 'charge.succeeded': onChargeSucceeded },
  routes: [
    route('POST', '/v1/payment_intents', { permission, params: createParams }, ({ account, params }) =>
      createFrom(account, params),
    ),
    route('GET', '/v1/payment_intents/search', { permission, params: searchParams }, (call) =>
      searched(call, paymentIntents, searchFields),
    ),
    route('GET', '/v1/payment_intents', { permission, params: listParams }, (call) => {
      const { customer } = call.params;
      return listed(call, paymentIntents, customer === undefined ? {} : { index: 'customer', key: customer });
    }),
    route('GET', '/v1/payment_intents/:intent', { permission, params: { client_secret: text() } }, retrieve),
    route('POST', '/v1/payment_intents/:intent', { permission, params: updateParams }, (call) =>
      updateFrom(call.account, named(call), call.params),
    ),
    route(
      'GET',
      '/v1/payment_intents/:intent/amount_details_line_items',
      { permission, params: pageParams },
      (call) =>
        pageOfList(
          linesOf(call.account.of(amountLines).get(named(call).id)),
          call.url,
          call.params,
          'payment_intent_amount_details_line_item',
        ),
    ),
    route(
      'POST',
      '/v1/payment_intents/:intent/apply_customer_balance',
      { permission, params: applyBalanceParams },
      (call) => applyCustomerBalance(call.account, named(call), call.params),
    ),
    route('POST', '/v1/payment_intents/:intent/cancel', { permission, params: cancelParams }, (call) => {
      const intent = named(call);
      requireOutsideCheckout(call.account, intent);
      return cancelPaymentIntent(call.account, intent, call.params.cancellation_reason ?? null);
    }),
    route('POST', '/v1/payment_intents/:intent/capture', { permission, params: captureParams }, (call) =>
      capture(call.account, named(call), call.params),
    ),
    route('POST', '/v1/payment_intents/:intent/confirm', { permission, params: confirmParams }, (call) =>
      confirmFrom(call.account, named(call), call.params),
    ),
    route(
      'POST',
      '/v1/payment_intents/:intent/increment_authorization',
      { permission, params: incrementParams },
      (call) => increment(call.account, named(call), call.params),
    ),
    route(
      'POST',
      '/v1/payment_intents/:intent/verify_microdeposits',
      { permission, params: verifyParams },
      (call) => outcome(verifyIntentDeposits(call.account, named(call), call.params)),
    ),
  ],
};
