import Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { verifiedIndividual } from '../connect/test-account.ts';
import { createSandbox, type Sandbox } from '../index.ts';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

/** A Monday, noon in UTC. */
const monday = Date.UTC(2026, 0, 5, 12) / 1000;

type Row = Record<string, string>;

/** Reads what is written: every value in quotes, in which lines can break. */
function table(text: string): Row[] {
  const [names = [], ...rows] = text
    .trimEnd()
    .split(/\n(?=")/)
    .map((line) =>
      [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell.replaceAll('""', '"')),
    );
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])));
}

async function world() {
  const clock = { at: monday * 1000, now: () => clock.at };
  const heard: Stripe.Event[] = [];
  const sandbox = createSandbox({
    clock,
    receiveWebhook: async (request) => {
      heard.push((await request.json()) as Stripe.Event);
      return new Response();
    },
  });
  open.push(sandbox);
  const client = (key: string) =>
    new Stripe(key, { httpClient: Stripe.createFetchHttpClient(sandbox.fetch), maxNetworkRetries: 0 });
  const stripe = client('sk_test_reports');
  const wait = (seconds: number) => {
    clock.at += seconds * 1000;
  };
  const now = () => Math.floor(clock.at / 1000);
  const pay = (params: Partial<Stripe.PaymentIntentCreateParams> = {}, options = {}) =>
    stripe.paymentIntents.create(
      {
        amount: 10_000,
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        ...params,
      },
      options,
    );
  const read = async ({ result }: Stripe.Reporting.ReportRun) => {
    const answer = await sandbox.fetch(result?.url ?? '', {
      headers: { authorization: 'Bearer sk_test_reports' },
    });
    return answer.text();
  };
  const start = monday - (monday % day);
  const run = async (
    report_type: string,
    parameters: Stripe.Reporting.ReportRunCreateParams.Parameters = {
      interval_start: start,
      interval_end: now() + 1,
    },
  ) => {
    const { id } = await stripe.reporting.reportRuns.create({ report_type, parameters });
    wait(3);
    return table(await read(await stripe.reporting.reportRuns.retrieve(id)));
  };
  return { sandbox, client, stripe, pay, wait, now, read, run, start, heard };
}

test('a run is pending, then has a file that can be read, linked to and listed', async () => {
  const { stripe, pay, wait, now, read, start } = await world();
  await pay();
  const parameters = { interval_start: start, interval_end: now() + 1 };
  const run = await stripe.reporting.reportRuns.create({ report_type: 'balance.summary.1', parameters });
  expect(run).toMatchObject({
    id: expect.stringMatching(/^frr_/),
    status: 'pending',
    result: null,
    parameters,
  });
  wait(3);
  const done = await stripe.reporting.reportRuns.retrieve(run.id);
  expect(done).toMatchObject({
    status: 'succeeded',
    succeeded_at: run.created + 2,
    error: null,
    result: { object: 'file', purpose: 'finance_report_run', type: 'csv', links: { data: [] } },
  });
  expect(await read(done)).toBe(
    [
      '"category","description","net_amount","currency"',
      '"starting_balance","Starting balance (2026-01-05)","0.00","usd"',
      '"activity_gross","Account activity before fees","100.00","usd"',
      '"activity_fee","Less fees","-3.20","usd"',
      '"activity","Activity","96.80","usd"',
      '"payouts_gross","Payouts to bank","0.00","usd"',
      '"payouts_fee","Payout fees","0.00","usd"',
      '"payouts","Total payouts","0.00","usd"',
      '"ending_balance","Ending balance (2026-01-05)","96.80","usd"',
      '',
    ].join('\n'),
  );
  const file = done.result?.id ?? '';
  const link = await stripe.fileLinks.create({ file });
  expect((await stripe.reporting.reportRuns.retrieve(run.id)).result?.links?.data).toMatchObject([
    { id: link.id },
  ]);
  expect((await stripe.files.list({ purpose: 'finance_report_run' })).data).toMatchObject([{ id: file }]);
  expect((await stripe.reporting.reportRuns.list()).data).toMatchObject([{ id: run.id }]);
  const [event] = (await stripe.events.list({ type: 'reporting.report_run.succeeded' })).data;
  expect(event?.data.object).toMatchObject({ id: run.id, status: 'succeeded', result: { id: file } });
});

