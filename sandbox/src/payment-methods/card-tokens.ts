import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type CardDetails, tokenUnknown } from '../behaviours/cards/card-input.ts';
import { cardByFingerprint, cardByToken, cardFingerprint } from '../behaviours/cards/test-cards.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { legacyCard, plainDetails } from './cards.ts';

/** A token of `/v1/tokens` and the card it stands for. */
export interface CardToken {
  readonly id: string;
  readonly fingerprint: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvcGiven: boolean;
  readonly used: boolean;
  readonly token: Wire<Stripe.Token>;
}
export const cardTokens: CollectionSpec<CardToken> = { name: 'card_tokens', indexes: {} };

/** Keeps a token for details; the token is single-use. */
export function createCardToken(account: Account, details: CardDetails): Wire<Stripe.Token> {
  const id = newId('tok', 24);
  const token: Wire<Stripe.Token> = {
    id,
    object: 'token',
    card: legacyCard(details),
    client_ip: null,
    created: account.now(),
    livemode: account.livemode,
    type: 'card',
    used: false,
  };
  const { card, expMonth, expYear, cvcGiven } = details;
  const fingerprint = cardFingerprint(card);
  account.of(cardTokens).put({ id, fingerprint, expMonth, expYear, cvcGiven, used: false, token });
  return token;
}

/** Uses a token up, or takes the card behind a test name (`tok_visa`), which never runs out. */
export function spendCardToken(account: Account, id: string, param: string): CardDetails {
  const stored = account.of(cardTokens).get(id);
  if (stored) {
    if (stored.used)
      throw refused(param, `You cannot use a Stripe token more than once: ${id}.`, 'token_already_used');
    account.of(cardTokens).put({ ...stored, used: true, token: { ...stored.token, used: true } });
    const card = cardByFingerprint(stored.fingerprint);
    const { expMonth, expYear, cvcGiven } = stored;
    if (card) return { card, expMonth, expYear, cvcGiven };
  }
  const card = cardByToken(id);
  if (!card) throw tokenUnknown(id, param);
  return plainDetails(card, account.now());
}
