import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Destination, destinationsOf, standInBank } from '../connect/external-accounts.ts';
import { mostInstant } from '../payouts/instant.ts';
import type { Wire } from '../wire/shapes.ts';
import { type CurrencyBalance, currencyBalances, issuingBalances } from './balance.ts';

/** What `/v1/balance` answers. An account that never moved money has zero in US dollars. */
export function balanceObject(account: Account): Wire<Stripe.Balance> {
  const sums = [...account.of(currencyBalances).oldestFirst()].sort((a, b) => a.id.localeCompare(b.id));
  const shown = sums.length > 0 ? sums : [{ id: 'usd', available: 0, pending: 0 }];
  const issuing = [...account.of(issuingBalances).oldestFirst()].sort((a, b) => a.id.localeCompare(b.id));
  return {
    object: 'balance',
    available: shown.map(({ id, available }) => amountIn(available, id)),
    instant_available: shown.map((sum) => instantIn(account, sum)),
    ...(issuing.length > 0
      ? { issuing: { available: issuing.map(({ id, available }) => amountIn(available, id)) } }
      : {}),
    livemode: account.livemode,
    pending: shown.map(({ id, pending }) => amountIn(pending, id)),
    refund_and_dispute_prefunding: { available: [], pending: [] },
  };
}

function amountIn(amount: number, currency: string) {
  return { amount, currency, source_types: { card: amount } };
}

/** What can be paid out within minutes: all that is available, less the fee, where a destination takes such payouts. */
function instantIn(account: Account, sum: CurrencyBalance): Wire<Stripe.Balance.InstantAvailable> {
  const takers = destinationsIn(account, sum.id).filter((one) =>
    one.available_payout_methods?.includes('instant'),
  );
  const net = mostInstant(sum.available, sum.id);
  return {
    ...amountIn(takers.length > 0 ? Math.max(0, sum.available) : 0, sum.id),
    net_available: takers.map(({ id }) => ({ amount: net, destination: id, source_types: { card: net } })),
  };
}

function destinationsIn(account: Account, currency: string): Destination[] {
  const own = destinationsOf(account).filter((one) => one.currency === currency);
  return own.length > 0 || account.platform ? own : [standInBank(account, currency)];
}
