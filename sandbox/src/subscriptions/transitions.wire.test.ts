import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { itemOf, openShops, type Shop } from './test-shop.ts';

const shops = openShops(Stripe);
afterAll(() => shops.close());
const day = 86_400;

type Status = Exclude<Stripe.Subscription.Status, never> & string;
const statuses = [
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
] as const satisfies readonly Status[];
type Known = (typeof statuses)[number];

interface Case extends Shop {
  readonly id: string;
}

/** Brings a subscription into a state. */
const into: Record<Known, (shop: Shop) => Promise<string>> = {
  async incomplete(shop) {
    await shop.use('pm_card_chargeCustomerFail');
    return (await shop.subscribe(await shop.price(3000))).id;
  },
  async incomplete_expired(shop) {
    const id = await into.incomplete(shop);
    shops.go(shops.now() + day);
    return id;
  },
  trialing: async (shop) => (await shop.subscribe(await shop.price(3000), { trial_period_days: 10 })).id,
  active: async (shop) => (await shop.subscribe(await shop.price(3000))).id,
  async past_due(shop) {
    const id = await into.active(shop);
    await shop.use('pm_card_chargeCustomerFail');
    shops.go(itemOf(await shop.subscription(id)).current_period_end + day);
    return id;
  },
  async unpaid(shop) {
    await shop.setBilling({ after_last_retry: 'unpaid', retries: [1] });
    const id = await into.past_due(shop);
    shops.go(shops.now() + 2 * day);
    return id;
  },
  async paused(shop) {
    const id = await into.active(shop);
    await shop.stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } });
    return id;
  },
  async canceled(shop) {
    const id = await into.active(shop);
    await shop.stripe.subscriptions.cancel(id);
    return id;
  },
};

const latest = async ({ stripe, id }: Case) => {
  const { latest_invoice: invoice } = await stripe.subscriptions.retrieve(id);
  return String(invoice);
};

const events = {
  /** The newest invoice is paid with a good card. */
  async 'is paid'(shop) {
    await shop.stripe.invoices.pay(await latest(shop), { payment_method: await shop.use('pm_card_visa') });
  },
  /** Paying the newest invoice with a bad card fails. */
  async 'is not paid'(shop) {
    const bad = await shop.use('pm_card_chargeCustomerFail');
    const paying = shop.stripe.invoices.pay(await latest(shop), { payment_method: bad });
    await paying.catch((error: unknown) => {
      if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
    });
  },
  'has its invoice voided': async (shop) => shop.stripe.invoices.voidInvoice(await latest(shop)),
  'has its invoice written off': async (shop) => shop.stripe.invoices.markUncollectible(await latest(shop)),
  'waits a day': async () => shops.go(shops.now() + day),
  async 'waits two months'() {
    shops.go(shops.now() + 62 * day);
  },
  'is changed': async ({ stripe, id, subscription }) =>
    stripe.subscriptions.update(id, { items: [{ id: itemOf(await subscription(id)).id, quantity: 2 }] }),
  'is renamed': ({ stripe, id }) => stripe.subscriptions.update(id, { metadata: { name: 'other' } }),
  'gets a trial': ({ stripe, id }) =>
    stripe.subscriptions.update(id, { trial_end: shops.now() + 100 * day, proration_behavior: 'none' }),
  'ends its trial': ({ stripe, id }) => stripe.subscriptions.update(id, { trial_end: 'now' }),
  'is paused': ({ stripe, id }) => stripe.subscriptions.pause(id),
  'is resumed': ({ stripe, id }) => stripe.subscriptions.resume(id),
  'is resumed in mid-cycle': ({ stripe, id }) =>
    stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } }),
  'is cancelled': ({ stripe, id }) => stripe.subscriptions.cancel(id),
  'is to be cancelled': ({ stripe, id }) => stripe.subscriptions.update(id, { cancel_at_period_end: true }),
  'loses its customer': ({ stripe, customer }) => stripe.customers.del(customer),
} satisfies Record<string, (shop: Case) => Promise<unknown>>;
type Event = keyof typeof events;

const over = /canceled subscription can only update|No such subscription/;
const paid = /already paid|no longer be paid/;
const ended = {
  'is paid': /./,
  'is not paid': /./,
  'has its invoice voided': /./,
  'has its invoice written off': /./,
  'is changed': over,
  'gets a trial': over,
  'ends its trial': over,
  'is paused': /cannot pause/,
  'is resumed': /only resume paused/,
  'is resumed in mid-cycle': /only resume paused/,
  'is cancelled': over,
  'is to be cancelled': over,
} as const;
const stays = <S extends Known>(status: S) =>
  ({
    'waits a day': status,
    'waits two months': status,
    'is renamed': status,
    'loses its customer': status,
  }) as const;
