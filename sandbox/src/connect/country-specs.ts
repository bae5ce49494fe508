import { currencies } from '@purser/money';
import type Stripe from 'stripe';
import { methodTypes } from '../payment-methods/types.ts';
import { type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
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

/** `/v1/country_specs`. */
export const countrySpecResource: Resource = {
  routes: [
    route('GET', '/v1/country_specs', { permission, params: pageParams }, ({ params, url }) =>
      pageOfList(countries.map(specOf), url, params, 'country spec'),
    ),
    route('GET', '/v1/country_specs/:country', { permission }, (call) => {
      const country = call.id('country');
      if (!(country in countryCurrencies)) throw noSuch('country spec', country, 'country', 404);
      return specOf(country);
    }),
  ],
};
