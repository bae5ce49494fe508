import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let platforms = 0;
function platform(): Stripe {
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  return new Stripe(`sk_test_platform${platforms++}`, { httpClient, maxNetworkRetries: 0 });
}

/** All that Stripe asks of an American individual, in its test values. */
const individual: Stripe.AccountCreateParams = {
  type: 'custom',
  country: 'US',
  email: 'jenny@example.com',
  business_type: 'individual',
  business_profile: { mcc: '5734', url: 'https://accessible.stripe.com', name: 'Rocket Rides' },
  capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  individual: {
    first_name: 'Jenny',
    last_name: 'Rosen',
    email: 'jenny@example.com',
    phone: '0000000000',
    dob: { day: 1, month: 1, year: 1901 },
    ssn_last_4: '0000',
    address: {
      line1: 'address_full_match',
      city: 'Ohio City',
      state: 'OH',
      postal_code: '44113',
      country: 'US',
    },
  },
  tos_acceptance: { date: 1_700_000_000, ip: '8.8.8.8' },
  external_account: {
    object: 'bank_account',
    country: 'US',
    currency: 'usd',
    routing_number: '110000000',
    account_number: '000123456789',
  },
};

test('a new Express account owes everything and can do nothing', async () => {
  const stripe = platform();
  const account = await stripe.accounts.create({
    type: 'express',
    email: 'a@example.com',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
  });
  expect(account.id).toMatch(/^acct_\w{16}$/);
  expect(account).toMatchObject({
    type: 'express',
    country: 'US',
    default_currency: 'usd',
    charges_enabled: false,
    payouts_enabled: false,
    details_submitted: false,
    capabilities: { card_payments: 'inactive', transfers: 'inactive' },
    controller: { requirement_collection: 'stripe', stripe_dashboard: { type: 'express' } },
  });
  expect(account.requirements?.currently_due).toEqual([
    'business_profile.mcc',
    'business_profile.url',
    'business_type',
    'external_account',
    'representative.dob.day',
    'representative.dob.month',
    'representative.dob.year',
    'representative.email',
    'representative.first_name',
    'representative.last_name',
    'settings.payments.statement_descriptor',
    'tos_acceptance.date',
    'tos_acceptance.ip',
  ]);
  expect(account.requirements?.past_due).toEqual(account.requirements?.currently_due);
  expect(account.requirements?.disabled_reason).toBe('requirements.past_due');
});

test('a Custom account with all test values can charge and be paid out', async () => {
  const stripe = platform();
  const account = await stripe.accounts.create(individual);
  expect(account.requirements?.currently_due).toEqual([]);
  expect(account).toMatchObject({
    charges_enabled: true,
    payouts_enabled: true,
    details_submitted: true,
    capabilities: { card_payments: 'active', transfers: 'active' },
    individual: { first_name: 'Jenny', ssn_last_4_provided: true, verification: { status: 'verified' } },
    requirements: { disabled_reason: null, eventually_due: ['individual.id_number'] },
    settings: { payments: { statement_descriptor: 'ROCKET RIDES' } },
  });
  expect(JSON.stringify(account)).not.toContain('000123456789');
});

test('what is due clears as it is given, and events of the account say so', async () => {
  const stripe = platform();
  const { individual: person, external_account: bank, ...rest } = individual;
  const account = await stripe.accounts.create(rest);
  expect(account.requirements?.currently_due).toContain('individual.dob.day');
  if (!person || !bank || typeof bank === 'string') throw new Error('incomplete test values');
  const known = await stripe.accounts.update(account.id, { individual: person });
  expect(known.requirements?.currently_due).toEqual(['external_account']);
  expect(known).toMatchObject({ charges_enabled: true, payouts_enabled: false });
  await stripe.accounts.createExternalAccount(account.id, { external_account: 'btok_us_verified' });
  expect(await stripe.accounts.retrieve(account.id)).toMatchObject({ payouts_enabled: true });

  const events = await stripe.events.list({}, { stripeAccount: account.id });
  expect(events.data.every((event) => event.account === account.id)).toBe(true);
  expect(events.data.map((event) => event.type)).toEqual([
    'account.updated',
    'account.external_account.created',
    'account.updated',
    'capability.updated',
    'capability.updated',
    'person.created',
  ]);
  const updated = events.data.find((event) => event.type === 'account.updated');
  expect(updated?.data.previous_attributes).toMatchObject({ payouts_enabled: false });
  expect((await stripe.events.list()).data).toEqual([]);
});

test.each([
  [
    'an ID number that never matches',
    { individual: { id_number: '111111111' } },
    'individual.verification.document',
  ],
  [
    'an address that never matches',
    { individual: { address: { line1: 'address_no_match' } } },
    'individual.verification.document',
  ],
  [
    'a denied address on the web',
    { business_profile: { url: 'https://disallowed.stripe.com' } },
    'business_profile.url',
  ],
] satisfies [string, Stripe.AccountUpdateParams, string][])(
  '%s is due again, with its error',
  async (_name, change, field) => {
    const stripe = platform();
    const { id } = await stripe.accounts.create(individual);
    const account = await stripe.accounts.update(id, change);
    expect(account.requirements?.currently_due).toEqual([field]);
    expect(account.requirements?.errors).toMatchObject([{ requirement: field }]);
    expect(account).toMatchObject({ charges_enabled: false, capabilities: { card_payments: 'inactive' } });
  },
);