test('lines have the columns asked for, in the order asked for', async () => {
  const { stripe, pay, run, now, start } = await world();
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
  const { pay, run, now, start } = await world();
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
  const { stripe, pay, wait, run, now, start } = await world();
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
  const { stripe, pay, run, now, start } = await world();
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

test('a run whose account is gone when it is made fails and says why', async () => {
  const { sandbox, stripe, wait, now, start } = await world();
  const { id } = await stripe.accounts.create({ type: 'custom' });
  const run = await stripe.reporting.reportRuns.create({
    report_type: 'connected_account_balance.summary.1',
    parameters: { interval_start: start, interval_end: now(), connected_account: id },
  });
  await stripe.accounts.del(id);
  wait(3);
  // The SDK takes any answer with an `error` for a refusal, this one too.
  const answer = await sandbox.fetch(`http://sandbox/v1/reporting/report_runs/${run.id}`, {
    headers: { authorization: 'Bearer sk_test_reports' },
  });
  expect(await answer.json()).toMatchObject({
    status: 'failed',
    error: `No such connected account: '${id}'`,
    result: null,
    succeeded_at: null,
  });
  expect((await stripe.events.list({ type: 'reporting.report_run.failed' })).data).toHaveLength(1);
});

test('report types say what they are and since when there is data', async () => {
  const { stripe, pay, now } = await world();
  await pay();
  const type = await stripe.reporting.reportTypes.retrieve('payout_reconciliation.itemized.5');
  expect(type).toMatchObject({
    object: 'reporting.report_type',
    name: 'Itemized payout reconciliation',
    version: 5,
    data_available_end: now() + 1,
    livemode: false,
  });
  expect(type.default_columns?.slice(0, 3)).toEqual([
    'automatic_payout_id',
    'automatic_payout_effective_at',
    'balance_transaction_id',
  ]);
  const { data } = await stripe.reporting.reportTypes.list();
  expect(new Set(data.map(({ id }) => id)).size).toBe(data.length);
  for (const { id, default_columns: columns } of data) {
    expect(id).toMatch(/^[a-z_]+(\.by_id)?\.(itemized|summary)\.\d$/);
    expect(columns?.length).toBeGreaterThan(3);
  }
  await expect(stripe.reporting.reportTypes.retrieve('balance.itemized.1')).rejects.toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  });
});

test('what cannot be reported is refused before it runs', async () => {
  const { stripe, now, start, pay } = await world();
  await stripe.topups.create({ amount: 10_000, currency: 'usd' });
  await pay({ payment_method: 'pm_card_bypassPending' });
  const manual = await stripe.payouts.create({ amount: 100, currency: 'usd' });
  const interval = { interval_start: start, interval_end: now() };
  const refused = [
    ['balance.itemized.9', interval, 'report_type'],
    ['balance.summary.1', { interval_start: start }, 'parameters[interval_end]'],
    ['balance.summary.1', { ...interval, payout: 'po_1' }, 'parameters[payout]'],
    ['balance.summary.1', { ...interval, interval_end: now() + day }, 'parameters[interval_end]'],
    ['balance.summary.1', { ...interval, interval_start: 5 }, 'parameters[interval_start]'],
    ['balance.summary.1', { ...interval, interval_start: now() }, 'parameters[interval_start]'],
    ['balance.summary.1', { ...interval, timezone: 'Mars/Olympus' }, 'parameters[timezone]'],
    ['balance.summary.1', { ...interval, timezone: '+02:00' }, 'parameters[timezone]'],
    ['balance.summary.1', { ...interval, columns: ['category', 'gross'] }, 'parameters[columns][1]'],
    ['payouts.itemized.1', { ...interval, columns: ['constructor'] }, 'parameters[columns][0]'],
    ['payouts.itemized.1', { ...interval, columns: ['effective_at'] }, 'parameters[columns][0]'],
    [
      'connected_account_payouts.itemized.3',
      { ...interval, connected_account: 'acct_x' },
      'parameters[connected_account]',
    ],
    ['payout_reconciliation.by_id.summary.1', { payout: 'po_x' }, 'parameters[payout]'],
    ['payout_reconciliation.by_id.summary.1', { payout: manual.id }, 'parameters[payout]'],
  ] as const;
  for (const [report_type, parameters, param] of refused) {
    const asked = { report_type, parameters: { ...parameters } } as Stripe.Reporting.ReportRunCreateParams;
    await expect(stripe.reporting.reportRuns.create(asked), JSON.stringify(asked)).rejects.toMatchObject({
      statusCode: 400,
      param,
    });
  }
  expect((await stripe.reporting.reportRuns.list()).data).toEqual([]);
});

test('a restricted key that may read reports may run them', async () => {
  const { sandbox, client, now, start } = await world();
  const made = await sandbox.fetch('http://sandbox/_sandbox/restricted_keys', {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_reports', 'content-type': 'application/json' },
    body: JSON.stringify({ permissions: { report_runs_and_report_types: 'read' } }),
  });
  const { secret } = (await made.json()) as { secret: string };
  const parameters = { interval_start: start, interval_end: now() };
  const run = await client(secret).reporting.reportRuns.create({
    report_type: 'balance.summary.1',
    parameters,
  });
  expect(run.status).toBe('pending');
});

test('those who ask by name hear twice a day that there is more to report', async () => {
  const { sandbox, stripe, pay, wait, heard } = await world();
  const name = 'reporting.report_type.updated';
  await stripe.webhookEndpoints.create({ url: 'https://all.example/', enabled_events: ['*'] });
  await pay();
  wait(day);
  await sandbox.delivered();
  expect(heard.filter(({ type }) => type === name)).toEqual([]);
  await stripe.webhookEndpoints.create({ url: 'https://reports.example/', enabled_events: [name] });
  heard.length = 0;
  await pay();
  wait(day);
  await sandbox.delivered();
  const told = heard.filter(({ type }) => type === name);
  const { data } = await stripe.reporting.reportTypes.list();
  expect(told.map((event) => (event.data.object as Stripe.Reporting.ReportType).id).sort()).toEqual(
    data.map(({ id }) => id).sort(),
  );
  expect(told[0]?.created).toBe(monday + 1.5 * day);
});
