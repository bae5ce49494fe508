import { createSandbox } from '@purser/sandbox';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, type DisputeFacts, evidencePack } from './dispute-pack.ts';

const day = 86_400_000;
let now = Date.UTC(2026, 0, 10, 12);
const sandbox = createSandbox({ clock: { now: () => now } });
const stripe = new Stripe('sk_test_dispute_pack', {
  httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
  maxNetworkRetries: 0,
});
afterAll(() => sandbox.close());

let facts: DisputeFacts;

/** What is said of the same payment where the customer gives another reason. */
const pack = (reason: string, changes: Partial<DisputeFacts> = {}) =>
  evidencePack({ ...facts, ...changes, dispute: { ...facts.dispute, reason } });

beforeAll(async () => {
  const customer = await stripe.customers.create({ name: 'Jenny Rosen', email: 'jenny@example.com' });
  const pay = async (card: string, amount = 2000): Promise<Stripe.Charge> => {
    const intent = await stripe.paymentIntents.create({
      ...{ amount, currency: 'usd', customer: customer.id, payment_method: card, confirm: true },
      ...{ description: 'Straw hat', allowed_payment_method_types: ['card'] },
    });
    return stripe.charges.retrieve(String(intent.latest_charge));
  };
  const others: Stripe.Charge[] = [];
  for (const ago of [400, 300, 200, 130, 90, 3]) {
    now = Date.UTC(2027, 0, 10, 12) - ago * day;
    others.unshift(await pay('pm_card_visa', ago === 3 ? 2000 : 100 * ago));
  }
  now = Date.UTC(2027, 0, 10, 12);
  const charge = await pay('pm_card_visa');
  const complaint = await pay('pm_card_createDispute');
  const [dispute] = (await stripe.disputes.list({ charge: complaint.id })).data;
  if (!dispute) throw new Error('There is no dispute.');
  facts = { dispute, charge, customer, invoice: undefined, subscription: undefined, refunds: [], others };
});

describe('what is said of a payment', () => {
  test('is who bought what when, whatever the reason', () => {
    for (const reason of ['duplicate', 'general', 'noncompliant', 'credit_not_processed'])
      expect(pack(reason)).toMatchObject({
        ...{ customer_name: 'Jenny Rosen', customer_email_address: 'jenny@example.com' },
        ...{ product_description: 'Straw hat', service_date: '2027-01-10' },
      });
  });

  test('said to be fraud: what the bank and Stripe knew, and earlier payments of that card', () => {
    const { uncategorized_text: text } = pack('fraudulent');
    expect(text).toContain('Stripe judged the risk of this payment as normal');
    expect(text).toContain(
      'Earlier payments with the same card that nobody disputed:\n- 2027-01-07: $20.00 (ch_',
    );
    const alone = pack('fraudulent', { others: facts.others.map((one) => ({ ...one, disputed: true })) });
    expect(alone.uncategorized_text).not.toContain('Earlier');
  });

  test('said to be paid twice: the other payment of that amount within a month, or nothing', () => {
    const other = facts.others[0]?.id;
    expect(pack('duplicate')).toMatchObject({
      duplicate_charge_id: other,
      duplicate_charge_explanation: expect.stringContaining(`${other}: $20.00 on 2027-01-07, Straw hat`),
    });
    expect(pack('duplicate', { others: facts.others.slice(1) })).not.toHaveProperty('duplicate_charge_id');
  });

  test('of which a part was given back: the refunds that did not fail', async () => {
    const refund = await stripe.refunds.create({ charge: facts.charge.id, amount: 500 });
    const refunds = [refund, { ...refund, status: 'failed' }];
    const { refund_refusal_explanation: said } = pack('credit_not_processed', { refunds });
    expect(said).toBe(`Refunded already:\n- 2027-01-10: $5.00, refund ${refund.id}, succeeded`);
    expect(pack('credit_not_processed')).not.toHaveProperty('refund_refusal_explanation');
  });

  test('of a subscription: that nobody cancelled before it, and no word where somebody did', async () => {
    const price = await stripe.prices.create({
      ...{ currency: 'usd', unit_amount: 900, recurring: { interval: 'month' } },
      product_data: { name: 'Hat club' },
    });
    const customer = facts.customer?.id ?? '';
    const items = [{ price: price.id }];
    const terms = { collection_method: 'send_invoice', days_until_due: 30 } as const;
    const subscription = await stripe.subscriptions.create({ customer, items, ...terms });
    const { created } = facts.charge;
    const rebuttal = (canceled: number | null) =>
      pack('subscription_canceled', { subscription: { ...subscription, canceled_at: canceled } })
        .cancellation_rebuttal;
    expect(rebuttal(null)).toContain('No cancellation has been received; it is active.');
    expect(rebuttal(created + 86_400)).toContain('It was cancelled on 2027-01-11, after that payment.');
    expect(rebuttal(created - 1)).toBeUndefined();
  });
});

test('Visa compares payments of the same card and customer that are 120 to 365 days older', () => {
  const age = (one: Stripe.Charge) => Math.round((facts.charge.created - one.created) / 86_400);
  expect(comparable(facts).map(age)).toEqual([130, 200, 300]);
  const others = facts.others.map((one) => ({ ...one, customer: 'cus_other' }));
  expect(comparable({ ...facts, others })).toEqual([]);
});
