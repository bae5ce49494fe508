import { currencies } from '@purser/money';
import type Stripe from 'stripe';
import { methodTypes } from '../payment-methods/types.ts';
import { type Call, type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { type Page, type PageRequest, pageParams } from '../wire/pages.ts';
import type { Wire } from '../wire/shapes.ts';
import { countryCurrencies } from './countries.ts';
import { missingFor } from './requirements.ts';

type CountrySpec = Wire<Stripe.CountrySpec>;
const countries = Object.keys(countryCurrencies);
const permission = 'country_spec';

/** What accounts of a country can do here; where Stripe allows less, the sandbox does not know. */
function specOf(country: string): CountrySpec {
  const currency = countryCurrencies[country] ?? 'usd';
  return {
    id: country,
    object: 'country_spec',
    default_currency: currency,
    // Nothing is converted: money of a currency goes to banks where it is the currency.
    supported_bank_account_currencies: {
      [currency]: countries.filter((other) => countryCurrencies[other] === currency),
    },
    supported_payment_currencies: [...currencies],
    supported_payment_methods: Object.entries(methodTypes)
      .filter(([, { currencies: taken }]) => taken === null || taken.includes(currency))
      .map(([type]) => type),
    supported_transfer_countries: countries,
    verification_fields: {
      company: fieldsFor(country, 'company'),
      individual: fieldsFor(country, 'individual'),
    },
  };
}

/** What an account of which nothing is known yet has to give, to take payments and to be paid out. */
function fieldsFor(country: string, type: 'company' | 'individual') {
  const account: Wire<Stripe.Account> = {
    id: '',
    object: 'account',
    business_type: type,
    charges_enabled: false,
    country,
    details_submitted: false,
    email: null,
    payouts_enabled: false,
    type: 'custom',
  };
  const { fields } = missingFor({ account, persons: [], taxIdFailure: null }, 'payments');
  return { additional: [], minimum: [...fields, 'external_account'].sort() };
}

function list({ params, url }: Call<PageRequest>): Page<CountrySpec> {
  const { limit = 10, starting_after: after, ending_before: before } = params;
  for (const [name, id] of Object.entries({ starting_after: after, ending_before: before }))
    if (id !== undefined && !countries.includes(id)) throw noSuch('country spec', id, name, 400);
  const within = countries.slice(
    after === undefined ? 0 : countries.indexOf(after) + 1,
    before === undefined ? undefined : countries.indexOf(before),
  );
  const page = before === undefined ? within.slice(0, limit) : within.slice(-limit);
  return { object: 'list', data: page.map(specOf), has_more: within.length > page.length, url };
}

/** `/v1/country_specs`. */
export const countrySpecResource: Resource = {
  routes: [
    route('GET', '/v1/country_specs', { permission, params: pageParams }, list),
    route('GET', '/v1/country_specs/:country', { permission }, (call) => {
      const country = call.id('country');
      if (!(country in countryCurrencies)) throw noSuch('country spec', country, 'country', 404);
      return specOf(country);
    }),
  ],
};
