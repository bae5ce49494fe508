import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Account, openAccount } from '../account.ts';
import { auditBooks } from '../audit.ts';
import { day, hour } from '../clock.ts';
import { type Invoice, invoices } from '../invoices/invoice.ts';
import { allLines } from '../invoices/line-list.ts';
import { expansionsOf, registryOf, resources } from '../resources.ts';
import { createPlayer } from '../seeds/player.ts';
import type { PlayerParams } from '../seeds/seed.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { StripeFault } from '../wire/errors.ts';

const routes = resources.flatMap((resource) => resource.routes ?? []);
const start = Date.UTC(2026, 0, 30, 7) / 1000;

type Step =
  | { readonly kind: 'use'; readonly value: number; readonly hoursAgo: number }
  | { readonly kind: 'wait'; readonly hours: number }
  | { readonly kind: 'price' | 'anchor' | 'leave' | 'end' | 'begin' | 'undo' };

const use = fc.record({
  kind: fc.constant('use' as const),
  value: fc.integer({ min: 1, max: 2000 }),
  hoursAgo: fc.constant(0),
});
const lateUse = fc.record({
  kind: fc.constant('use' as const),
  value: fc.integer({ min: 1, max: 2000 }),
  hoursAgo: fc.integer({ min: 0, max: 60 }),
});
const wait = fc.record({ kind: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 400 }) });
const lossless = fc.record({ kind: fc.constantFrom('anchor' as const, 'end' as const, 'begin' as const) });
const lossy = fc.record({ kind: fc.constantFrom('price' as const, 'leave' as const, 'undo' as const) });

/** An account with a metered price of two tiers, another of one price per unit, and a customer who pays. */
function shop() {
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
  const post = (path: string, params: PlayerParams) => play.post<{ id: string }>(path, params).id;
  const sum = { display_name: 'Calls', event_name: 'calls', default_aggregation: { formula: 'sum' } };
  const meter = post('/v1/billing/meters', sum);
  const product = post('/v1/products', { name: 'API' });
  const recurring = { interval: 'month', usage_type: 'metered', meter };
  const common = { product, currency: 'usd', recurring };
  const tiers = [
    { up_to: 500, unit_amount: 3 },
    { up_to: 'inf', unit_amount_decimal: '1.5' },
  ];
  const tiered = post('/v1/prices', { ...common, billing_scheme: 'tiered', tiers_mode: 'graduated', tiers });
  const flat = post('/v1/prices', { ...common, unit_amount: 2 });
  const customer = post('/v1/customers', {
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  return { account, play, post, customer, prices: [tiered, flat] };
}

interface Running {
  readonly id: string;
  readonly items: { readonly data: readonly { readonly id: string }[] };
}

/** Plays a history; answers the account, what was ever reported, and what of it while a subscription was running. */
function live(history: readonly Step[]): { account: Account; reported: number; subscribed: number } {
  const { account, play, post, customer, prices } = shop();
  let price = 0;
  let reported = 0;
  let subscribed = 0;
  let running: Running | null = null;
  let latest: string | null = null;
  const begin = () => {
    running = play.post<Running>('/v1/subscriptions', { customer, items: [{ price: prices[price] ?? '' }] });
  };
  const act = (step: Exclude<Step, { kind: 'wait' }>) => {
    if (step.kind === 'use') {
      const timestamp = account.now() - step.hoursAgo * hour;
      const identifier = `event ${reported} at ${account.now()}`;
      const payload = { stripe_customer_id: customer, value: String(step.value) };
      post('/v1/billing/meter_events', { event_name: 'calls', payload, identifier, timestamp });
      reported += step.value;
      if (running) subscribed += step.value;
      latest = identifier;
    } else if (step.kind === 'undo' && latest) {
      const cancel = { identifier: latest };
      post('/v1/billing/meter_event_adjustments', { event_name: 'calls', type: 'cancel', cancel });
    } else if (step.kind === 'begin' && !running) {
      account.advanceTo(account.now() + 1);
      begin();
    } else if (running && step.kind === 'price') {
      price = 1 - price;
      const items = [{ id: running.items.data[0]?.id ?? '', price: prices[price] ?? '' }];
      post(`/v1/subscriptions/${running.id}`, { items });
    } else if (running && step.kind === 'anchor')
      post(`/v1/subscriptions/${running.id}`, {
        billing_cycle_anchor: { type: 'now' },
        proration_behavior: 'none',
      });
    else if (running && (step.kind === 'leave' || step.kind === 'end')) {
      play.delete(`/v1/subscriptions/${running.id}`, { invoice_now: step.kind === 'end' });
      running = null;
      account.advanceTo(account.now() + 1);
    }
  };
  begin();
  for (const step of history) {
    try {
      if (step.kind === 'wait') account.advanceTo(account.now() + step.hours * hour);
      else act(step);
    } catch (error) {
      if (!(error instanceof StripeFault)) throw error;
    }
  }
  account.advanceTo(account.now() + 40 * day);
  return { account, reported, subscribed };
}

/** The units that final invoices bill. */
function billed(account: Account): number {
  const final = [...account.of(invoices).oldestFirst()].filter(
    (invoice): invoice is Invoice => !invoice.deleted && invoice.status !== 'draft',
  );
  return final
    .flatMap((invoice) => allLines(account, invoice))
    .reduce((sum, line) => sum + (line.quantity ?? 0), 0);
}

test('usage is never billed twice, whatever happens and however late it is reported', () => {
  const steps = fc.array(fc.oneof(lateUse, lateUse, wait, lossless, lossy), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (history) => {
      const { account, reported } = live(history);
      expect(billed(account)).toBeLessThanOrEqual(reported);
      expect(auditBooks(account)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('what is reported in time while a subscription runs is billed whole', () => {
  const steps = fc.array(fc.oneof(use, use, wait, lossless), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (history) => {
      const { account, subscribed } = live(history);
      expect(billed(account)).toBe(subscribed);
      expect(auditBooks(account)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
