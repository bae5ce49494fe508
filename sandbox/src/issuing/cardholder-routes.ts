import { declare, found, listed, type Resource, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import { oneOf, text } from '../wire/params.ts';
import { carryCardholder } from './card.ts';
import { cardholders, createCardholder, updateCardholder } from './cardholder.ts';
import { createCardholderParams, updateCardholderParams } from './cardholder-params.ts';

const permission = 'issuing_cardholder';
const listParams = {
  ...datedPageParams,
  email: text(),
  phone_number: text(),
  status: oneOf('active', 'blocked', 'inactive'),
  type: oneOf('company', 'individual'),
} as const;

/** `/v1/issuing/cardholders`: who has cards. */
export const cardholderResource: Resource = {
  collections: [declare(cardholders)],
  expand: {
    'issuing.cardholder': {
      'individual.verification.document.back': ['files'],
      'individual.verification.document.front': ['files'],
    },
  },
  routes: [
    route(
      'POST',
      '/v1/issuing/cardholders',
      { permission, params: createCardholderParams },
      ({ account, params }) => createCardholder(account, params),
    ),
    route('GET', '/v1/issuing/cardholders', { permission, params: listParams }, (call) => {
      const { email, phone_number: phone, status, type } = call.params;
      return listed(call, cardholders, {
        where: (one) =>
          (email === undefined || one.email === email) &&
          (phone === undefined || one.phone_number === phone) &&
          (status === undefined || one.status === status) &&
          (type === undefined || one.type === type),
      });
    }),
    route('GET', '/v1/issuing/cardholders/:cardholder', { permission }, (call) =>
      found(call, cardholders, 'cardholder', 'cardholder'),
    ),
    route(
      'POST',
      '/v1/issuing/cardholders/:cardholder',
      { permission, params: updateCardholderParams },
      (call) => {
        const before = found(call, cardholders, 'cardholder', 'cardholder');
        const after = updateCardholder(call.account, before, call.params);
        carryCardholder(call.account, after);
        return after;
      },
    ),
  ],
};
