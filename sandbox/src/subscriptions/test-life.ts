import fc from 'fast-check';
import type Stripe from 'stripe';
import { openAccount } from '../account.ts';
import { day } from '../clock.ts';
import { expansionsOf, registryOf, resources } from '../resources.ts';
import { createPlayer } from '../seeds/player.ts';
import type { PlayerParams } from '../seeds/seed.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { finishAdvances } from '../test-clocks/advance.ts';
import { StripeFault } from '../wire/errors.ts';

const routes = resources.flatMap((resource) => resource.routes ?? []);
const beginning = Date.UTC(2027, 0, 30, 7) / 1000;
/** No further than two of the shortest intervals here, a week. */
const furthest = 14 * day;

const behaviors = ['always_invoice', 'create_prorations', 'none'] as const;
const percentOff = 33.33;
const taxPercentage = 21;

/** Something that happens in a life; numbers choose among what there is. */
export type Step =
  | { readonly kind: 'wait'; readonly hours: number }
  | { readonly kind: 'card'; readonly isGood: boolean }
  | { readonly kind: 'begin'; readonly price: number; readonly quantity: number; readonly how: How }
  | { readonly kind: 'change'; readonly which: number; readonly change: Change }
  | { readonly kind: 'end'; readonly which: number; readonly prorate: boolean; readonly invoice: boolean }
  | { readonly kind: 'settle'; readonly which: number; readonly by: 'outside' | 'pay' | 'void' | 'write off' }
  | { readonly kind: 'refund'; readonly which: number; readonly amount: number }
  | { readonly kind: 'item'; readonly amount: number };

export interface How {
  readonly trialDays: number;
  readonly discount: boolean;
  readonly tax: boolean;
  readonly sends: boolean;
  readonly mode: 'classic' | 'flexible';
  readonly anchorDays: number;
}
export interface Change {
  readonly what: 'add' | 'anchor' | 'pause' | 'price' | 'quantity' | 'remove' | 'trial' | 'until';
  readonly price: number;
  readonly quantity: number;
  readonly days: number;
  readonly behavior: (typeof behaviors)[number];
}

const small = fc.nat({ max: 5 });
const how = fc.record<How>({
  trialDays: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 20 })),
  discount: fc.boolean(),
  tax: fc.boolean(),
  sends: fc.constant(false),
  mode: fc.constantFrom('classic', 'flexible', 'flexible'),
  anchorDays: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 1, max: 6 })),
});
export const changes = fc.record<Change>({
  what: fc.constantFrom<Change['what']>(
    ...(['add', 'anchor', 'price', 'price', 'quantity', 'remove', 'trial', 'until'] as const),
  ),
  price: small,
  quantity: small,
  days: fc.integer({ min: 1, max: 40 }),
  behavior: fc.constantFrom(...behaviors),
});
const pauses = fc.record<Change>({
  what: fc.constant('pause'),
  price: small,
  quantity: small,
  days: small,
  behavior: fc.constantFrom(...behaviors),
});

export const waits = fc.record({
  kind: fc.constant('wait' as const),
  hours: fc.integer({ min: 1, max: 336 }),
});
const begins = fc.record({ kind: fc.constant('begin' as const), price: small, quantity: small, how });
const alters = fc.record({ kind: fc.constant('change' as const), which: small, change: changes });
const items = fc.record({ kind: fc.constant('item' as const), amount: fc.integer({ min: -900, max: 3000 }) });
/** Steps of a life in which everything is paid for. */
export const quietSteps = fc.oneof(waits, waits, waits, begins, alters, alters, items);
/** Steps of any life. */
export const wildSteps = fc.oneof(
  quietSteps,
  quietSteps,
  fc.record({
    kind: fc.constant('begin' as const),
    price: small,
    quantity: small,
    how: how.map((one) => ({ ...one, sends: true })),
  }),
  fc.record({ kind: fc.constant('change' as const), which: small, change: pauses }),
  fc.record({ kind: fc.constant('card' as const), isGood: fc.boolean() }),
  fc.record({
    kind: fc.constant('end' as const),
    which: small,
    prorate: fc.boolean(),
    invoice: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('settle' as const),
    which: small,
    by: fc.constantFrom('outside' as const, 'pay' as const, 'void' as const, 'write off' as const),
  }),
  fc.record({
    kind: fc.constant('refund' as const),
    which: small,
    amount: fc.integer({ min: 1, max: 3000 }),
  }),
);

type Params = Record<string, unknown>;

