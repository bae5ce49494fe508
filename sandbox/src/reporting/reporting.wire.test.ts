import type Stripe from 'stripe';
import { afterEach, expect, test } from 'vitest';
import { day } from '../clock.ts';
import { closeReporters, createReporter, monday } from '../testing/reporter.ts';

afterEach(closeReporters);

test('a run is pending, then has a file that can be read, linked to and listed', async () => {
  const { stripe, pay, wait, now, read, start } = await createReporter();
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

test('a run whose account is gone when it is made fails and says why', async () => {
  const { sandbox, stripe, wait, now, start } = await createReporter();
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
  const { stripe, pay, now } = await createReporter();
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
  const { stripe, now, start, pay } = await createReporter();
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
  const { sandbox, client, now, start } = await createReporter();
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
  const { sandbox, stripe, pay, wait, heard } = await createReporter();
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
