import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { checkAmount } from '../charges/amounts.ts';
import { shippingOf } from '../charges/routes.ts';
import { splitOf } from '../charges/split.ts';
import { existingCustomer } from '../customers.ts';
import { createPaymentMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import {
  type Call,
  declare,
  found,
  given,
  listed,
  type Resource,
  refused,
  route,
  searched,
} from '../resource.ts';
import { notSupported } from '../wire/errors.ts';
import { applyMetadata, oneOf, type Parsed, text } from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Confirmation, confirmPaymentIntent, expiryJob } from './confirm.ts';
import { createPaymentIntent, type PaymentIntent, paymentIntents } from './intent.ts';
import { requireUsable } from './ownership.ts';
import {
  captureParams,
  type confirming,
  confirmParams,
  createParams,
  type describing,
  listParams,
  searchFields,
  updateParams,
} from './params.ts';
import { cancelPaymentIntent, capturePaymentIntent, expirePaymentIntent } from './settle.ts';
import { withSplit } from './split.ts';

type MethodChoice = {
  readonly payment_method?: string;
  readonly payment_method_data?: Parsed<typeof describing>['payment_method_data'];
};

function chosenMethod(account: Account, choice: MethodChoice): PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: data } = choice;
  if (id !== undefined && data)
    throw refused(
      'payment_method',
      'You may only specify one of these parameters: payment_method, payment_method_data.',
    );
  if (id !== undefined) return resolveMethod(account, id, 'payment_method');
  if (!data) return undefined;
  if (data.type !== 'card') throw notSupported(`payment methods of type ${data.type}`);
  const input = {
    card: data.card,
    billing: data.billing_details,
    metadata: data.metadata,
    allowRedisplay: data.allow_redisplay,
  };
  return createPaymentMethod(account, input, 'payment_method_data[card]');
}

function optionsOf(
  options: Parsed<typeof describing>['payment_method_options'],
): Wire<Stripe.PaymentIntent.PaymentMethodOptions> | undefined {
  if (!options) return undefined;
  const { request_three_d_secure: secure = 'automatic', capture_method: capture } = options.card ?? {};
  return {
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: secure,
      ...(capture ? { capture_method: capture } : {}),
    },
  };
}

/** The intent, or the error that its confirmation ended in; what it did stays either way. */
function outcome(confirmation: Confirmation): PaymentIntent {
  if (confirmation.fault) throw confirmation.fault;
  return confirmation.intent;
}

function createFrom(account: Account, params: Parsed<typeof createParams>): PaymentIntent {
  const {
    automatic_payment_methods: automatic,
    payment_method_types: types,
    allowed_payment_method_types: allowed,
    confirm = false,
  } = params;
  if (automatic?.enabled && types) {
    throw refused(
      'automatic_payment_methods',
      'You may only specify one of these parameters: automatic_payment_methods, payment_method_types.',
    );
  }
  if (params.off_session !== undefined && !confirm)
    throw refused('off_session', 'The parameter `off_session` can only be passed when `confirm` is `true`.');
  if (params.error_on_requires_action !== undefined && !confirm) {
    throw refused(
      'error_on_requires_action',
      'The parameter `error_on_requires_action` can only be passed when `confirm` is `true`.',
    );
  }
  checkAmount(params.amount, params.currency);
  const customer = params.customer === undefined ? null : existingCustomer(account, params.customer).id;
  const method = chosenMethod(account, params);
  if (method) requireUsable(account, method, customer);
  const intent = createPaymentIntent(account, {
    amount: params.amount,
    currency: params.currency,
    customer,
    method: method ?? null,
    captureMethod: params.payment_method_options?.card?.capture_method ?? params.capture_method,
    confirmationMethod: params.confirmation_method,
    description: params.description,
    metadata: applyMetadata({}, params.metadata),
    methodTypes: types ?? (automatic?.enabled === false ? ['card'] : undefined),
    allowedTypes: allowed,
    allowRedirects: automatic?.allow_redirects,
    options: optionsOf(params.payment_method_options),
    receiptEmail: params.receipt_email,
    setupFutureUsage: params.setup_future_usage,
    shipping: shippingOf(params.shipping),
    statementDescriptor: params.statement_descriptor,
    statementDescriptorSuffix: params.statement_descriptor_suffix,
    split: splitOf(account, params, params.amount),
  });
  return confirm ? outcome(confirmPaymentIntent(account, intent, confirmOptions(params, method))) : intent;
}

function confirmOptions(params: Parsed<typeof confirming>, method: PaymentMethod | undefined) {
  const {
    off_session: off = false,
    return_url: returnUrl,
    error_on_requires_action: errorOnRequiresAction,
  } = params;
  return { method, offSession: off !== false, returnUrl, errorOnRequiresAction };
}