/** A customer on a test clock, and what may happen to them. */
export function beginLife() {
  const account = openAccount({
    id: 'acct_test',
    livemode: false,
    registry: registryOf(resources),
    clock: { now: () => (beginning - 90 * day) * 1000 },
    journal: forgetfulJournal,
    origin: () => 'http://sandbox',
    log: (message, cause) => {
      throw new Error(message, { cause });
    },
  });
  const player = createPlayer(account, routes, expansionsOf(resources));
  const post = <T = { readonly id: string }>(path: string, params: Params = {}) =>
    player.post<T>(path, params as PlayerParams);
  const get = <T>(path: string, params: Params = {}) => player.get<T>(path, params as PlayerParams);
  const list = <T>(path: string, params: Params = {}) =>
    get<{ data: readonly T[] }>(path, { limit: 100, ...params }).data;
  const clock = post('/v1/test_helpers/test_clocks', { frozen_time: beginning }).id;
  const customer = post('/v1/customers', { test_clock: clock }).id;
  const product = post('/v1/products', { name: 'Plan' }).id;
  const price = (unit_amount: number, interval: string, interval_count = 1) =>
    post('/v1/prices', { product, currency: 'eur', unit_amount, recurring: { interval, interval_count } }).id;
  const prices = [
    price(1999, 'month'),
    price(777, 'month'),
    price(0, 'month'),
    price(5000, 'month', 3),
    price(350, 'week'),
    price(25_000, 'year'),
  ];
  const terms = { percent_off: percentOff, duration: 'repeating', duration_in_months: 2 };
  const coupon = post('/v1/coupons', terms).id;
  const vat = { display_name: 'VAT', inclusive: false, percentage: taxPercentage };
  const tax = post('/v1/tax_rates', vat).id;
  let now = beginning;

  const pick = <T>(all: readonly T[], at: number) => all[at % Math.max(1, all.length)];
  const subscriptions = (status?: string) =>
    list<Stripe.Subscription>('/v1/subscriptions', { customer, status });
  const invoices = () => list<Stripe.Invoice>('/v1/invoices', { customer });

  /** Goes to a time, or as far as a clock can go at once. */
  function go(to: number): void {
    now = Math.min(to, now + furthest);
    post(`/v1/test_helpers/test_clocks/${clock}/advance`, { frozen_time: now });
    finishAdvances(account);
  }

  function useCard(card: string): void {
    const method = post(`/v1/payment_methods/${card}/attach`, { customer }).id;
    post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: method } });
  }

  function begin({ price, quantity, how }: Extract<Step, { kind: 'begin' }>): void {
    post('/v1/subscriptions', {
      customer,
      items: [{ price: pick(prices, price), quantity }],
      billing_mode: { type: how.mode },
      trial_period_days: how.trialDays || undefined,
      billing_cycle_anchor: how.anchorDays ? now + how.anchorDays * day : undefined,
      discounts: how.discount ? [{ coupon }] : undefined,
      default_tax_rates: how.tax ? [tax] : undefined,
      ...(how.sends ? { collection_method: 'send_invoice', days_until_due: 5 } : {}),
    });
  }

  /** What a change asks of a subscription, as updates and previews take it. */
  function changeOf(subscription: Stripe.Subscription, change: Change): Params {
    const item = pick(subscription.items.data, change.quantity);
    const proration_behavior = change.behavior;
    switch (change.what) {
      case 'add':
        return {
          items: [{ price: pick(prices, change.price), quantity: change.quantity }],
          proration_behavior,
        };
      case 'remove':
        return { items: [{ id: item?.id, deleted: true }], proration_behavior };
      case 'price':
        return {
          items: [{ id: item?.id, price: pick(prices, change.price), quantity: change.quantity }],
          proration_behavior,
        };
      case 'quantity':
        return { items: [{ id: item?.id, quantity: change.quantity }], proration_behavior };
      case 'trial':
        return { trial_end: change.days % 2 ? 'now' : now + change.days * day, proration_behavior };
      case 'until':
        return change.days % 2
          ? { cancel_at_period_end: change.days % 4 === 1, proration_behavior }
          : { cancel_at: now + change.days * day, proration_behavior };
      default:
        return { billing_cycle_anchor: { type: 'now' }, proration_behavior };
    }
  }

  function act(step: Exclude<Step, { kind: 'wait' }>): void {
    if (step.kind === 'card') useCard(step.isGood ? 'pm_card_visa' : 'pm_card_chargeCustomerFail');
    else if (step.kind === 'begin') begin(step);
    else if (step.kind === 'item')
      post('/v1/invoiceitems', { customer, amount: step.amount, currency: 'eur' });
    else if (step.kind === 'settle') {
      const open = invoices().filter(({ status }) => status === 'open');
      const verb = { outside: 'pay', pay: 'pay', void: 'void', 'write off': 'mark_uncollectible' }[step.by];
      const how = step.by === 'outside' ? { paid_out_of_band: true } : {};
      post(`/v1/invoices/${pick(open, step.which)?.id}/${verb}`, how);
    } else if (step.kind === 'refund') {
      const charge = pick(list<Stripe.Charge>('/v1/charges', { customer }), step.which);
      post('/v1/refunds', { charge: charge?.id, amount: step.amount });
    } else {
      const subscription = pick(subscriptions(), step.which);
      if (!subscription) return;
      const path = `/v1/subscriptions/${subscription.id}`;
      if (step.kind === 'end') player.delete(path, { prorate: step.prorate, invoice_now: step.invoice });
      else if (step.change.what === 'pause')
        post(`${path}/${subscription.status === 'paused' ? 'resume' : 'pause'}`);
      else post(path, changeOf(subscription, step.change));
    }
  }

  useCard('pm_card_visa');
  return {
    account,
    post,
    get,
    customer,
    subscriptions,
    invoices,
    lines: (invoice: string) => list<Stripe.InvoiceLineItem>(`/v1/invoices/${invoice}/lines`),
    pending: () => list<Stripe.InvoiceItem>('/v1/invoiceitems', { customer, pending: true }),
    changeOf,
    go,
    now: () => now,
    /** Lives through these steps; what Stripe would refuse does not happen. */
    live(steps: readonly Step[]): void {
      for (const step of steps)
        if (step.kind === 'wait') go(now + step.hours * 3600);
        else
          try {
            act(step);
          } catch (error) {
            if (!(error instanceof StripeFault) || error.status >= 500) throw error;
          }
    },
  };
}

export type Life = ReturnType<typeof beginLife>;
