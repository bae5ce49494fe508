import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../index.ts';
import { verifiedIndividual } from './test-account.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());

let platforms = 0;
function platform(of: Sandbox = sandbox, key = `sk_test_acting${platforms++}`): Stripe {
  return new Stripe(key, { httpClient: Stripe.createFetchHttpClient(of.fetch), maxNetworkRetries: 0 });
}

test('accounts are listed newest first, by their platform alone', async () => {
  const stripe = platform();
  const a = await stripe.accounts.create({ type: 'standard' });
  const b = await stripe.accounts.create({ controller: { fees: { payer: 'application' } } });
  expect((await stripe.accounts.list()).data.map((one) => one.id)).toEqual([b.id, a.id]);
  expect(b.type).toBe('none');
  expect((await platform().accounts.list()).data).toEqual([]);
  expect(await stripe.accounts.del(a.id)).toEqual(expect.objectContaining({ id: a.id, deleted: true }));
  expect((await stripe.accounts.list()).data.map((one) => one.id)).toEqual([b.id]);
});

test('a header acts on the connected account: its own customers, its own balance, and nobody else’s', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create(verifiedIndividual);
  const theirs = { stripeAccount: id };
  const customer = await stripe.customers.create({ name: 'Theirs' }, theirs);
  expect((await stripe.customers.list()).data).toEqual([]);
  expect((await stripe.customers.list({}, theirs)).data.map((one) => one.id)).toEqual([customer.id]);
  await expect(stripe.customers.retrieve(customer.id)).rejects.toMatchObject({ code: 'resource_missing' });
  expect(await stripe.accounts.retrieveCurrent({}, { stripeContext: id })).toMatchObject({
    id,
    type: 'custom',
  });

  await stripe.paymentIntents.create(
    {
      amount: 1000,
      currency: 'usd',
      payment_method: 'pm_card_bypassPending',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    },
    theirs,
  );
  expect((await stripe.balance.retrieve({}, theirs)).available[0]?.amount).toBe(941);
  expect((await stripe.balance.retrieve()).available[0]?.amount).toBe(0);
});

test('other people’s accounts, deleted ones and inventions are a 403 that says no more', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create(verifiedIndividual);
  const stranger = platform();
  const refusal = {
    statusCode: 403,
    code: 'account_invalid',
    message: expect.stringContaining('does not have access'),
  };
  await expect(stranger.customers.list({}, { stripeAccount: id })).rejects.toMatchObject(refusal);
  await expect(stranger.accounts.retrieve(id)).rejects.toMatchObject(refusal);
  await expect(stripe.customers.list({}, { stripeAccount: 'acct_none' })).rejects.toMatchObject(refusal);
  await expect(stripe.customers.list({}, { stripeContext: `acct_x/${id}` })).rejects.toMatchObject(refusal);
  await stripe.accounts.del(id);
  await expect(stripe.customers.list({}, { stripeAccount: id })).rejects.toMatchObject(refusal);
  await expect(stripe.accounts.retrieve(id)).rejects.toMatchObject(refusal);
});

test('a connected account has no accounts of its own', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create(verifiedIndividual);
  await expect(stripe.accounts.create({ type: 'express' }, { stripeAccount: id })).rejects.toThrow(/Connect/);
  expect((await stripe.accounts.list({}, { stripeAccount: id })).data).toEqual([]);
});

test('a restricted key is held to its permissions on connected accounts, too', async () => {
  const stripe = platform(sandbox, 'sk_test_rakplatform');
  const { id } = await stripe.accounts.create(verifiedIndividual);
  const made = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_rakplatform' },
    body: JSON.stringify({ permissions: { customers: 'read' } }),
  });
  const { secret } = (await made.json()) as { secret: string };
  const restricted = platform(sandbox, secret);
  expect((await restricted.customers.list({}, { stripeAccount: id })).data).toEqual([]);
  await expect(restricted.customers.create({}, { stripeAccount: id })).rejects.toMatchObject({
    statusCode: 403,
    message: expect.stringContaining(id),
  });
});

test('a simulated live account is a platform like any other', async () => {
  const made = await sandbox.fetch('http://sandbox/_sandbox/accounts', {
    method: 'POST',
    body: JSON.stringify({ livemode: true }),
  });
  const live = platform(sandbox, ((await made.json()) as { secret: string }).secret);
  const { id } = await live.accounts.create(verifiedIndividual);
  expect(await live.customers.create({ name: 'Live' }, { stripeAccount: id })).toMatchObject({
    livemode: true,
  });
});

test('idempotency keys of two accounts do not meet', async () => {
  const stripe = platform();
  const { id } = await stripe.accounts.create(verifiedIndividual);
  const idempotencyKey = 'the-same';
  const own = await stripe.customers.create({ name: 'A' }, { idempotencyKey });
  const theirs = await stripe.customers.create({ name: 'B' }, { idempotencyKey, stripeAccount: id });
  expect(theirs.id).not.toBe(own.id);
});

test('connected accounts and what they hold are there after a restart, their due work too', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'connect-'));
  let now = Date.UTC(2026, 0, 5);
  const clock = { now: () => now };
  const before = createSandbox({ dataDir, clock });
  const stripe = platform(before, 'sk_test_durable');
  const { id } = await stripe.accounts.create(verifiedIndividual);
  await stripe.paymentIntents.create(
    {
      amount: 1000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    },
    { stripeAccount: id },
  );
  await before.close();
  now += 3 * 24 * 3600 * 1000;
  const after = createSandbox({ dataDir, clock });
  const again = platform(after, 'sk_test_durable');
  expect((await again.accounts.retrieve(id)).charges_enabled).toBe(true);
  const balance = await again.balance.retrieve({}, { stripeAccount: id });
  expect(balance.pending[0]?.amount).toBe(0);
  expect(balance.available[0]?.amount).toBe(941);
  await after.close();
  await rm(dataDir, { recursive: true });
});
