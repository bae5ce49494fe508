import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Account, openAccount } from '../account.ts';
import { auditBooks } from '../audit.ts';
import { availableIn, issuingBalances } from '../balance/balance.ts';
import { day } from '../clock.ts';
import { expansionsOf, registryOf, resources } from '../resources.ts';
import { createPlayer } from '../seeds/player.ts';
import type { Player, PlayerParams } from '../seeds/seed.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { StripeFault } from '../wire/errors.ts';
import { type Authorization, authorizations } from './authorization.ts';
import { type Card, cards } from './card.ts';
import { disputes } from './dispute.ts';
import { transactions } from './transaction.ts';

const routes = resources.flatMap((resource) => resource.routes ?? []);
const start = Date.UTC(2026, 0, 1) / 1000;
const limits = { spending_limits: [{ amount: 40_000, interval: 'weekly' }] };

function issuer(): { account: Account; play: Player } {
  const account = openAccount({
    id: 'acct_test',
    livemode: false,
    registry: registryOf(resources),
    clock: { now: () => start * 1000 },
    journal: forgetfulJournal,
    origin: () => 'http://sandbox',
    log: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  account.hold(start);
  const play = createPlayer(account, routes, expansionsOf(resources));
  const holder = play.post<{ id: string }>('/v1/issuing/cardholders', {
    name: 'Jenny Rosen',
    billing: { address: { line1: 'Way 1', city: 'Reno', country: 'US', postal_code: '89501' } },
    individual: {
      first_name: 'Jenny',
      last_name: 'Rosen',
      card_issuing: { user_terms_acceptance: { date: start, ip: '10.0.0.1' } },
    },
  });
  for (const extra of [{}, { lifecycle_controls: { cancel_after: { payment_count: 3 } } }])
    play.post('/v1/issuing/cards', {
      cardholder: holder.id,
      currency: 'usd',
      type: 'virtual',
      status: 'active',
      spending_controls: limits,
      ...extra,
    });
  return { account, play };
}

type Kind = keyof typeof deeds;
/** What can be done, each to the thing that `pick` chooses: the path and the parameters. */
const deeds = {
  fund: (amount: number) => ['/v1/test_helpers/issuing/fund_balance', { amount, currency: 'usd' }],
  topUp: (amount: number) => ['/v1/topups', { amount, currency: 'usd', destination_balance: 'issuing' }],
  authorize: (amount: number, id: string) => [
    '/v1/test_helpers/issuing/authorizations',
    { card: id, amount },
  ],
  authorizeAbroad: (amount: number, id: string) => [
    '/v1/test_helpers/issuing/authorizations',
    { card: id, merchant_amount: amount, merchant_currency: 'jpy' },
  ],
  force: (amount: number, id: string) => [
    '/v1/test_helpers/issuing/transactions/create_force_capture',
    { card: id, amount },
  ],
  credit: (amount: number, id: string) => [
    '/v1/test_helpers/issuing/transactions/create_unlinked_refund',
    { card: id, amount },
  ],
  capture: (_: number, id: string) => [`/v1/test_helpers/issuing/authorizations/${id}/capture`, {}],
  captureSome: (amount: number, id: string) => [
    `/v1/test_helpers/issuing/authorizations/${id}/capture`,
    { capture_amount: amount, close_authorization: false },
  ],
  increment: (amount: number, id: string) => [
    `/v1/test_helpers/issuing/authorizations/${id}/increment`,
    { increment_amount: amount },
  ],
  finalize: (amount: number, id: string) => [
    `/v1/test_helpers/issuing/authorizations/${id}/finalize_amount`,
    { final_amount: amount },
  ],
  reverse: (_: number, id: string) => [`/v1/test_helpers/issuing/authorizations/${id}/reverse`, {}],
  reverseSome: (amount: number, id: string) => [
    `/v1/test_helpers/issuing/authorizations/${id}/reverse`,
    { reverse_amount: amount },
  ],
  expire: (_: number, id: string) => [`/v1/test_helpers/issuing/authorizations/${id}/expire`, {}],
  refund: (amount: number, id: string) => [
    `/v1/test_helpers/issuing/transactions/${id}/refund`,
    { refund_amount: amount },
  ],
  dispute: (_: number, id: string) => [
    '/v1/issuing/disputes',
    { transaction: id, evidence: { reason: 'fraudulent' } },
  ],
  argue: (amount: number, id: string) => [
    `/v1/issuing/disputes/${id}`,
    {
      evidence: {
        fraudulent: { explanation: ['winning_evidence', 'losing_evidence', 'It was not me'][amount % 3] },
      },
    },
  ],
  submit: (_: number, id: string) => [`/v1/issuing/disputes/${id}/submit`, {}],
} as const satisfies Record<
  string,
  (amount: number, id: string) => [string, PlayerParams] | readonly [string, object]
>;

function things(account: Account, kind: Kind): readonly { readonly id: string }[] {
  if (kind === 'fund' || kind === 'topUp') return [{ id: '' }];
  if (['authorize', 'authorizeAbroad', 'force', 'credit'].includes(kind))
    return [...account.of(cards).oldestFirst()];
  if (kind === 'refund' || kind === 'dispute') return [...account.of(transactions).oldestFirst()];
  if (kind === 'argue' || kind === 'submit') return [...account.of(disputes).oldestFirst()];
  return [...account.of(authorizations).oldestFirst()];
}

const step = fc.record({
  kind: fc.constantFrom(...(Object.keys(deeds) as Kind[])),
  pick: fc.nat(30),
  amount: fc.integer({ min: 1, max: 20_000 }),
  days: fc.constantFrom(0, 0, 0, 1, 8),
});

test('the Issuing balance adds up over any history and is never below zero, refused steps included', () => {
  let done = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (history) => {
      const { account, play } = issuer();
      play.post('/v1/test_helpers/issuing/fund_balance', { amount: 30_000, currency: 'usd' });
      for (const { kind, pick, amount, days } of history) {
        const all = things(account, kind);
        const chosen = all[pick % Math.max(all.length, 1)];
        if (!chosen) continue;
        const [path, params] = deeds[kind](amount, chosen.id);
        try {
          play.post(path, params as PlayerParams);
          done++;
        } catch (error) {
          if (!(error instanceof StripeFault) || error.status >= 500) throw error;
        }
        account.advanceTo(account.now() + days * day);
        expect(auditBooks(account)).toEqual([]);
      }
      account.advanceTo(account.now() + 200 * day);
      expect(auditBooks(account)).toEqual([]);
      const holds = account.of(authorizations).by('status', 'pending');
      expect(holds.map(({ id }) => id)).toEqual([]);
    }),
    { numRuns: 200 },
  );
  expect(done).toBeGreaterThan(500);
});

test('what does not add up is told', () => {
  const { account, play } = issuer();
  play.post('/v1/test_helpers/issuing/fund_balance', { amount: 5000, currency: 'usd' });
  const [card] = [...account.of(cards).oldestFirst()] as [Card];
  const made = play.post<Authorization>('/v1/test_helpers/issuing/authorizations', {
    card: card.id,
    amount: 700,
  });
  expect(availableIn(account, 'usd', 'issuing')).toBe(4300);
  expect(auditBooks(account)).toEqual([]);
  account.transact(() => account.of(authorizations).put({ ...made, amount: 900 }));
  expect(auditBooks(account)).toEqual([`${made.id}: 700 held, not 900, while it is pending`]);
  account.transact(() => {
    account.of(authorizations).put(made);
    account.of(issuingBalances).put({ id: 'usd', available: -1, pending: 0 });
  });
  expect(auditBooks(account)).toEqual([
    'usd: -1 available, but its transactions add up to 4300',
    'usd: the Issuing balance is -1, below zero',
  ]);
});
