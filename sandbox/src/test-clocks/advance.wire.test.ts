import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { openAccount } from '../account.ts';
import { auditBooks } from '../audit.ts';
import { expansionsOf, registryOf, resources } from '../resources.ts';
import { createPlayer } from '../seeds/player.ts';
import { FileJournal, forgetfulJournal } from '../store/journal.ts';
import { finishAdvances } from './advance.ts';

const real = Date.UTC(2026, 4, 10) / 1000;
const start = Date.UTC(2027, 0, 31, 12) / 1000;
const routes = resources.flatMap((resource) => resource.routes ?? []);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function open(path?: string) {
  const account = openAccount({
    id: 'acct_test',
    livemode: false,
    registry: registryOf(resources),
    clock: { now: () => real * 1000 },
    journal: path === undefined ? forgetfulJournal : new FileJournal(path),
    origin: () => 'http://sandbox',
    log: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  return { account, play: createPlayer(account, routes, expansionsOf(resources)) };
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'purser-clock-'));
  folders.push(made);
  return made;
}

type Player = ReturnType<typeof createPlayer>;

/** A clock with three customers who pay monthly, and the clock's id. */
function threeCustomers(play: Player): string {
  const { id: clock } = play.post<Stripe.TestHelpers.TestClock>('/v1/test_helpers/test_clocks', {
    frozen_time: start,
  });
  const price = play.post<Stripe.Price>('/v1/prices', {
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Plan' },
  }).id;
  for (const card of ['pm_card_visa', 'pm_card_mastercard', 'pm_card_chargeCustomerFail']) {
    const { id: customer } = play.post<Stripe.Customer>('/v1/customers', {
      test_clock: clock,
      payment_method: card,
      invoice_settings: { default_payment_method: card },
    });
    play.post('/v1/subscriptions', { customer, items: [{ price }], trial_period_days: 7 });
  }
  return clock;
}

const advance = (play: Player, clock: string, frozen_time: number) =>
  play.post(`/v1/test_helpers/test_clocks/${clock}/advance`, { frozen_time });

/** What happened, without ids: every invoice with its times and outcome, and where the subscriptions stand. */
function story(play: Player, clock: string): unknown {
  const customers = play.get<Stripe.ApiList<Stripe.Customer>>('/v1/customers', { test_clock: clock }).data;
  return customers.map(({ id: customer }) => ({
    invoices: play
      .get<Stripe.ApiList<Stripe.Invoice>>('/v1/invoices', { customer, limit: 100 })
      .data.map(({ created, status, total, attempt_count: attempts }) => ({
        created,
        status,
        total,
        attempts,
      })),
    subscriptions: play
      .get<Stripe.ApiList<Stripe.Subscription>>('/v1/subscriptions', { customer, status: 'all' })
      .data.map(({ status, ended_at, items }) => ({
        status,
        ended_at,
        period: items.data[0]?.current_period_end,
      })),
  }));
}

const twoMonthsOn = Date.UTC(2027, 2, 31, 12) / 1000;

test('a clock killed anywhere on its way arrives where it was going when it is opened again', async () => {
  const path = join(folder(), 'account.journal');
  const { account, play } = open(path);
  const clock = threeCustomers(play);
  await account.flush();
  const before = readFileSync(path, 'utf8').split('\n').length;
  advance(play, clock, twoMonthsOn);
  finishAdvances(account);
  await account.flush();
  const expected = story(play, clock);
  expect(JSON.stringify(expected)).toContain('canceled');
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.length - before).toBeGreaterThan(15);
  for (let kept = before; kept < lines.length; kept++) {
    writeFileSync(path, `${lines.slice(0, kept).join('\n')}\n`);
    const again = open(path);
    finishAdvances(again.account);
    expect(story(again.play, clock)).toEqual(expected);
    expect(auditBooks(again.account)).toEqual([]);
    await again.account.close();
  }
  await account.close();
});

test('many small steps lead to the same state as one', () => {
  const once = open();
  const clock = threeCustomers(once.play);
  advance(once.play, clock, twoMonthsOn);
  finishAdvances(once.account);
  const expected = story(once.play, clock);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 * 86_400 }), { maxLength: 40 }), (steps) => {
      const { account, play } = open();
      const stepped = threeCustomers(play);
      let at = start;
      const stops = steps.map((step) => (at += step)).filter((stop) => stop < twoMonthsOn);
      for (const stop of [...stops, twoMonthsOn]) {
        advance(play, stepped, stop);
        finishAdvances(account);
      }
      expect(story(play, stepped)).toEqual(expected);
      expect(auditBooks(account)).toEqual([]);
    }),
    { numRuns: 20 },
  );
});

test('a year of renewals for three customers is played step by step', () => {
  const { account, play } = open();
  const clock = threeCustomers(play);
  for (let month = 2; month <= 12; month += 2) {
    advance(play, clock, Date.UTC(2027, month, 28, 18) / 1000);
    finishAdvances(account);
  }
  expect(play.get<Stripe.TestHelpers.TestClock>(`/v1/test_helpers/test_clocks/${clock}`)).toMatchObject({
    status: 'ready',
    frozen_time: Date.UTC(2028, 0, 28, 18) / 1000,
  });
  const [, , first] = story(play, clock) as { invoices: unknown[] }[];
  expect(first?.invoices).toHaveLength(13);
  expect(auditBooks(account)).toEqual([]);
});

test('a job that fails leaves the clock in internal_failure, from where it can only be deleted', () => {
  const logged: string[] = [];
  const account = openAccount({
    id: 'acct_test',
    livemode: false,
    registry: {
      ...registryOf(resources),
      jobs: new Map([
        [
          'subscription.cycle',
          () => {
            throw new Error('broken');
          },
        ],
      ]),
    },
    clock: { now: () => real * 1000 },
    journal: forgetfulJournal,
    origin: () => 'http://sandbox',
    log: (message) => logged.push(message),
  });
  const play = createPlayer(account, routes, expansionsOf(resources));
  const clock = threeCustomers(play);
  advance(play, clock, twoMonthsOn);
  finishAdvances(account);
  const path = `/v1/test_helpers/test_clocks/${clock}`;
  expect(play.get<Stripe.TestHelpers.TestClock>(path)).toMatchObject({
    status: 'internal_failure',
    frozen_time: start,
  });
  expect(logged).toHaveLength(1);
  const [event] = play.get<Stripe.ApiList<Stripe.Event>>('/v1/events').data;
  expect(event?.type).toBe('test_helpers.test_clock.internal_failure');
  expect(() => advance(play, clock, twoMonthsOn)).toThrow(/can only be deleted/);
  play.delete(path);
  expect(() => play.get(path)).toThrow(/No such test_clock/);
});
