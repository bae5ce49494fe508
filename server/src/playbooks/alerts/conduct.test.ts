import { money } from '@purser/money';
import { expect, test } from 'vitest';
import { type Conduct, unusualConduct, unusualWays } from './conduct.ts';
import { alertSettings } from './settings.ts';

const now = new Date('2026-10-27T18:30:00Z');
const settings = alertSettings.parse({});
const calm: Conduct = {
  ...{
    requester: 'token:tok_1',
    name: 'Support bot',
    refunds: 0,
    refunded: [],
    refusals: 0,
    operations: ['op_1'],
  },
  refundsBefore: Array.from({ length: 28 }, (_, day) => day % 3),
};
const told = (conduct: Partial<Conduct>) =>
  unusualConduct([{ ...calm, ...conduct }], now, settings).map(({ kind, title }) => [kind, title]);

test('refunds by one actor far beyond what that actor usually makes are told; a busy one’s usual day is not', () => {
  const many = { refunds: 12, refunded: [money(120_000n, 'usd')] };
  expect(told(many)).toEqual([['refunds_by_one', 'Support bot made 12 refunds within a day']]);
  expect(told({ ...many, refundsBefore: Array.from({ length: 28 }, (_, day) => 10 + (day % 4)) })).toEqual(
    [],
  );
  expect(told({ refunds: 4, refundsBefore: [] })).toEqual([]);
});

test('calls that are refused again and again look like misuse', () => {
  expect(told({ refusals: 10 })).toEqual([
    ['key_misuse', '10 calls by Support bot were refused within an hour'],
  ]);
  expect(told({ refusals: 9 })).toEqual([]);
});

test('payouts that fail and webhooks that go silent or are forged are told, each occasion once', () => {
  const payout = { id: 'po_1', amount: money(5_000n, 'usd'), why: 'The account is closed.' };
  const webhook = { lastReceivedAt: null, untold: 5, refused: 5, refusedWhy: 'The signature is wrong.' };
  const found = unusualWays({ failedPayouts: [payout], webhook }, now, settings);
  expect(found.map(({ kind, title }) => [kind, title])).toEqual([
    ['payout_failed', 'A payout of $50.00 failed'],
    ['webhook_silence', 'Stripe’s webhooks have gone silent'],
    ['webhook_silence', '5 deliveries to the webhook were refused'],
  ]);
  expect(new Set(found.map(({ key }) => key)).size).toBe(3);
  expect(
    unusualWays({ failedPayouts: [], webhook: { ...webhook, untold: 4, refused: 4 } }, now, settings),
  ).toEqual([]);
  expect(unusualWays({ failedPayouts: [], webhook: null }, now, settings)).toEqual([]);
});
