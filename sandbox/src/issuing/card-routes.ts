import { type Call, declare, found, listed, type Resource, type Route, route } from '../resource.ts';
import type { Lookup } from '../wire/expand.ts';
import { datedPageParams } from '../wire/pages.ts';
import { integer, oneOf, text, unsupported } from '../wire/params.ts';
import { type Card, cards, createCard, takeShippingStep, updateCard } from './card.ts';
import { type CardNumber, cardNumbers } from './card-numbers.ts';
import { createCardParams, updateCardParams } from './card-params.ts';
import { requireTestMode } from './issuer.ts';
import type { ShippingStep } from './shipping.ts';

const permission = 'issuing_card';
const listParams = {
  ...datedPageParams,
  cardholder: text(),
  exp_month: integer(1, 12),
  exp_year: integer(2000, 2100),
  last4: text(4),
  personalization_design: unsupported(),
  status: oneOf('active', 'canceled', 'inactive'),
  type: oneOf('physical', 'virtual'),
} as const;

const named = (call: Call<unknown>): Card => found(call, cards, 'card', 'card');

function printedOn(lookup: Lookup, card: string): CardNumber | undefined {
  return lookup(cardNumbers.name, card) as CardNumber | undefined;
}

const shippingRoutes: Route[] = (['submit', 'ship', 'deliver', 'return', 'fail'] as const).map(
  (step: ShippingStep) =>
    route('POST', `/v1/test_helpers/issuing/cards/:card/shipping/${step}`, { permission }, (call) => {
      requireTestMode(call.account);
      return takeShippingStep(call.account, named(call), step);
    }),
);

/** `/v1/issuing/cards`: what cardholders pay with, and the way of those that are sent to them. */
export const cardResource: Resource = {
  collections: [declare(cards), declare(cardNumbers)],
  expand: {
    'issuing.card': {
      replaced_by: ['issuing_cards'],
      replacement_for: ['issuing_cards'],
      number: (lookup, { id }) => printedOn(lookup, id)?.number,
      cvc: (lookup, { id }) => printedOn(lookup, id)?.cvc,
    },
  },
  routes: [
    route('POST', '/v1/issuing/cards', { permission, params: createCardParams }, ({ account, params }) =>
      createCard(account, params),
    ),
    route('GET', '/v1/issuing/cards', { permission, params: listParams }, (call) => {
      const { cardholder, exp_month: month, exp_year: year, last4, status, type } = call.params;
      return listed(call, cards, {
        ...(cardholder === undefined ? {} : { index: 'cardholder', key: cardholder }),
        where: (card) =>
          (month === undefined || card.exp_month === month) &&
          (year === undefined || card.exp_year === year) &&
          (last4 === undefined || card.last4 === last4) &&
          (status === undefined || card.status === status) &&
          (type === undefined || card.type === type),
      });
    }),
    route('GET', '/v1/issuing/cards/:card', { permission }, named),
    route('POST', '/v1/issuing/cards/:card', { permission, params: updateCardParams }, (call) =>
      updateCard(call.account, named(call), call.params),
    ),
    ...shippingRoutes,
  ],
};
