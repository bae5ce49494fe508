import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAccount } from '../account.ts';
import { auditBooks } from '../audit.ts';
import { day } from '../clock.ts';
import { prices } from '../prices/price.ts';
import { expansionsOf, registryOf, resources } from '../resources.ts';
import { createPlayer } from '../seeds/player.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { covers, creditGrants, leftOf, signedValue, usableGrants } from './grant.ts';
import { reinstateCredits, useCredits } from './use.ts';

const routes = resources.flatMap((resource) => resource.routes ?? []);
const start = Date.UTC(2026, 0, 1) / 1000;

/** An account with two metered prices and a customer. */
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
  const sum = { display_name: 'Calls', event_name: 'calls', default_aggregation: { formula: 'sum' } };
  const meter = play.post<{ id: string }>('/v1/billing/meters', sum).id;
  const product = play.post<{ id: string }>('/v1/products', { name: 'API' }).id;
  const recurring = { interval: 'month', usage_type: 'metered', meter };
  const made = [1, 2].map((unit_amount) =>
    play.post<{ id: string }>('/v1/prices', { product, currency: 'usd', unit_amount, recurring }),
  );
  const own = made.flatMap(({ id }) => account.of(prices).get(id) ?? []);
  const customer = play.post<{ id: string }>('/v1/customers', {}).id;
  return { account, play, prices: own, customer };
}

const step = fc.oneof(
  fc.record({
    kind: fc.constant('grant' as const),
    value: fc.integer({ min: 1, max: 500 }),
    price: fc.option(fc.nat(1)),
    priority: fc.nat(100),
    days: fc.option(fc.integer({ min: 1, max: 30 })),
    promotional: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('bill' as const),
    lines: fc.array(fc.record({ amount: fc.integer({ min: 0, max: 400 }), price: fc.nat(1) }), {
      maxLength: 4,
    }),
  }),
  fc.record({ kind: fc.constant('void' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('expire' as const), pick: fc.nat(20) }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 10 }) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Shop = ReturnType<typeof shop>;

function grantCredit({ account, play, prices: own, customer }: Shop, asked: Step & { kind: 'grant' }): void {
  const price = asked.price === null ? undefined : own[asked.price];
  play.post('/v1/billing/credit_grants', {
    customer,
    amount: { type: 'monetary', monetary: { currency: 'usd', value: asked.value } },
    applicability_config: { scope: price ? { prices: [{ id: price.id }] } : { price_type: 'metered' } },
    category: asked.promotional ? 'promotional' : 'paid',
    expires_at: asked.days === null ? undefined : account.now() + asked.days * day,
    priority: asked.priority,
  });
}

/** Bills lines; what stays open of one, no usable grant could have paid. */
function bill({ account, prices: own, customer }: Shop, asked: Step & { kind: 'bill' }, id: string): void {
  const lines = asked.lines.flatMap(({ amount, price: at }, index) => {
    const price = own[at];
    return price ? [{ id: `${id} ${index}`, amount, price }] : [];
  });
  const used = account.transact(() => useCredits(account, { id, customer, currency: 'usd' }, lines));
  for (const line of lines) {
    const paid = (used.get(line.id) ?? []).reduce((sum, entry) => sum - signedValue(entry), 0);
    expect(paid).toBeLessThanOrEqual(line.amount);
    const left = usableGrants(account, customer, 'usd').filter(
      (grant) => covers(grant, line.price) && leftOf(account, grant) > 0,
    );
    if (paid < line.amount) expect(left).toEqual([]);
  }
}

function expireOne({ account, play }: Shop, pick: number): void {
  const all = [...account.of(creditGrants).oldestFirst()];
  const grant = all[pick % Math.max(all.length, 1)];
  if (grant && (grant.expires_at === null || grant.expires_at > account.now()))
    play.post(`/v1/billing/credit_grants/${grant.id}/expire`);
}

test('no grant ever gives more than it has, and no line takes more than it costs, over any history', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (history) => {
      const made = shop();
      const { account } = made;
      const bills: string[] = [];
      for (const [at, act] of history.entries()) {
        if (act.kind === 'wait') account.advanceTo(account.now() + act.days * day);
        else if (act.kind === 'grant') grantCredit(made, act);
        else if (act.kind === 'expire') expireOne(made, act.pick);
        else if (act.kind === 'bill') {
          bills.push(`in_${at}`);
          bill(made, act, `in_${at}`);
        } else {
          const [id] = bills.splice(act.pick % Math.max(bills.length, 1), 1);
          if (id !== undefined) account.transact(() => reinstateCredits(account, id));
        }
        expect(auditBooks(account)).toEqual([]);
      }
    }),
    { numRuns: 80 },
  );
});
