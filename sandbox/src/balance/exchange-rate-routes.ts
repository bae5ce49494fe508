import { currencies } from '@purser/money';
import type Stripe from 'stripe';
import { type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
import type { Wire } from '../wire/shapes.ts';
import { exchangeRate } from './exchange.ts';

const permission = 'exchange_rate';

function ratesOf(currency: string): Wire<Stripe.ExchangeRate> {
  const rates = currencies.map((other): [string, number] => [other, exchangeRate(currency, other)]);
  return { id: currency, object: 'exchange_rate', rates: Object.fromEntries(rates) };
}

/** `/v1/exchange_rates`: the rates by which money is exchanged here, which never move. */
export const exchangeRateResource: Resource = {
  routes: [
    route('GET', '/v1/exchange_rates', { permission, params: pageParams }, ({ params, url }) =>
      pageOfList(currencies.map(ratesOf), url, params, 'exchange rate'),
    ),
    route('GET', '/v1/exchange_rates/:rate', { permission }, (call) => {
      const currency = call.id('rate').toLowerCase();
      if (!currencies.includes(currency)) throw noSuch('exchange rate', currency, 'rate', 404);
      return ratesOf(currency);
    }),
  ],
};
