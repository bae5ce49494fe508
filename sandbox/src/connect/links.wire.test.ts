import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createVisitor } from '../hosted-pages/visitor.ts';
import { createSandbox } from '../index.ts';

const clock = { at: Date.UTC(2026, 0, 5), now: () => clock.at };
const sandbox = createSandbox({ clock });
afterAll(() => sandbox.close());
const visitor = createVisitor(sandbox);

let platforms = 0;
const platform = () =>
  new Stripe(`sk_test_links${platforms++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
const urls = { refresh_url: 'https://shop.example/again', return_url: 'https://shop.example/done' };

test.each([
  ['an Express account', { type: 'express' }],
  ['a Standard account', { type: 'standard' }],
  ['a Custom account', { type: 'custom', capabilities: { transfers: { requested: true } } }],
  ['a German company', { type: 'express', country: 'DE', business_type: 'company' }],
  ['an American non-profit', { type: 'express', business_type: 'non_profit' }],
  ['an account with no dashboard', { controller: { fees: { payer: 'application' } } }],
] satisfies [string, Stripe.AccountCreateParams][])(
  '%s is onboarded on the page that its link opens',
  async (_name, params) => {
    const stripe = platform();
    const account = await stripe.accounts.create(params);
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: 'account_onboarding',
      ...urls,
    });
    expect(link).toMatchObject({ object: 'account_link', expires_at: clock.at / 1000 + 300 });
    const page = await visitor.open(link.url);
    expect(page.text).toContain('external_account');
    const sent = await visitor.send(link.url, { outcome: 'submit' });
    expect([sent.status, sent.location]).toEqual([303, urls.return_url]);
    const onboarded = await stripe.accounts.retrieve(account.id);
    expect(onboarded.requirements?.currently_due).toEqual([]);
    expect(onboarded).toMatchObject({
      charges_enabled: true,
      payouts_enabled: true,
      details_submitted: true,
    });
    expect(Object.values(onboarded.capabilities ?? {}).every((status) => status === 'active')).toBe(true);
    const types = (await stripe.events.list({}, { stripeAccount: account.id })).data.map(
      (event) => event.type,
    );
    expect(types).toContain('account.updated');
  },
);

test('what the business gave before is kept', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({
    type: 'express',
    business_type: 'individual',
    individual: { first_name: 'Ada', email: 'ada@example.com' },
    business_profile: { product_description: 'Engines' },
  });
  const link = await stripe.accountLinks.create({ account: id, type: 'account_onboarding', ...urls });
  await visitor.send(link.url, { outcome: 'submit' });
  expect(await stripe.accounts.retrieve(id)).toMatchObject({
    individual: { first_name: 'Ada', last_name: 'Rosen', email: 'ada@example.com' },
    business_profile: { product_description: 'Engines', url: null },
  });
});

test('a link works once and for five minutes, then leads to where a new one is made', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({ type: 'express' });
  const create = () => stripe.accountLinks.create({ account: id, type: 'account_onboarding', ...urls });
  const left = await create();
  await visitor.send(left.url, { outcome: 'leave' });
  expect((await stripe.accounts.retrieve(id)).details_submitted).toBe(false);
  expect((await visitor.open(left.url)).location).toBe(urls.refresh_url);
  const old = await create();
  clock.at += 301_000;
  expect((await visitor.open(old.url)).location).toBe(urls.refresh_url);
  expect((await visitor.send(old.url, { outcome: 'submit' })).location).toBe(urls.refresh_url);
  expect((await stripe.accounts.retrieve(id)).details_submitted).toBe(false);
  expect((await visitor.open(old.url.replace(/\w{4}$/, 'xxxx'))).status).toBe(404);
});

test.each([
  ['no return_url', { refresh_url: urls.refresh_url }, 'return_url'],
  ['a return_url that is none', { ...urls, return_url: 'javascript:alert(1)' }, 'return_url'],
  ['an update of an account Stripe asks', { ...urls, type: 'account_update' as const }, 'type'],
])('a link is refused: %s', async (_name, params, param) => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({ type: 'express' });
  await expect(
    stripe.accountLinks.create({ account: id, type: 'account_onboarding', ...params }),
  ).rejects.toMatchObject({ statusCode: 400, param });
});

test('only an onboarded Express account has a dashboard to log in to', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({
    type: 'express',
    business_profile: { name: '<b>Rides</b>' },
  });
  await expect(stripe.accounts.createLoginLink(id)).rejects.toThrow(/has not completed onboarding/);
  const link = await stripe.accountLinks.create({ account: id, type: 'account_onboarding', ...urls });
  await visitor.send(link.url, { outcome: 'submit' });
  const { url } = await stripe.accounts.createLoginLink(id);
  const page = await visitor.open(url);
  expect(page.text).toContain('&lt;b&gt;Rides&lt;/b&gt;');
  expect(page.text).toContain('ending in 6789');
  expect((await visitor.open(url)).status).toBe(404);
  const custom = await stripe.accounts.create({ type: 'custom' });
  await expect(stripe.accounts.createLoginLink(custom.id)).rejects.toThrow(/Express Dashboard/);
});

test('an account session says what its components can do, and its secret opens the form', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create({ type: 'express' });
  const session = await stripe.accountSessions.create({
    account: id,
    components: {
      account_onboarding: { enabled: true },
      payments: { enabled: true, features: { refund_management: false } },
    },
  });
  expect(session).toMatchObject({
    account: id,
    components: {
      account_onboarding: { enabled: true, features: { external_account_collection: true } },
      payments: { enabled: true, features: { refund_management: false, dispute_management: true } },
      payouts: { enabled: false, features: { instant_payouts: false } },
    },
  });
  const link = await stripe.accountLinks.create({ account: id, type: 'account_onboarding', ...urls });
  const url = link.url.replace(/[^/]+$/, session.client_secret);
  expect((await visitor.send(url, { outcome: 'submit' })).text).toContain('Thank you');
  expect((await stripe.accounts.retrieve(id)).details_submitted).toBe(true);
  const nonsense = {
    account: id,
    components: { flying: { enabled: true } },
  } as Stripe.AccountSessionCreateParams;
  await expect(stripe.accountSessions.create(nonsense)).rejects.toMatchObject({ code: 'parameter_unknown' });
});
