import { existingCustomer, forgetDefaultMethod } from '../customers.ts';
import { update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { missingParam, noSuch, StripeFault } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { applyMetadata, oneOf, type Parsed, required, text } from '../wire/params.ts';
import { attachMethod, detachMethod } from './attach.ts';
import { cardTokens } from './card-tokens.ts';
import { methodFacts } from './facts.ts';
import { methodFields, methodTypeParam, methodUpdateFields } from './input.ts';
import {
  billingOf,
  createPaymentMethod,
  type PaymentMethod,
  paymentMethods,
  resolveMethod,
} from './payment-method.ts';
import { shareMethod } from './share.ts';
import { changedCard } from './update.ts';

const createParams = {
  ...methodFields,
  customer: text(),
  payment_method: text(),
  // Compulsory but where a method is shared.
  type: methodTypeParam,
} as const;
const listParams = {
  ...pageParams,
  type: text(50),
  customer: text(),
  allow_redisplay: oneOf('always', 'limited', 'unspecified'),
} as const;

/** `POST /v1/payment_methods`: a new one, or a copy of the platform's for a connected account. */
function create({ account, params }: Call<Parsed<typeof createParams>>): PaymentMethod {
  const { customer, payment_method: shared, type, ...data } = params;
  if (shared !== undefined) return shareMethod(account, shared, customer);
  if (type === undefined) throw missingParam('type');
  return createPaymentMethod(account, { ...data, type });
}

function ofCustomer(call: Call<Parsed<typeof listParams>>, customer: string) {
  const { allow_redisplay: allow, type } = call.params;
  return listed(call, paymentMethods, {
    index: 'customer',
    key: customer,
    where: (method) =>
      (type === undefined || method.type === type) &&
      (allow === undefined || method.allow_redisplay === allow),
  });
}

function methodOfCustomer(call: Call<unknown>): PaymentMethod {
  const customer = existingCustomer(call.account, call.id(), 'id');
  const method = call.account.of(paymentMethods).get(call.id('method'));
  if (!method) throw noSuch('PaymentMethod', call.id('method'), 'payment_method', 404);
  if (method.customer === customer.id) return method;
  throw new StripeFault(404, {
    type: 'invalid_request_error',
    param: 'customer',
    message: 'Invalid request',
  });
}

function changed(call: Call<Parsed<typeof methodUpdateFields>>): PaymentMethod {
  const method = found(call, paymentMethods, 'PaymentMethod');
  if (method.customer === null)
    throw refused('id', 'You must save this PaymentMethod to a customer before you can update it.');
  const { account, params } = call;
  const { allow_redisplay: allow, billing_details: billing, metadata: meta } = params;
  const next: PaymentMethod = {
    ...method,
    ...(method.card ? { card: changedCard(account, method.card, params.card ?? {}) } : {}),
    ...(method.us_bank_account
      ? { us_bank_account: { ...method.us_bank_account, ...params.us_bank_account } }
      : {}),
    allow_redisplay: allow ?? method.allow_redisplay,
    billing_details: billingOf(method.billing_details, billing),
    metadata: applyMetadata(method.metadata ?? {}, meta),
  };
  return update(account, paymentMethods, next, 'payment_method.updated');
}

export const paymentMethodResource: Resource = {
  collections: [declare(paymentMethods), declare(methodFacts), declare(cardTokens)],
  expand: { payment_method: { customer: ['customers'] } },
  listeners: {
    // A deleted customer's cards belong to nobody and can never be used again.
    'customer.deleted': (account, customer) => {
      if (typeof customer !== 'object' || customer === null || !('id' in customer)) return;
      for (const method of account.of(paymentMethods).by('customer', String(customer.id)))
        detachMethod(account, method);
    },
  },
  routes: [
    route('POST', '/v1/payment_methods', { permission: 'payment_method', params: createParams }, create),
    route('GET', '/v1/payment_methods', { permission: 'payment_method', params: listParams }, (call) => {
      const { customer } = call.params;
      return customer === undefined
        ? listed(call, paymentMethods, { where: () => false })
        : ofCustomer(call, existingCustomer(call.account, customer).id);
    }),
    route('GET', '/v1/payment_methods/:id', { permission: 'payment_method' }, (call) =>
      found(call, paymentMethods, 'PaymentMethod'),
    ),
    route(
      'POST',
      '/v1/payment_methods/:id',
      { permission: 'payment_method', params: methodUpdateFields },
      changed,
    ),
    route(
      'POST',
      '/v1/payment_methods/:id/attach',
      { permission: 'payment_method', params: { customer: required(text()) } },
      (call) => {
        const customer = existingCustomer(call.account, call.params.customer);
        return attachMethod(call.account, resolveMethod(call.account, call.id(), 'id'), customer.id);
      },
    ),
    route('POST', '/v1/payment_methods/:id/detach', { permission: 'payment_method' }, (call) => {
      const method = found(call, paymentMethods, 'PaymentMethod');
      if (method.customer === null) {
        throw refused(
          'id',
          'The payment method you provided is not attached to a customer so detachment is impossible.',
        );
      }
      const detached = detachMethod(call.account, method);
      forgetDefaultMethod(call.account, method.customer, method.id);
      return detached;
    }),
    route(
      'GET',
      '/v1/customers/:id/payment_methods',
      { permission: 'payment_method', params: listParams },
      (call) => ofCustomer(call, existingCustomer(call.account, call.id(), 'id').id),
    ),
    route(
      'GET',
      '/v1/customers/:id/payment_methods/:method',
      { permission: 'payment_method' },
      methodOfCustomer,
    ),
  ],
};
