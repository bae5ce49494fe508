import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { tokenUnknown } from '../behaviours/cards/card-input.ts';
import { cardByToken } from '../behaviours/cards/test-cards.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { cardMethod, plainDetails } from './cards.ts';
import { legacyCard } from './legacy-card.ts';
import type { PaymentMethod } from './payment-method.ts';

/** A token of `/v1/tokens` and the card it stands for, as the method it will become. */
export interface CardToken {
  readonly id: string;
  readonly method: PaymentMethod;
  readonly token: Wire<Stripe.Token>;
}
export const cardTokens: CollectionSpec<CardToken> = { name: 'card_tokens', indexes: {} };

/** Keeps a token for a card; the token is single-use. */
export function createCardToken(account: Account, method: PaymentMethod): Wire<Stripe.Token> {
  const token: Wire<Stripe.Token> = {
    id: newId('tok', 24),
    object: 'token',
    card: legacyCard(method),
    client_ip: null,
    created: account.now(),
    livemode: account.livemode,
    type: 'card',
    used: false,
  };
  account.of(cardTokens).put({ id: token.id, method, token });
  return token;
}

/** Uses a token up, or takes the card behind a test name (`tok_visa`), which never runs out. The method is not kept yet. */
export function spendCardToken(account: Account, id: string, param: string): PaymentMethod {
  const stored = account.of(cardTokens).get(id);
  if (stored) {
    const { method, token } = stored;
    if (token.used)
      throw refused(param, `You cannot use a Stripe token more than once: ${id}.`, 'token_already_used');
    account.of(cardTokens).put({ ...stored, token: { ...token, used: true } });
    return method;
  }
  const card = cardByToken(id);
  if (!card) throw tokenUnknown(id, param);
  return cardMethod(account, plainDetails(card, account.now()), newId('card', 24));
}
