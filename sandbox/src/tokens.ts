import type Stripe from 'stripe';
import { cardFields, cardFromDetails } from './behaviours/cards/card-input.ts';
import { cardTokens, createCardToken } from './payment-methods/card-tokens.ts';
import { found, type Resource, route } from './resource.ts';
import { object, required } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

const createParams = { card: required(object(cardFields)) } as const;

export const tokenResource: Resource = {
  routes: [
    route(
      'POST',
      '/v1/tokens',
      { permission: 'token', params: createParams },
      ({ account, params }): Wire<Stripe.Token> =>
        createCardToken(account, cardFromDetails(params.card, 'card', account.now())),
    ),
    route('GET', '/v1/tokens/:id', { permission: 'token' }, (call) => found(call, cardTokens, 'token').token),
  ],
};
