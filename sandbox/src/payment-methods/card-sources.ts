import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { spendCardToken } from './card-tokens.ts';
import { cardMethod, type PaymentMethod, resolveMethod } from './payment-method.ts';

/** The method behind an old-style `source`: a token makes a card (`card_…`), anything else names a method. */
export function resolveSource(account: Account, id: string, param: string): PaymentMethod {
  if (!id.startsWith('tok_')) return resolveMethod(account, id, param);
  return cardMethod(account, spendCardToken(account, id, param), newId('card', 24));
}
