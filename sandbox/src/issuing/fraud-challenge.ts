import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { type Authorization, authorizations, changed } from './authorization.ts';
import type { Card } from './card.ts';

type Challenge = NonNullable<Authorization['fraud_challenges']>[number];

/** What Stripe texts a cardholder when it declines a purchase that looks like fraud. */
export function challengeOf({ cardholder }: Card): Challenge {
  return cardholder.phone_number === null
    ? { channel: 'sms', status: 'undeliverable', undeliverable_reason: 'no_phone_number' }
    : { channel: 'sms', status: 'pending', undeliverable_reason: null };
}

/** The cardholder answers: it was they, or it was not. */
export function respond(account: Account, authorization: Authorization, isConfirmed: boolean): Authorization {
  const [challenge] = authorization.fraud_challenges ?? [];
  if (challenge?.status !== 'pending')
    throw refused('authorization', 'This authorization has no pending fraud challenge to respond to.');
  const answered: Challenge = { ...challenge, status: isConfirmed ? 'verified' : 'rejected' };
  return changed(account, authorization, { ...authorization, fraud_challenges: [answered] });
}

/** Whether the cardholder confirmed an earlier purchase with this card from the same seller. */
export function isConfirmed(account: Account, card: Card, networkId: string): boolean {
  return account
    .of(authorizations)
    .by('card', card.id)
    .some(
      ({ fraud_challenges: challenges, merchant_data: merchant }) =>
        merchant.network_id === networkId && challenges?.some(({ status }) => status === 'verified'),
    );
}
