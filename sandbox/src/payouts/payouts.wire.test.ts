import Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { day, hour } from '../clock.ts';
import { verifiedIndividual } from '../connect/test-account.ts';
import { createSandbox, type Sandbox } from '../index.ts';
import { paysOutOn, type Schedule } from './schedule.ts';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

/** A Monday. */
const monday = Date.UTC(2026, 0, 5, 12) / 1000;

async function world(funds = 100_000) {
  const clock = { at: monday * 1000, now: () => clock.at };
  const sandbox = createSandbox({ clock });
  open.push(sandbox);
  const stripe = new Stripe('sk_test_payouts', {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
  const pay = (amount: number, options = {}, card = 'pm_card_bypassPending') =>
    stripe.paymentIntents.create(
      {
        amount,
        currency: 'usd',
        payment_method: card,
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      },
      options,
    );
  if (funds > 0) await pay(funds);
  const wait = (seconds: number) => {
    clock.at += seconds * 1000;
  };
  const available = async (options = {}) =>
    (await stripe.balance.retrieve({}, options)).available[0]?.amount ?? 0;
  const problems = async () => {
    const response = await sandbox.fetch('http://sandbox/_sandbox/audit', {
      headers: { authorization: 'Bearer sk_test_payouts' },
    });
    return ((await response.json()) as { problems: string[] }).problems;
  };
  const self = (await stripe.accounts.retrieveCurrent()).id;
  return { stripe, pay, wait, available, problems, self };
}

async function connected(stripe: Stripe, bank = 'btok_us_verified') {
  const { id } = await stripe.accounts.create({
    ...verifiedIndividual,
    external_account: bank,
    settings: { payouts: { schedule: { interval: 'manual' } } },
  });
  return { stripeAccount: id };
}

test('a payout is sent, then arrives, not on a weekend', async () => {
  const { stripe, wait } = await world();
  wait(2 * day);
  const payout = await stripe.payouts.create({ amount: 5000, currency: 'usd', expand: ['destination'] });
  expect(payout).toMatchObject({
    status: 'pending',
    automatic: false,
    destination: { object: 'bank_account', last4: '6789' },
    trace_id: { status: 'pending' },
  });
  // Made on Wednesday, two days on is Friday.
  expect(new Date(payout.arrival_date * 1000).toISOString()).toBe('2026-01-09T00:00:00.000Z');
  wait(13 * hour);
  expect((await stripe.payouts.retrieve(payout.id)).status).toBe('in_transit');
  wait(2 * day);
  expect(await stripe.payouts.retrieve(payout.id)).toMatchObject({
    status: 'paid',
    trace_id: { status: 'supported' },
  });
});

test.each([
  ['000111111116', 'no_account'],
  ['000111111113', 'account_closed'],
  ['000222222227', 'insufficient_funds'],
  ['000333333335', 'debit_not_authorized'],
  ['000444444440', 'invalid_currency'],
])('a payout to %s fails with %s and the money returns', async (number, code) => {
  const { stripe, wait, available, problems, self } = await world();
  const before = await available();
  await stripe.accounts.createExternalAccount(self, {
    external_account: {
      object: 'bank_account',
      country: 'US',
      routing_number: '110000000',
      account_number: number,
    },
  });
  const payout = await stripe.payouts.create({ amount: 5000, currency: 'usd' });
  expect(await available()).toBe(before - 5000);
  wait(5 * day);
  const failed = await stripe.payouts.retrieve(payout.id, {
    expand: ['failure_balance_transaction', 'destination'],
  });
  expect(failed).toMatchObject({
    status: 'failed',
    failure_code: code,
    failure_balance_transaction: { type: 'payout_failure', amount: 5000 },
    destination: { status: 'errored' },
  });
  expect(failed.failure_message).not.toBe('The payout failed.');
  expect(await available()).toBe(before);
  expect((await stripe.events.list({ type: 'payout.failed' })).data).toHaveLength(1);
  expect(await problems()).toEqual([]);
});

test('an instant payout costs a fee, arrives at once and needs a destination that takes it', async () => {
  const { stripe, wait, available, self } = await world();
  const before = await available();
  const [instant] = (await stripe.balance.retrieve()).instant_available ?? [];
  const most = instant?.net_available?.[0]?.amount ?? 0;
  expect(instant?.amount).toBe(before);
  await expect(
    stripe.payouts.create({ amount: most + 1, currency: 'usd', method: 'instant' }),
  ).rejects.toMatchObject({
    code: 'balance_insufficient',
  });
  await stripe.payouts.create({ amount: most, currency: 'usd', method: 'instant' });
  expect(await available()).toBe(0);
  wait(3);
  expect((await stripe.payouts.list()).data[0]).toMatchObject({ status: 'paid', method: 'instant' });
  await stripe.accounts.createExternalAccount(self, {
    external_account: 'tok_visa_debit_us_instantPayoutUnsupported',
    default_for_currency: true,
  });
  await expect(
    stripe.payouts.create({ amount: 1, currency: 'usd', method: 'instant' }),
  ).rejects.toMatchObject({
    code: 'instant_payouts_unsupported',
  });
});

test('a debit card whose payouts fail says so', async () => {
  const { stripe, wait, self } = await world();
  await stripe.accounts.createExternalAccount(self, { external_account: 'tok_visa_debit_us_transferFail' });
  const { id, type } = await stripe.payouts.create({ amount: 100, currency: 'usd' });
  expect(type).toBe('card');
  wait(5 * day);
  expect(await stripe.payouts.retrieve(id)).toMatchObject({ failure_code: 'could_not_process' });
});

test('a pending payout is called off, and its money is there again', async () => {
  const { stripe, wait, available, problems } = await world();
  const before = await available();
  const standard = await stripe.payouts.create({ amount: 100, currency: 'usd' });
  const instant = await stripe.payouts.create({ amount: 1000, currency: 'usd', method: 'instant' });
  await stripe.payouts.cancel(standard.id);
  await stripe.payouts.cancel(instant.id);
  expect(await available()).toBe(before);
  wait(4 * day);
  expect((await stripe.payouts.retrieve(standard.id)).status).toBe('canceled');
  await expect(stripe.payouts.cancel(standard.id)).rejects.toThrow(/only be canceled while they are pending/);
  expect(await problems()).toEqual([]);
});

test('a connected account’s payout can be taken back from an American bank, once', async () => {
  const { stripe, pay, wait, available, problems } = await world();
  const theirs = await connected(stripe);
  await pay(10_000, theirs);
  const payout = await stripe.payouts.create({ amount: 5000, currency: 'usd' }, theirs);
  await expect(stripe.payouts.reverse(payout.id, {}, theirs)).rejects.toThrow(/cancel it instead/);
  wait(4 * day);
  const back = await stripe.payouts.reverse(payout.id, { metadata: { why: 'mistake' } }, theirs);
  expect(back).toMatchObject({ amount: -5000, original_payout: payout.id, metadata: { why: 'mistake' } });
  expect(await stripe.payouts.retrieve(payout.id, {}, theirs)).toMatchObject({ reversed_by: back.id });
  expect(await available(theirs)).toBe(10_000 - 320);
  await expect(stripe.payouts.reverse(payout.id, {}, theirs)).rejects.toThrow(/already been reversed/);
  expect(await problems()).toEqual([]);
});

test('a connected account without a bank in the currency cannot be paid out', async () => {
  const { stripe, pay } = await world();
  const theirs = await connected(stripe);
  await expect(stripe.payouts.create({ amount: 100, currency: 'eur' }, theirs)).rejects.toThrow(
    "Sorry, you don't have any external accounts in that currency (eur).",
  );
  const fresh = { stripeAccount: (await stripe.accounts.create({ type: 'standard' })).id };
  await pay(1000, fresh);
  await expect(stripe.payouts.create({ amount: 100, currency: 'usd' }, fresh)).rejects.toMatchObject({
    code: 'payouts_not_allowed',
  });
});

test('a daily schedule pays out what became available, and says what each payout is made of', async () => {
  const { stripe, pay, wait, available, problems } = await world(0);
  await stripe.balanceSettings.update({ payments: { payouts: { schedule: { interval: 'daily' } } } });
  await pay(10_000, {}, 'pm_card_visa');
  await pay(5000, {}, 'pm_card_visa');
  wait(3 * day);
  const [payout] = (await stripe.payouts.list()).data;
  expect(payout).toMatchObject({
    automatic: true,
    amount: 10_000 - 320 + 5000 - 175,
    status: expect.any(String),
  });
  const parts = await stripe.balanceTransactions
    .list({ payout: payout?.id ?? '' })
    .autoPagingToArray({ limit: 100 });
  expect(parts.map((part) => part.type)).toEqual(['payout', 'charge', 'charge']);
  expect(parts.reduce((sum, part) => sum + part.net, 0)).toBe(0);
  const paged = stripe.balanceTransactions.list({ payout: payout?.id ?? '', limit: 1 });
  expect(await paged.autoPagingToArray({ limit: 100 })).toEqual(parts);
  await expect(stripe.payouts.cancel(payout?.id ?? '')).rejects.toThrow(/automatic/);

  await pay(2000, {}, 'pm_card_visa');
  wait(4 * day);
  const [second] = (await stripe.payouts.list()).data;
  const next = await stripe.balanceTransactions.list({ payout: second?.id ?? '' });
  expect(next.data.map((part) => part.amount)).toEqual([-(2000 - 88), 2000]);
  expect(await stripe.payouts.retrieve(payout?.id ?? '')).toMatchObject({
    reconciliation_status: 'completed',
  });
  expect(await available()).toBe(0);
  expect(await problems()).toEqual([]);
});

test('a minimum stays in the balance, and a debt is collected from the bank', async () => {
  const { stripe, pay, wait, available } = await world(0);
  const settings = await stripe.balanceSettings.update({
    payments: {
      payouts: { schedule: { interval: 'daily' }, minimum_balance_by_currency: { usd: 1000 } },
    },
  });
  expect(settings.payments.payouts?.minimum_balance_by_currency).toEqual({ usd: 1000 });
  const intent = await pay(10_000);
  wait(day);
  expect(await available()).toBe(1000);
  const [payout] = (await stripe.payouts.list()).data;
  const parts = await stripe.balanceTransactions.list({ payout: payout?.id ?? '' });
  expect(parts.data.map(({ type, net }) => [type, net])).toEqual([
    ['payout_minimum_balance_hold', -1000],
    ['payout', -8680],
    ['charge', 9680],
  ]);
  const released = await stripe.balanceTransactions.list({ type: 'payout_minimum_balance_release' });
  expect(released.data).toMatchObject([{ amount: 1000, source: payout?.id }]);
  await stripe.refunds.create({ payment_intent: intent.id });
  expect(await available()).toBe(-9000);
  wait(day);
  expect(await available()).toBe(0);
  expect((await stripe.payouts.list()).data[0]).toMatchObject({ amount: -9000, automatic: true });
  expect((await stripe.events.list({ type: 'balance_settings.updated' })).data).toHaveLength(1);
});

test('connected accounts start with daily payouts, which stop at a bank that sent one back', async () => {
  const { stripe, pay, wait, available } = await world();
  const theirs = await connected(stripe, 'btok_us_verified_accountClosed');
  await stripe.accounts.update(theirs.stripeAccount, {
    settings: { payouts: { schedule: { interval: 'daily' } } },
  });
  await pay(10_000, theirs);
  wait(10 * day);
  expect((await stripe.payouts.list({}, theirs)).data.map((payout) => payout.status)).toEqual(['failed']);
  expect(await available(theirs)).toBe(10_000 - 320);
  await stripe.accounts.update(theirs.stripeAccount, { external_account: 'btok_us_verified' });
  wait(5 * day);
  expect((await stripe.payouts.list({}, theirs)).data.map((payout) => payout.status)).toEqual([
    'paid',
    'failed',
  ]);
});

test('charges wait as many days as the account’s settings say', async () => {
  const { stripe, pay, wait, available } = await world(0);
  await expect(
    stripe.balanceSettings.update({ payments: { settlement_timing: { delay_days_override: 1 } } }),
  ).rejects.toThrow(/cannot lower/);
  await stripe.balanceSettings.update({ payments: { settlement_timing: { delay_days_override: 5 } } });
  await pay(1000, {}, 'pm_card_visa');
  wait(4 * day);
  expect(await available()).toBe(0);
  wait(day);
  expect(await available()).toBe(941);
});

const at = (date: string) => Date.parse(`${date}T12:00:00Z`) / 1000;
test.each([
  ['daily', { delay_days: 2, interval: 'daily' }, '2026-01-10', true],
  [
    'its weekday',
    { delay_days: 2, interval: 'weekly', weekly_payout_days: ['tuesday', 'friday'] },
    '2026-01-09',
    true,
  ],
  [
    'another weekday',
    { delay_days: 2, interval: 'weekly', weekly_payout_days: ['tuesday'] },
    '2026-01-09',
    false,
  ],
  ['its anchor', { delay_days: 2, interval: 'weekly', weekly_anchor: 'friday' }, '2026-01-09', true],
  ['its day', { delay_days: 2, interval: 'monthly', monthly_payout_days: [1, 15] }, '2026-01-15', true],
  [
    'the last of a short month',
    { delay_days: 2, interval: 'monthly', monthly_anchor: 31 },
    '2026-02-28',
    true,
  ],
  ['never', { delay_days: 2, interval: 'manual' }, '2026-01-15', false],
] satisfies [string, Schedule, string, boolean][])(
  'a schedule pays out on %s',
  (_name, schedule, date, expected) => {
    expect(paysOutOn(schedule, at(date))).toBe(expected);
  },
);
