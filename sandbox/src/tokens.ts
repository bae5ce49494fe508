import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { cardFromDetails } from './behaviours/cards/card-input.ts';
import { bankDestination, bankFields, bankTokens } from './connect/external-accounts.ts';
import { newId } from './ids.ts';
import { noBilling } from './payment-methods/blank.ts';
import { cardTokens, createCardToken } from './payment-methods/card-tokens.ts';
import { cardMethod } from './payment-methods/cards.ts';
import { billingAfter, legacyCardFields } from './payment-methods/legacy-card.ts';
import { type Call, declare, type Resource, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { invalidRequest, noSuch } from './wire/errors.ts';
import { object, type Parsed, required, text, unsupported } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

type Token = Wire<Stripe.Token>;
/** Tokens of what is only passed on: an id number, a security code that was asked for again. */
const plainTokens: CollectionSpec<Token> = { name: 'plain_tokens', indexes: {} };

const createParams = {
  account: unsupported(),
  bank_account: object(bankFields),
  card: object(legacyCardFields),
  customer: unsupported(),
  cvc_update: object({ cvc: required(text(4)) }),
  person: unsupported(),
  pii: object({ id_number: text(200) }),
} as const;
const kinds = ['bank_account', 'card', 'cvc_update', 'pii'] as const;

/** `POST /v1/tokens`: one thing is made a token of. Throws Stripe's refusals of none and of several. */
function createToken({ account, params }: Call<Parsed<typeof createParams>>): Token {
  const { bank_account: bank, card, cvc_update: update, pii } = params;
  const given = kinds.filter((kind) => params[kind] !== undefined);
  if (given.length > 1)
    throw invalidRequest(`You may only specify one of these parameters: ${given.join(', ')}.`);
  if (card) {
    const method = cardMethod(account, cardFromDetails(card, 'card', account.now()), newId('card', 24));
    return createCardToken(account, { ...method, billing_details: billingAfter(noBilling, card) });
  }
  if (bank) return createBankToken(account, bank);
  if (pii) return keepPlain(account, 'pii', 'pii');
  if (!update)
    throw invalidRequest(
      'You must supply either a card, customer, PII data, bank account, or account legal entity to create a token.',
    );
  if (!/^\d{3,4}$/.test(update.cvc))
    throw refused('cvc_update[cvc]', "Your card's security code is invalid.", 'invalid_cvc');
  return keepPlain(account, 'cvctok', 'cvc_update');
}

function createBankToken(account: Account, params: Parsed<typeof bankFields>): Token {
  const { destination: bank, failure } = bankDestination(params, 'bank_account');
  const token: Token = { ...blankToken(account, 'btok', 'bank_account'), bank_account: bank };
  account.of(bankTokens).put({ id: token.id, token, bank, failure });
  return token;
}

function keepPlain(account: Account, prefix: string, type: string): Token {
  return account.of(plainTokens).put(blankToken(account, prefix, type));
}

function blankToken(account: Account, prefix: string, type: string): Token {
  return {
    id: newId(prefix, 24),
    object: 'token',
    client_ip: null,
    created: account.now(),
    livemode: account.livemode,
    type,
    used: false,
  };
}

function retrieve({ account, id }: Call<unknown>): Token {
  const name = id('token');
  const kept = account.of(cardTokens).get(name) ?? account.of(bankTokens).get(name);
  const token = kept?.token ?? account.of(plainTokens).get(name);
  if (!token) throw noSuch('token', name, 'token', 404);
  return token;
}

export const tokenResource: Resource = {
  collections: [declare(plainTokens)],
  routes: [
    route('POST', '/v1/tokens', { permission: 'token', params: createParams }, createToken),
    route('GET', '/v1/tokens/:token', { permission: 'token' }, retrieve),
  ],
};
