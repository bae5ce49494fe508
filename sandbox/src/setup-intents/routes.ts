import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { requireUsable } from '../payment-intents/ownership.ts';
import { allowedTypesParam } from '../payment-methods/allowed-types.ts';
import { methodData } from '../payment-methods/input.ts';
import { createPaymentMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { declare, found, given, listed, type Resource, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
  until,
} from '../wire/params.ts';
import {
  cancelSetupIntent,
  confirmSetupIntent,
  createSetupIntent,
  type SetupConfirmation,
  type SetupIntent,
  setupIntents,
} from './setup-intent.ts';

const choosing = { payment_method: text(), payment_method_data: methodData } as const;
const createParams = {
  ...choosing,
  automatic_payment_methods: object({
    enabled: required(boolean()),
    allow_redirects: oneOf('always', 'never'),
  }),
  confirm: boolean(),
  customer: text(),
  description: unsettableText(1000),
  metadata: metadata(),
  allowed_payment_method_types: allowedTypesParam,
  payment_method_types: until('2026-09-30', allowedTypesParam),
  return_url: text(),
  usage: oneOf('on_session', 'off_session'),
  use_stripe_sdk: boolean(),
} as const;
const updateParams = {
  ...choosing,
  customer: text(),
  description: unsettableText(1000),
  metadata: metadata(),
  allowed_payment_method_types: allowedTypesParam,
  payment_method_types: until('2026-09-30', allowedTypesParam),
} as const;
const confirmParams = { ...choosing, return_url: text(), use_stripe_sdk: boolean() } as const;
const cancelParams = {
  cancellation_reason: oneOf('abandoned', 'duplicate', 'requested_by_customer'),
} as const;
const listParams = { ...datedPageParams, customer: text(), payment_method: text() } as const;

function chosen(account: Account, params: Parsed<typeof choosing>): PaymentMethod | undefined {
  const { payment_method: id, payment_method_data: data } = params;
  if (id !== undefined) return resolveMethod(account, id, 'payment_method');
  if (!data) return undefined;
  return createPaymentMethod(account, data, 'payment_method_data');
}

function outcome(confirmation: SetupConfirmation): SetupIntent {
  if (confirmation.fault) throw confirmation.fault;
  return confirmation.intent;
}

export const setupIntentResource: Resource = {
  collections: [declare(setupIntents)],
  expand: { setup_intent: { customer: ['customers'], payment_method: ['payment_methods'] } },
  routes: [
    route(
      'POST',
      '/v1/setup_intents',
      { permission: 'setup_intent', params: createParams },
      ({ account, params }) => {
        const customer = params.customer === undefined ? null : existingCustomer(account, params.customer).id;
        const method = chosen(account, params);
        if (method) requireUsable(account, method, customer);
        const intent = createSetupIntent(account, {
          customer,
          method: method ?? null,
          description: params.description,
          metadata: applyMetadata({}, params.metadata),
          allowedTypes: params.allowed_payment_method_types,
          methodTypes: params.payment_method_types,
          allowRedirects: params.automatic_payment_methods?.allow_redirects,
          usage: params.usage,
        });
        return params.confirm
          ? outcome(confirmSetupIntent(account, intent, method, params.return_url))
          : intent;
      },
    ),
    route('GET', '/v1/setup_intents', { permission: 'setup_intent', params: listParams }, (call) => {
      const { customer, payment_method: method } = call.params;
      const index =
        method !== undefined
          ? { index: 'payment_method', key: method }
          : customer !== undefined
            ? { index: 'customer', key: customer }
            : {};
      return listed(call, setupIntents, index);
    }),
    route(
      'GET',
      '/v1/setup_intents/:id',
      { permission: 'setup_intent', params: { client_secret: text() } },
      (call) => found(call, setupIntents, 'setupintent'),
    ),
    route('POST', '/v1/setup_intents/:id', { permission: 'setup_intent', params: updateParams }, (call) => {
      const { account, params } = call;
      const intent = found(call, setupIntents, 'setupintent');
      const method = chosen(account, params);
      const customer =
        params.customer === undefined ? intent.customer : existingCustomer(account, params.customer).id;
      if (method) requireUsable(account, method, customer);
      const { description, payment_method_types } = params;
      return account.of(setupIntents).put({
        ...intent,
        ...given({ description, payment_method_types }),
        customer,
        metadata: applyMetadata(intent.metadata ?? {}, params.metadata),
        ...(method ? { payment_method: method.id, status: 'requires_confirmation' as const } : {}),
      });
    }),
    route(
      'POST',
      '/v1/setup_intents/:id/confirm',
      { permission: 'setup_intent', params: confirmParams },
      (call) => {
        const intent = found(call, setupIntents, 'setupintent');
        const method = chosen(call.account, call.params);
        if (method) requireUsable(call.account, method, intent.customer);
        return outcome(confirmSetupIntent(call.account, intent, method, call.params.return_url));
      },
    ),
    route(
      'POST',
      '/v1/setup_intents/:id/cancel',
      { permission: 'setup_intent', params: cancelParams },
      (call) => {
        const intent = found(call, setupIntents, 'setupintent');
        return cancelSetupIntent(call.account, intent, call.params.cancellation_reason ?? null);
      },
    ),
  ],
};
