import Stripe from 'stripe';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());

let count = 0;
let stripe: Stripe;
beforeEach(() => {
  stripe = new Stripe(`sk_test_radar${count++}`, {
    httpClient: Stripe.createFetchHttpClient(sandbox.fetch),
    maxNetworkRetries: 0,
  });
});

const pay = (method: string) =>
  stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    payment_method: method,
    confirm: true,
    allowed_payment_method_types: ['card'],
    expand: ['latest_charge.outcome.rule'],
  });
async function eventTypes(): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 });
  return data.map(({ type }) => type);
}

describe('a risky payment', () => {
  test('waits in the queue until it is approved', async () => {
    const intent = await pay('pm_card_riskLevelElevated');
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge.outcome).toMatchObject({
      type: 'manual_review',
      risk_level: 'elevated',
      rule: { id: 'manual_review_if_elevated_risk', action: 'review' },
    });
    expect(intent.review).toBe(charge.review);
    const [review] = (await stripe.reviews.list({ expand: ['data.charge'] })).data;
    expect(review).toMatchObject({
      id: charge.review,
      open: true,
      opened_reason: 'rule',
      reason: 'rule',
      charge: { id: charge.id },
      payment_intent: intent.id,
    });
    expect(await stripe.reviews.approve(review?.id ?? '')).toMatchObject({
      open: false,
      closed_reason: 'approved',
      reason: 'approved',
    });
    expect((await stripe.reviews.list()).data).toEqual([]);
    expect((await eventTypes())[0]).toBe('review.closed');
    await expect(stripe.reviews.approve(review?.id ?? '')).rejects.toThrow(/already closed/);
  });

  test.each([
    ['requested_by_customer', 'refunded'],
    ['fraudulent', 'refunded_as_fraud'],
  ] as const)('is out of the queue when refunded: %s', async (reason, closed) => {
    const { id, review } = await pay('pm_card_riskLevelElevated');
    await stripe.refunds.create({ payment_intent: id, reason });
    expect(await stripe.reviews.retrieve(String(review))).toMatchObject({
      open: false,
      closed_reason: closed,
    });
  });

  test('that is too risky is blocked by a rule', async () => {
    await expect(pay('pm_card_riskLevelHighest')).rejects.toMatchObject({ code: 'card_declined' });
    const [charge] = (await stripe.charges.list({ expand: ['data.outcome.rule'] })).data;
    expect(charge?.outcome).toMatchObject({ type: 'blocked', rule: { action: 'block' } });
  });
});

test('an early fraud warning can be acted on until the payment is refunded in full', async () => {
  const { id, latest_charge: charge } = await pay('pm_card_createIssuerFraudRecord');
  const [warning] = (await stripe.radar.earlyFraudWarnings.list({ payment_intent: id })).data;
  expect(warning).toMatchObject({ actionable: true, charge: (charge as Stripe.Charge).id });
  await stripe.refunds.create({ payment_intent: id, amount: 1000 });
  expect(await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '')).toMatchObject({
    actionable: true,
  });
  await stripe.refunds.create({ payment_intent: id });
  expect(await stripe.radar.earlyFraudWarnings.retrieve(warning?.id ?? '')).toMatchObject({
    actionable: false,
  });
  expect(await eventTypes()).toEqual(
    expect.arrayContaining(['radar.early_fraud_warning.created', 'radar.early_fraud_warning.updated']),
  );
});

describe('a value list', () => {
  test('takes values of its kind, once each', async () => {
    const list = await stripe.radar.valueLists.create({
      alias: 'blocked_mail',
      name: 'Blocked addresses',
      item_type: 'email',
      metadata: { team: 'risk' },
    });
    expect(list).toMatchObject({ object: 'radar.value_list', list_items: { object: 'list', data: [] } });
    const add = (value: string) => stripe.radar.valueListItems.create({ value, value_list: list.id });
    const item = await add('Mallory@example.com');
    expect(item.value).toBe('mallory@example.com');
    await expect(add('mallory@example.com')).rejects.toMatchObject({ code: 'resource_already_exists' });
    await expect(add('mallory')).rejects.toThrow(/not a valid email/);
    await add('eve@example.com');
    expect((await stripe.radar.valueListItems.list({ value_list: list.id })).data).toHaveLength(2);
    const found = await stripe.radar.valueLists.list({ contains: 'mallory@example.com' });
    expect(found.data).toMatchObject([{ id: list.id, list_items: { data: [{}, {}] } }]);
    await stripe.radar.valueListItems.del(item.id);
    expect((await stripe.radar.valueLists.list({ contains: 'mallory@example.com' })).data).toEqual([]);
  });

  test('is renamed and deleted, its alias one of a kind', async () => {
    const [one, other] = [
      await stripe.radar.valueLists.create({ alias: 'one', name: 'One' }),
      await stripe.radar.valueLists.create({ alias: 'other', name: 'Other' }),
    ];
    await expect(stripe.radar.valueLists.update(other.id, { alias: 'one' })).rejects.toMatchObject({
      param: 'alias',
    });
    expect(await stripe.radar.valueLists.update(one.id, { name: 'First' })).toMatchObject({ name: 'First' });
    expect((await stripe.radar.valueLists.list({ alias: 'other' })).data).toMatchObject([{ id: other.id }]);
    expect(await stripe.radar.valueLists.del(one.id)).toMatchObject({ deleted: true });
    await expect(stripe.radar.valueLists.retrieve(one.id)).rejects.toMatchObject({ statusCode: 404 });
  });
});