test('a document settles what numbers could not', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({
    ...individual,
    individual: { ...individual.individual, id_number: '111111111' },
  });
  const document = { front: 'file_identity_document_success' };
  const account = await stripe.accounts.update(id, { individual: { verification: { document } } });
  expect(account).toMatchObject({
    charges_enabled: true,
    individual: { verification: { status: 'verified' } },
  });
});

test('a company is asked about its representative and owners', async () => {
  const stripe = platform();
  const address = {
    line1: 'address_full_match',
    city: 'X',
    state: 'OH',
    postal_code: '44113',
    country: 'US',
  };
  const { individual: _person, ...rest } = individual;
  const account = await stripe.accounts.create({
    ...rest,
    business_type: 'company',
    company: { name: 'Rocket Rides Inc', tax_id: '000000000', phone: '0000000000', address },
  });
  expect(account.requirements?.currently_due).toContain('owners.first_name');
  const representative = await stripe.accounts.createPerson(account.id, {
    ...individual.individual,
    full_name_aliases: [],
    relationship: { representative: true, owner: true },
  });
  const asked = await stripe.accounts.retrieve(account.id);
  expect(asked.requirements?.currently_due).toEqual([
    'company.owners_provided',
    `${representative.id}.relationship.title`,
  ]);
  await stripe.accounts.updatePerson(account.id, representative.id, { relationship: { title: 'CEO' } });
  const done = await stripe.accounts.update(account.id, { company: { owners_provided: true } });
  expect(done).toMatchObject({ charges_enabled: true, payouts_enabled: true });
  expect(
    (await stripe.accounts.listPersons(account.id, { relationship: { owner: true } })).data,
  ).toHaveLength(1);
  await expect(
    stripe.accounts.createPerson(account.id, { relationship: { representative: true } }),
  ).rejects.toMatchObject({ param: 'relationship[representative]' });
});

test('a rejected account can do nothing until it is taken back', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create(individual);
  expect(await stripe.accounts.reject(id, { reason: 'fraud_other' })).toMatchObject({
    charges_enabled: false,
    payouts_enabled: false,
    requirements: { disabled_reason: 'rejected.platform_fraud' },
  });
  expect(await stripe.accounts.unreject(id)).toMatchObject({ charges_enabled: true, payouts_enabled: true });
});

test('capabilities are requested one by one', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({
    ...individual,
    capabilities: { transfers: { requested: true } },
  });
  expect(await stripe.accounts.retrieveCapability(id, 'card_payments')).toMatchObject({
    status: 'unrequested',
    requested: false,
  });
  expect(await stripe.accounts.updateCapability(id, 'card_payments', { requested: true })).toMatchObject({
    status: 'active',
    account: id,
  });
  const { data } = await stripe.accounts.listCapabilities(id);
  expect(data.map((capability) => capability.id)).toEqual(['card_payments', 'transfers']);
  await expect(stripe.accounts.updateCapability(id, 'flying', { requested: true })).rejects.toMatchObject({
    statusCode: 400,
  });
});

test('bank accounts: the first of a currency is the default, another can be made it, the default stays', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create(individual);
  const [first] = (await stripe.accounts.listExternalAccounts(id)).data;
  const second = await stripe.accounts.createExternalAccount(id, {
    external_account: 'tok_visa_debit_us_transferSuccess',
    default_for_currency: true,
  });
  expect(second).toMatchObject({ object: 'card', funding: 'debit', default_for_currency: true });
  if (!first) throw new Error('no bank account');
  expect(await stripe.accounts.retrieveExternalAccount(id, first.id)).toMatchObject({
    bank_name: 'STRIPE TEST BANK',
    default_for_currency: false,
  });
  await expect(stripe.accounts.deleteExternalAccount(id, second.id)).rejects.toThrow(
    /default external account/,
  );
  expect(await stripe.accounts.deleteExternalAccount(id, first.id)).toMatchObject({ deleted: true });
  expect((await stripe.accounts.retrieve(id)).external_accounts?.data.map((one) => one.id)).toEqual([
    second.id,
  ]);
});

test.each([
  ['a routing number that fails its checksum', { routing_number: '123456789' }, 'routing_number_invalid'],
  ['a bank account that may be real', { account_number: '123456789012' }, 'account_number_invalid'],
])('%s is refused', async (_name, change, code) => {
  const bank = {
    object: 'bank_account',
    country: 'US',
    routing_number: '110000000',
    account_number: '000123456789',
  };
  const external = { ...bank, currency: 'usd', ...change };
  await expect(
    platform().accounts.create({ ...individual, external_account: external }),
  ).rejects.toMatchObject({
    code,
  });
});

test.each([
  ['a country nobody knows', { country: 'XX' }, 'country'],
  ['a type and a controller', { type: 'custom', controller: { losses: { payments: 'stripe' } } }, 'type'],
  [
    'terms accepted for somebody else',
    { type: 'express', tos_acceptance: { date: 1, ip: '8.8.8.8' } },
    'tos_acceptance',
  ],
] satisfies [string, Stripe.AccountCreateParams, string][])('%s is refused', async (_name, params, param) => {
  await expect(platform().accounts.create(params)).rejects.toMatchObject({ statusCode: 400, param });
});
