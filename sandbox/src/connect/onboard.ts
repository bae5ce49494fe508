import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import type { Wire } from '../wire/shapes.ts';
import { applyChanges } from './change.ts';
import { countryCurrencies } from './countries.ts';
import { destinationsOf } from './external-accounts.ts';
import type { AccountParams } from './params.ts';
import { changedPerson, newPerson, type PersonParams, peopleOf, persons } from './persons.ts';
import { accountFacts, factsOf, settle } from './standing.ts';

/** Goes through Stripe's hosted form to its end, with Stripe's test values for whatever had not been given. */
export function onboard(account: Account): Wire<Stripe.Account> {
  const details = accountObject(account);
  const facts = factsOf(account);
  const wanted = Object.values(facts.capabilities).some((at) => at !== null);
  const asked =
    details.tos_acceptance?.service_agreement === 'recipient'
      ? ['transfers']
      : ['card_payments', 'transfers'];
  account.of(accountFacts).put({
    ...facts,
    onboarded: true,
    // An account nobody asked anything for asks for what most are made for.
    capabilities: wanted
      ? facts.capabilities
      : { ...facts.capabilities, ...Object.fromEntries(asked.map((name) => [name, account.now()])) },
  });
  const filled = applyChanges(account, details, missingParams(account, details));
  const terms = {
    ...filled.tos_acceptance,
    date: filled.tos_acceptance?.date ?? account.now(),
    ip: filled.tos_acceptance?.ip ?? '127.0.0.1',
  };
  if (filled.business_type !== 'individual') fillRepresentative(account, filled);
  return settle(account, { ...filled, tos_acceptance: terms });
}

function missingParams(account: Account, details: Wire<Stripe.Account>): AccountParams {
  const { business_profile: profile, business_type: kind, company } = details;
  const isIndividual = (kind ?? 'individual') === 'individual';
  const address = testAddress(details.country);
  return {
    business_type: kind ?? 'individual',
    business_profile: {
      ...(profile?.mcc ? {} : { mcc: '5734' }),
      ...(profile?.url || profile?.product_description ? {} : { url: 'https://accessible.stripe.com' }),
    },
    ...(isIndividual ? { individual: missingOfPerson(peopleOf(account)[0], address) } : {}),
    ...(isIndividual
      ? {}
      : {
          company: {
            ...(company?.name ? {} : { name: 'Sandbox Company' }),
            ...(company?.phone ? {} : { phone: '0000000000' }),
            ...(company?.tax_id_provided ? {} : { tax_id: '000000000' }),
            ...(company?.address?.line1 ? {} : { address }),
            owners_provided: true,
            directors_provided: true,
            executives_provided: true,
          },
        }),
    ...(destinationsOf(account).length === 0 ? { external_account: testBank(details) } : {}),
    ...(details.settings?.payments.statement_descriptor
      ? {}
      : { settings: { payments: { statement_descriptor: 'SANDBOX TEST' } } }),
  };
}

function missingOfPerson(
  person: Wire<Stripe.Person> | undefined,
  address: ReturnType<typeof testAddress>,
): PersonParams {
  return {
    ...(person?.first_name ? {} : { first_name: 'Jenny' }),
    ...(person?.last_name ? {} : { last_name: 'Rosen' }),
    ...(person?.email ? {} : { email: 'jenny.rosen@example.com' }),
    ...(person?.phone ? {} : { phone: '0000000000' }),
    ...(person?.dob?.year ? {} : { dob: { day: 1, month: 1, year: 1901 } }),
    ...(person?.address?.line1 ? {} : { address }),
    ...(person?.ssn_last_4_provided ? {} : { id_number: '000000000' }),
  };
}

function fillRepresentative(account: Account, details: Wire<Stripe.Account>): void {
  const people = peopleOf(account);
  const known = people.find((person) => person.relationship?.representative);
  const relationship = { representative: true, title: known?.relationship?.title ?? 'CEO' };
  const params = { ...missingOfPerson(known, testAddress(details.country)), relationship };
  account.of(persons).put(changedPerson(account, known ?? newPerson(account), params));
}

function testAddress(country = 'US') {
  const isUs = country === 'US';
  return {
    line1: 'address_full_match',
    city: isUs ? 'South San Francisco' : 'Capital',
    postal_code: isUs ? '94080' : '10000',
    ...(isUs ? { state: 'CA' } : {}),
    country,
  };
}

function testBank(details: Wire<Stripe.Account>): NonNullable<AccountParams['external_account']> {
  const country = details.country ?? 'US';
  return {
    object: 'bank_account',
    country,
    currency: details.default_currency ?? countryCurrencies[country] ?? 'usd',
    account_number: '000123456789',
    ...(country === 'US' ? { routing_number: '110000000' } : {}),
  };
}
