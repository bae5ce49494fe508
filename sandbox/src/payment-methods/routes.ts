import { cardFields, cardFromDetails } from '../behaviours/cards/card-input.ts';
import { existingCustomer } from '../customers.ts';
import { update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { noSuch, notSupported } from '../wire/errors.ts';
import { pageParams } from '../wire/pages.ts';
import { applyMetadata, either, integer, metadata, object, oneOf, required, text } from '../wire/params.ts';
import {
  attachMethod,
  billingFields,
  billingOf,
  cardTokens,
  createPaymentMethod,
  createToken,
  detachMethod,
  type PaymentMethod,
  paymentMethods,
  resolveMethod,
  setUpMarks,
  spentMarks,
} from './payment-method.ts';

const isToken = (value: unknown) => typeof value === 'object' && value !== null && 'token' in value;
/** `card[token]` or `card[number]` and its company. */
const cardOrToken = either(isToken, object({ token: required(text()) }), object(cardFields));

/** `payment_method_data`: a method made on the way. */
export const methodData = object({
  type: required(text(50)),
  card: cardOrToken,
  billing_details: object(billingFields),
  metadata: metadata(),
  allow_redisplay: oneOf('always', 'limited', 'unspecified'),
});

const createParams = {
  type: required(text(50)),
  card: cardOrToken,
  billing_details: object(billingFields),
  metadata: metadata(),
  allow_redisplay: oneOf('always', 'limited', 'unspecified'),
} as const;
const updateParams = {
  billing_details: object(billingFields),
  metadata: metadata(),
  allow_redisplay: oneOf('always', 'limited', 'unspecified'),
  card: object({ exp_month: integer(1, 12), exp_year: integer(2000, 2100) }),
} as const;
const listParams = {
  ...pageParams,
  type: text(50),
  customer: text(),
  allow_redisplay: oneOf('always', 'limited', 'unspecified'),
} as const;

function ofCustomer(
  call: Call<{ type?: string; limit?: number; starting_after?: string; ending_before?: string }>,
  customer: string,
) {
  const { type } = call.params;
  return listed(call, paymentMethods, {
    index: 'customer',
    key: customer,
    where: (method) => type === undefined || method.type === type,
  });
}

function methodOfCustomer(call: Call<unknown>): PaymentMethod {
  const customer = existingCustomer(call.account, call.id(), 'id');
  const method = call.account.of(paymentMethods).get(call.id('method'));
  if (method?.customer !== customer.id) throw noSuch('PaymentMethod', call.id('method'), 'id');
  return method;
}

export const paymentMethodResource: Resource = {
  collections: [declare(paymentMethods), declare(setUpMarks), declare(spentMarks), declare(cardTokens)],
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
    route(
      'POST',
      '/v1/payment_methods',
      { permission: 'payment_method', params: createParams },
      ({ account, params }) => {
        if (params.type !== 'card') throw notSupported(`payment methods of type ${params.type}`);
        const { card, billing_details: billing, metadata: meta, allow_redisplay: allowRedisplay } = params;
        return createPaymentMethod(account, { card, billing, metadata: meta, allowRedisplay });
      },
    ),
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
      { permission: 'payment_method', params: updateParams },
      (call) => {
        const method = found(call, paymentMethods, 'PaymentMethod');
        if (method.customer === null)
          throw refused('id', 'You must save this PaymentMethod to a customer before you can update it.');
        const { card, billing_details: billing, metadata: meta, allow_redisplay: allow } = call.params;
        const next: PaymentMethod = {
          ...method,
          allow_redisplay: allow ?? method.allow_redisplay,
          billing_details: billingOf(method.billing_details, billing),
          card: method.card && {
            ...method.card,
            exp_month: card?.exp_month ?? method.card.exp_month,
            exp_year: card?.exp_year ?? method.card.exp_year,
          },
          metadata: applyMetadata(method.metadata ?? {}, meta),
        };
        return update(call.account, paymentMethods, next, 'payment_method.updated');
      },
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
      return detachMethod(call.account, method);
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
    route(
      'POST',
      '/v1/tokens',
      { permission: 'token', params: { card: required(object(cardFields)) } },
      ({ account, params }) => createToken(account, cardFromDetails(params.card, 'card', account.now())),
    ),
    route('GET', '/v1/tokens/:id', { permission: 'token' }, (call) => found(call, cardTokens, 'token').token),
  ],
};
