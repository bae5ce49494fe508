import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const day = 86_400;
const start = Date.UTC(2026, 0, 31, 9) / 1000;
let now = start;
const troubles: string[] = [];
const sandbox = createSandbox({
  clock: { now: () => now * 1000 },
  log: (message, cause) => troubles.push(`${message} ${cause}`),
});
afterAll(() => sandbox.close());

let accounts = 0;
async function shop() {
  now = start;
  const key = `sk_test_schedule_previews${accounts++}`;
  const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0 });
  const { id: product } = await stripe.products.create({ name: 'Premium' });
  const price = async (unit_amount: number, interval: 'month' | 'week' | 'year' = 'month') =>
    (await stripe.prices.create({ product, currency: 'usd', unit_amount, recurring: { interval } })).id;
  const payer = async () => {
    const customer = (await stripe.customers.create()).id;
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    return customer;
  };
  const audit = async () => {
    const headers = { authorization: `Bearer ${key}` };
    return (await sandbox.fetch('http://sandbox/_sandbox/audit', { headers })).json();
  };
  return { stripe, product, price, payer, audit };
}

/** What an invoice bills, whoever shows it. */
function billed({ lines, total, currency }: Stripe.Invoice) {
  const said = lines.data.map(({ amount, description, period }) => ({ amount, description, period }));
  return { currency, total, lines: said };
}

describe('a preview of a schedule', () => {
  test('that begins later is of its first invoice', async () => {
    const { stripe, price, payer } = await shop();
    const customer = await payer();
    const phases = [{ items: [{ price: await price(1500), quantity: 2 }] }];
    const asked = await stripe.invoices.createPreview({
      customer,
      schedule_details: {
        phases: [{ ...phases[0], items: phases[0]?.items ?? [], start_date: start + 5 * day }],
      },
    });
    const { id } = await stripe.subscriptionSchedules.create({
      customer,
      phases,
      start_date: start + 5 * day,
    });
    const waiting = await stripe.invoices.createPreview({ schedule: id });
    expect((await stripe.subscriptionSchedules.retrieve(id)).status).toBe('not_started');
    now = start + 5 * day + 5;
    const [made] = (await stripe.invoices.list({ customer })).data;
    if (!made) throw new Error('no invoice');
    expect(billed(asked)).toEqual(billed(made));
    expect(billed(waiting)).toEqual(billed(made));
  });

  test('knows the phase that begins with the next renewal, and what a change of phases would cost', async () => {
    const { stripe, price, payer } = await shop();
    const customer = await payer();
    const [small, large] = [await price(1000), await price(3100)];
    const { id, subscription } = await stripe.subscriptionSchedules.create({
      customer,
      phases: [{ items: [{ price: small }], duration: { interval: 'month' } }, { items: [{ price: large }] }],
    });
    const next = await stripe.invoices.createPreview({ subscription: subscription as string });
    expect(next.total).toBe(3100);
    expect(billed(await stripe.invoices.createPreview({ schedule: id }))).toEqual(billed(next));
    now = start + 10 * day;
    const phases = [
      { items: [{ price: small, quantity: 4 }], start_date: start, end_date: start + 20 * day },
      { items: [{ price: large }], duration: { interval: 'month' as const } },
    ];
    const details = { phases, proration_behavior: 'always_invoice' as const };
    const change = await stripe.invoices.createPreview({ schedule: id, schedule_details: details });
    await stripe.subscriptionSchedules.update(id, details);
    const [made] = (await stripe.invoices.list({ customer })).data;
    if (!made) throw new Error('no invoice');
    expect(made.billing_reason).toBe('subscription_update');
    expect(billed(change)).toEqual(billed(made));
  });

  test('is refused for one that is over, and together with a subscription', async () => {
    const { stripe, price, payer } = await shop();
    const customer = await payer();
    const items = [{ price: await price(1000) }];
    const { id, subscription } = await stripe.subscriptionSchedules.create({ customer, phases: [{ items }] });
    await expect(
      stripe.invoices.createPreview({ schedule: id, subscription: subscription as string }),
    ).rejects.toThrow('You may only specify one of these parameters: schedule, subscription.');
    await stripe.subscriptionSchedules.cancel(id);
    await expect(stripe.invoices.createPreview({ schedule: id })).rejects.toMatchObject({
      code: 'invoice_upcoming_none',
    });
  });
});

test('whatever the phases, each next invoice is the one that was previewed', async () => {
  const { stripe, price, product, payer, audit } = await shop();
  const prices = [await price(999), await price(4321), await price(250, 'week'), await price(30_000, 'year')];
  const coupon = (await stripe.coupons.create({ percent_off: 12.5, duration: 'forever' })).id;
  const phase = fc.record({
    price: fc.nat(prices.length - 1),
    quantity: fc.integer({ min: 1, max: 5 }),
    days: fc.integer({ min: 3, max: 45 }),
    behavior: fc.constantFrom('always_invoice' as const, 'create_prorations' as const, 'none' as const),
    extra: fc.boolean(),
    discounted: fc.boolean(),
    anchored: fc.boolean(),
    trial: fc.boolean(),
  });
  const story = fc.record({
    phases: fc.array(phase, { minLength: 1, maxLength: 4 }),
    cancels: fc.boolean(),
    later: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ phases, cancels, later }) => {
      const customer = await payer();
      const begins = now + (later ? 4 * day : 0);
      let end = begins;
      const { id } = await stripe.subscriptionSchedules.create({
        customer,
        start_date: later ? begins : 'now',
        end_behavior: cancels ? 'cancel' : 'release',
        phases: phases.map((one) => {
          end += one.days * day;
          return {
            items: [{ price: prices[one.price] ?? '', quantity: one.quantity }],
            end_date: end,
            proration_behavior: one.behavior,
            ...(one.extra
              ? { add_invoice_items: [{ price_data: { currency: 'usd', product, unit_amount: 77 } }] }
              : {}),
            ...(one.discounted ? { discounts: [{ coupon }] } : {}),
            ...(one.trial ? { trial: true } : one.anchored ? { billing_cycle_anchor: 'phase_start' } : {}),
          };
        }),
      });
      const known = new Set((await stripe.invoices.list({ customer })).data.map((invoice) => invoice.id));
      for (let step = 0; step < 8; step++) {
        const preview = await stripe.invoices.createPreview({ schedule: id }).catch(() => null);
        if (!preview) break;
        const fresh = async () =>
          (await stripe.invoices.list({ customer, limit: 100 })).data
            .reverse()
            .find((invoice) => !known.has(invoice.id));
        let made = await fresh();
        for (let waited = 0; !made && waited < 400; waited++) {
          now += day;
          made = await fresh();
        }
        if (!made) throw new Error('nothing was billed');
        expect(billed(preview)).toEqual(billed(made));
        known.add(made.id);
      }
    }),
    { numRuns: 15 },
  );
  expect(troubles).toEqual([]);
  expect(await audit()).toMatchObject({ problems: [] });
});
