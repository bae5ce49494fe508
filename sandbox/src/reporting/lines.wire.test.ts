import { afterEach, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { verifiedIndividual } from '../connect/test-account.ts';
import { closeReporters, createReporter, type Row } from '../testing/reporter.ts';

afterEach(closeReporters);

test('lines have the columns asked for, in the order asked for', async () => {
  const { stripe, pay, run, now, start } = await createReporter();
  const customer = await stripe.customers.create({
    name: 'Ada "the first" Lovelace',
    email: 'ada@example.com',
    address: { line1: '1 Main St', country: 'GB' },
  });
  const intent = await pay({
    customer: customer.id,
    description: 'Two chairs,\none table',
    metadata: { order: '17' },
  });
  await stripe.refunds.create({ payment_intent: intent.id, amount: 2500, metadata: { why: 'broken' } });
  const rows = await run('balance_change_from_activity.itemized.3', {
    interval_start: start,
    interval_end: now() + 1,
    columns: [
      'net',
      'gross',
      'fee',
      'reporting_category',
      'customer_name',
      'customer_address_country',
      'charge_id',
      'payment_intent_id',
      'card_brand',
      'payment_metadata[order]',
      'refund_metadata[why]',
      'regulatory_tag',
    ],
  });
  const same = {
    customer_name: 'Ada "the first" Lovelace',
    customer_address_country: 'GB',
    charge_id: intent.latest_charge,
    payment_intent_id: intent.id,
    card_brand: 'visa',
    'payment_metadata[order]': '17',
    regulatory_tag: '',
  };
  expect(rows).toEqual([
    {
      ...same,
      reporting_category: 'charge',
      gross: '100.00',
      fee: '3.20',
      net: '96.80',
      'refund_metadata[why]': '',
    },
    {
      ...same,
      reporting_category: 'refund',
      gross: '-25.00',
      fee: '0.00',
      net: '-25.00',
      'refund_metadata[why]': 'broken',
    },
  ]);
  expect(Object.keys(rows[0] ?? {})[0]).toBe('net');
  const refunds = await run('balance_change_from_activity.itemized.3', {
    interval_start: start,
    interval_end: now() + 1,
    reporting_category: 'refund',
  });
  expect(Object.keys(refunds[0] ?? {})).toEqual([
    'balance_transaction_id',
    'created',
    'available_on',
    'currency',
    'gross',
    'fee',
    'net',
    'reporting_category',
    'description',
  ]);
  expect(refunds).toHaveLength(1);
});

test('times are of the zone asked for, and amounts have the decimals of their currency', async () => {
  const { pay, run, now, start } = await createReporter();
  await pay({ amount: 5000, currency: 'jpy' });
  await pay({ amount: 12_340, currency: 'usd' });
  const interval = { interval_start: start, interval_end: now() + 1 };
  const columns = ['created', 'created_utc', 'available_on', 'currency', 'gross'];
  const rows = await run('balance_change_from_activity.itemized.3', {
    ...interval,
    columns,
    timezone: 'America/New_York',
  });
  expect(rows).toEqual([
    {
      created: '2026-01-05 07:00:00',
      created_utc: '2026-01-05 12:00:00',
      available_on: '2026-01-06 19:00:00',
      currency: 'jpy',
      gross: '5000',
    },
    expect.objectContaining({ currency: 'usd', gross: '123.40' }),
  ]);
  const summary = await run('balance.summary.1', {
    ...interval,
    timezone: 'America/New_York',
    currency: 'jpy',
  });
  expect(summary[0]?.description).toBe('Starting balance (2026-01-04)');
  expect(new Set(summary.map(({ currency }) => currency))).toEqual(new Set(['jpy']));
});

test('totals tie out to the balance and to each payout', async () => {
  const { stripe, pay, wait, run, now, start } = await createReporter();
  await stripe.balanceSettings.update({
    payments: {
      payouts: { schedule: { interval: 'daily' }, minimum_balance_by_currency: { usd: 5000 } },
    },
  });
  const first = await pay();
  await pay({ payment_method: 'pm_card_createDispute' });
  wait(3 * day);
  await stripe.refunds.create({ payment_intent: first.id, amount: 1500 });
  await stripe.topups.create({ amount: 20_000, currency: 'usd' });
  await pay({ amount: 7777 });
  wait(3 * day + 3600);
  await pay({ amount: 4242 });
  const { available, pending } = await stripe.balance.retrieve();
  const held = ((available[0]?.amount ?? 0) + (pending[0]?.amount ?? 0)) / 100;
  const interval = { interval_start: start, interval_end: now() + 1 };
  const total = (rows: Row[], column = 'net') =>
    Math.round(rows.reduce((sum, row) => sum + Number(row[column]), 0) * 100) / 100;

  const balance = await run('balance.summary.1', interval);
  expect(balance.at(-1)).toMatchObject({ category: 'ending_balance', net_amount: held.toFixed(2) });
  const activity = await run('balance_change_from_activity.itemized.7', interval);
  const paidOut = await run('payouts.itemized.3', interval);
  expect(total(activity) + total(paidOut)).toBeCloseTo(held, 2);
  expect(paidOut.length).toBeGreaterThan(1);
  expect(paidOut[0]).toMatchObject({ payout_status: 'paid', reporting_category: 'payout', fee: '0.00' });

  const summary = await run('balance_change_from_activity.summary.1', interval);
  expect(summary.at(-1)).toMatchObject({
    reporting_category: 'total',
    count: String(activity.length),
    net: total(activity).toFixed(2),
  });
  expect(summary.map((row) => row.reporting_category)).toEqual([
    'charge',
    'dispute',
    'payout_minimum_balance_hold',
    'payout_minimum_balance_release',
    'refund',
    'topup',
    'total',
  ]);
  const ending = await run('ending_balance_reconciliation.itemized.4', {
    interval_end: interval.interval_end,
  });
  expect(total(ending)).toBe(held);
  expect(ending.length).toBeLessThan(activity.length);

  const reconciled = await run('payout_reconciliation.itemized.5', interval);
  for (const payout of (await stripe.payouts.list()).data) {
    const own = reconciled.filter((row) => row.automatic_payout_id === payout.id);
    expect(total(own)).toBe(payout.amount / 100);
    const byId = await run('payout_reconciliation.by_id.itemized.4', { payout: payout.id });
    expect(byId).toEqual(own);
    const [sum] = (await run('payout_reconciliation.by_id.summary.1', { payout: payout.id })).slice(-1);
    expect(sum).toMatchObject({ reporting_category: 'total', net: (payout.amount / 100).toFixed(2) });
  }
});

test('a platform reports on its connected accounts', async () => {
  const { stripe, pay, run, now, start } = await createReporter();
  const accounts = await Promise.all(
    ['Rocket', 'Comet'].map((name) =>
      stripe.accounts.create({
        ...verifiedIndividual,
        business_profile: { ...verifiedIndividual.business_profile, name },
      }),
    ),
  );
  const [rocket = '', comet = ''] = accounts.map(({ id }) => id);
  await pay({ application_fee_amount: 700 }, { stripeAccount: rocket });
  await pay({ amount: 6000, transfer_data: { destination: comet } });
  const interval = { interval_start: start, interval_end: now() + 1 };
  const theirs = await run('connected_account_balance_change_from_activity.itemized.3', interval);
  expect(theirs.map((row) => [row.connected_account, row.net])).toEqual(
    expect.arrayContaining([
      [rocket, '89.80'],
      [comet, '60.00'],
    ]),
  );
  expect(theirs).toHaveLength(2);
  const one = await run('connected_account_balance.summary.1', { ...interval, connected_account: comet });
  expect(one.at(-1)).toEqual({
    category: 'ending_balance',
    description: 'Ending balance (2026-01-05)',
    net_amount: '60.00',
    currency: 'usd',
    connected_account: comet,
  });
  const mine = await run('balance_change_from_activity.itemized.7', {
    ...interval,
    columns: [
      'reporting_category',
      'net',
      'connected_account_id',
      'connected_account_name',
      'destination_payment_id',
    ],
  });
  expect(mine).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        reporting_category: 'platform_earning',
        net: '7.00',
        connected_account_name: 'Rocket',
        destination_payment_id: '',
      }),
      expect.objectContaining({
        reporting_category: 'transfer',
        net: '-60.00',
        connected_account_id: comet,
        destination_payment_id: expect.stringMatching(/^py_/),
      }),
    ]),
  );
  const within = await stripe.reporting.reportRuns.create(
    { report_type: 'balance.summary.1', parameters: interval },
    { stripeAccount: rocket },
  );
  await expect(stripe.reporting.reportRuns.retrieve(within.id)).rejects.toThrow(/No such report run/);
});