function updateFrom(call: Call<Parsed<typeof updateParams>>): PaymentIntent {
  const { account, params } = call;
  const intent = found(call, paymentIntents, 'payment_intent');
  const {
    amount = intent.amount,
    currency = intent.currency,
    customer,
    metadata: meta,
    shipping,
    ...rest
  } = params;
  const changesTerms =
    amount !== intent.amount ||
    currency !== intent.currency ||
    params.payment_method !== undefined ||
    params.payment_method_data;
  if (
    changesTerms &&
    !['requires_payment_method', 'requires_confirmation', 'requires_action'].includes(intent.status)
  ) {
    throw refused(
      'id',
      `This PaymentIntent's amount and payment method could not be updated because it has a status of ${intent.status}.`,
      'payment_intent_unexpected_state',
    );
  }
  if (amount !== intent.amount || currency !== intent.currency) checkAmount(amount, currency);
  const owner = customer === undefined ? intent.customer : existingCustomer(account, customer).id;
  const method = chosenMethod(account, params);
  if (method) requireUsable(account, method, owner);
  const {
    description,
    receipt_email,
    setup_future_usage,
    statement_descriptor,
    statement_descriptor_suffix,
    capture_method,
    payment_method_types,
  } = rest;
  const next: PaymentIntent = {
    ...intent,
    ...given({
      description,
      receipt_email,
      setup_future_usage,
      statement_descriptor,
      statement_descriptor_suffix,
      capture_method,
      payment_method_types,
    }),
    amount,
    currency,
    customer: owner,
    payment_method: method?.id ?? intent.payment_method,
    payment_method_options: optionsOf(params.payment_method_options) ?? intent.payment_method_options,
    shipping: shipping === undefined ? intent.shipping : shippingOf(shipping),
    metadata: applyMetadata(intent.metadata, meta),
    ...(method ? { status: 'requires_confirmation', next_action: null } : {}),
  };
  const shared = withSplit(account, next, params, amount);
  account.of(paymentIntents).put(shared);
  return shared;
}

function confirmFrom(call: Call<Parsed<typeof confirmParams>>): PaymentIntent {
  const { account, params } = call;
  const intent = found(call, paymentIntents, 'payment_intent');
  const { capture_method, receipt_email, setup_future_usage, shipping } = params;
  const next: PaymentIntent = {
    ...intent,
    ...given({ capture_method, receipt_email, setup_future_usage }),
    payment_method_options: optionsOf(params.payment_method_options) ?? intent.payment_method_options,
    shipping: shipping === undefined ? intent.shipping : shippingOf(shipping),
  };
  return outcome(confirmPaymentIntent(account, next, confirmOptions(params, chosenMethod(account, params))));
}

export const paymentIntentResource: Resource = {
  collections: [declare(paymentIntents)],
  expand: {
    payment_intent: {
      customer: ['customers'],
      latest_charge: ['charges'],
      on_behalf_of: ['accounts'],
      'transfer_data.destination': ['accounts'],
      payment_method: ['payment_methods'],
    },
  },
  jobs: { [expiryJob]: expirePaymentIntent },
  routes: [
    route(
      'POST',
      '/v1/payment_intents',
      { permission: 'payment_intent', params: createParams },
      ({ account, params }) => createFrom(account, params),
    ),
    route(
      'GET',
      '/v1/payment_intents/search',
      { permission: 'payment_intent', params: searchParams },
      (call) => searched(call, paymentIntents, searchFields),
    ),
    route('GET', '/v1/payment_intents', { permission: 'payment_intent', params: listParams }, (call) => {
      const { customer } = call.params;
      return listed(call, paymentIntents, customer === undefined ? {} : { index: 'customer', key: customer });
    }),
    route(
      'GET',
      '/v1/payment_intents/:id',
      { permission: 'payment_intent', params: { client_secret: text() } },
      (call) => found(call, paymentIntents, 'payment_intent'),
    ),
    route(
      'POST',
      '/v1/payment_intents/:id',
      { permission: 'payment_intent', params: updateParams },
      updateFrom,
    ),
    route(
      'POST',
      '/v1/payment_intents/:id/confirm',
      { permission: 'payment_intent', params: confirmParams },
      confirmFrom,
    ),
    route(
      'POST',
      '/v1/payment_intents/:id/capture',
      { permission: 'payment_intent', params: captureParams },
      (call) => {
        const intent = found(call, paymentIntents, 'payment_intent');
        const { amount_to_capture: amount = intent.amount_capturable, metadata: meta } = call.params;
        const shared = withSplit(call.account, intent, call.params, amount);
        const next = { ...shared, metadata: applyMetadata(intent.metadata, meta) };
        return capturePaymentIntent(call.account, next, amount);
      },
    ),
    route(
      'POST',
      '/v1/payment_intents/:id/cancel',
      {
        permission: 'payment_intent',
        params: {
          cancellation_reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'),
        },
      },
      (call) =>
        cancelPaymentIntent(
          call.account,
          found(call, paymentIntents, 'payment_intent'),
          call.params.cancellation_reason ?? null,
        ),
    ),
  ],
};
