import type { Account } from '../account.ts';
import { StripeFault } from '../wire/errors.ts';
import type { PaymentMethod } from './payment-method.ts';

interface CardChange {
  readonly exp_month?: number;
  readonly exp_year?: number;
  readonly networks?: { readonly preferred?: string | null };
}

/** A card's new expiry, which must not have passed, and the network it should run on. */
export function changedCard(
  account: Account,
  card: NonNullable<PaymentMethod['card']>,
  change: CardChange,
): NonNullable<PaymentMethod['card']> {
  const month = change.exp_month ?? card.exp_month;
  const year = change.exp_year ?? card.exp_year;
  const today = new Date(account.now() * 1000);
  const months = year * 12 + month - (today.getUTCFullYear() * 12 + today.getUTCMonth() + 1);
  if ((change.exp_month !== undefined || change.exp_year !== undefined) && months < 0)
    throw new StripeFault(402, {
      type: 'card_error',
      code: year < today.getUTCFullYear() ? 'invalid_expiry_year' : 'invalid_expiry_month',
      param: year < today.getUTCFullYear() ? 'card[exp_year]' : 'card[exp_month]',
      message: `Your card's expiration ${year < today.getUTCFullYear() ? 'year' : 'month'} is invalid.`,
    });
  const preferred = change.networks?.preferred;
  return {
    ...card,
    exp_month: month,
    exp_year: year,
    networks: preferred === undefined || !card.networks ? card.networks : { ...card.networks, preferred },
  };
}