const unstarted = /incomplete/;

/** Where each event takes a subscription of each status, or how it is refused. */
const table: Record<Known, Record<Event, Known | RegExp>> = {
  incomplete: {
    'is paid': 'active',
    'is not paid': 'incomplete',
    'has its invoice voided': 'incomplete_expired',
    'has its invoice written off': 'incomplete',
    'waits a day': 'incomplete_expired',
    'waits two months': 'incomplete_expired',
    'is changed': unstarted,
    'is renamed': 'incomplete',
    'gets a trial': unstarted,
    'ends its trial': unstarted,
    'is paused': /cannot pause/,
    'is resumed': /only resume paused/,
    'is resumed in mid-cycle': /only resume paused/,
    'is cancelled': 'canceled',
    'is to be cancelled': 'incomplete',
    'loses its customer': 'canceled',
  },
  incomplete_expired: { ...ended, ...stays('incomplete_expired') },
  trialing: {
    'is paid': paid,
    'is not paid': paid,
    'has its invoice voided': /./,
    'has its invoice written off': /./,
    'waits a day': 'trialing',
    'waits two months': 'active',
    'is changed': 'trialing',
    'is renamed': 'trialing',
    'gets a trial': 'trialing',
    'ends its trial': 'active',
    'is paused': /cannot pause/,
    'is resumed': /only resume paused/,
    'is resumed in mid-cycle': /only resume paused/,
    'is cancelled': 'canceled',
    'is to be cancelled': 'trialing',
    'loses its customer': 'canceled',
  },
  active: {
    'is paid': paid,
    'is not paid': paid,
    'has its invoice voided': /./,
    'has its invoice written off': /./,
    'waits a day': 'active',
    'waits two months': 'active',
    'is changed': 'active',
    'is renamed': 'active',
    'gets a trial': 'trialing',
    'ends its trial': 'active',
    'is paused': 'paused',
    'is resumed': /only resume paused/,
    'is resumed in mid-cycle': /only resume paused/,
    'is cancelled': 'canceled',
    'is to be cancelled': 'active',
    'loses its customer': 'canceled',
  },
  past_due: {
    'is paid': 'active',
    'is not paid': 'past_due',
    'has its invoice voided': 'active',
    'has its invoice written off': 'active',
    'waits a day': 'past_due',
    'waits two months': 'canceled',
    'is changed': 'past_due',
    'is renamed': 'past_due',
    'gets a trial': 'trialing',
    'ends its trial': 'past_due',
    'is paused': 'paused',
    'is resumed': /only resume paused/,
    'is resumed in mid-cycle': /only resume paused/,
    'is cancelled': 'canceled',
    'is to be cancelled': 'past_due',
    'loses its customer': 'canceled',
  },
  unpaid: {
    'is paid': 'active',
    'is not paid': 'unpaid',
    'has its invoice voided': 'active',
    'has its invoice written off': 'active',
    'waits a day': 'unpaid',
    'waits two months': 'unpaid',
    'is changed': 'unpaid',
    'is renamed': 'unpaid',
    'gets a trial': 'trialing',
    'ends its trial': 'unpaid',
    'is paused': 'paused',
    'is resumed': /only resume paused/,
    'is resumed in mid-cycle': /only resume paused/,
    'is cancelled': 'canceled',
    'is to be cancelled': 'unpaid',
    'loses its customer': 'canceled',
  },
  paused: {
    'is paid': paid,
    'is not paid': paid,
    'has its invoice voided': /./,
    'has its invoice written off': /./,
    'waits a day': 'paused',
    'waits two months': 'paused',
    'is changed': 'paused',
    'is renamed': 'paused',
    'gets a trial': 'trialing',
    'ends its trial': 'paused',
    'is paused': /cannot pause/,
    'is resumed': 'paused',
    'is resumed in mid-cycle': 'active',
    'is cancelled': 'canceled',
    'is to be cancelled': 'paused',
    'loses its customer': 'canceled',
  },
  canceled: { ...ended, ...stays('canceled') },
};

test.each(
  statuses.flatMap((status) =>
    (Object.keys(events) as Event[]).map((event) => [status, event, table[status][event]] as const),
  ),
)('a subscription that is %s and %s: %s', async (status, event, outcome) => {
  const shop = await shops.open('2026-01-31T12:00');
  const id = await into[status](shop);
  expect((await shop.subscription(id)).status).toBe(status);
  const happens = events[event]({ ...shop, id });
  if (typeof outcome === 'string') {
    await happens;
    expect((await shop.subscription(id)).status).toBe(outcome);
  } else {
    await expect(happens).rejects.toThrow(outcome);
    expect((await shop.subscription(id)).status).toBe(status);
  }
  expect(await shop.problems()).toEqual([]);
});
