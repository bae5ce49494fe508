import type { Consent, EventEntry, Mail, Report, Task, TaskRun, Webhook } from '@purser/server/api';
import { ago, minute } from './fake-data.ts';
import { found, page, type Route } from './fake-route.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * 60 * minute).toISOString();

const runs: TaskRun[] = [
  {
    ...{ id: 'trn_1', status: 'awaiting_approval', threadId: 'th_live', startedAt: ago(30) },
    ...{ finishedAt: null, problem: null },
  },
  {
    ...{ id: 'trn_2', status: 'completed', threadId: 'th_balance', startedAt: ago(10_110) },
    ...{ finishedAt: ago(10_108), problem: null },
  },
  {
    ...{ id: 'trn_3', status: 'not_started', threadId: null, startedAt: ago(20_190), finishedAt: null },
    problem: 'The agent’s account was halted.',
  },
];

function task(id: string, values: Partial<Task>): Task {
  return {
    ...{ id, agentId: 'ag_billing', agentName: 'Billing desk', connectionId: null },
    name: 'Every Monday: write to whose payment failed',
    prompt: 'Find the subscription payments that failed in the last week and write to those customers.',
    trigger: { type: 'schedule', cron: '0 9 * * 1', timezone: 'America/New_York', missed: 'once' },
    when: 'At 09:00, only on Monday (America/New_York)',
    ...{ enabled: true, nextRunAt: inHours(30), lastRun: runs[0] ?? null },
    ...{ createdAt: ago(40_000), updatedAt: ago(30) },
    ...values,
  };
}

const tasks: Task[] = [
  task('tsk_monday', {}),
  task('tsk_large', {
    name: 'Large failures',
    trigger: {
      type: 'event',
      event: 'invoice.payment_failed',
      filter: { above: { amount: '500', currency: 'usd' } },
    },
    when: 'On invoice.payment_failed, where its filter fits',
    ...{ nextRunAt: null, lastRun: runs[1] ?? null, enabled: false },
  }),
];

function mail(id: string, values: Partial<Mail>): Mail {
  const body = 'Hello Maya,\n\nyour payment of **$29.00** did not go through.';
  return {
    ...{ id, from: 'Harbor & Pine <billing@harbor.example>', to: 'maya@example.com', body },
    subject: 'Your payment did not go through',
    html: '<!doctype html><html lang="en"><head><title>Mail</title></head><body style="font-family:sans-serif"><p>Hello Maya,</p><p>your payment of <strong>$29.00</strong> did not go through.</p></body></html>',
    ...{
      state: 'sent',
      attempts: 1,
      problem: null,
      bounced: false,
      needsConsent: false,
      operationId: 'op_done',
      threadId: 'th_balance',
    },
    ...{ connectionId: 'con_live', createdAt: ago(50), sentAt: ago(49) },
    ...values,
  };
}

const mails: Mail[] = [
  mail('mail_sent', {}),
  mail('mail_failed', {
    ...{ state: 'failed', attempts: 8, sentAt: null, to: 'نور@example.com' },
    problem: '550 5.1.1 There is no such mailbox.',
  }),
  mail('mail_captured', { state: 'captured', attempts: 0, sentAt: null, subject: 'A receipt for $29.99' }),
];

const months = ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10', '2026-11'];
const money = (key: string, label: string) => ({ key, label, type: 'money' as const });
const currency = { key: 'currency', label: 'Currency', type: 'text' as const };

/** A report with what a report may have: several tables, two currencies, one that does not tie out. */
export const report: Report = {
  name: 'revenue',
  title: 'Revenue',
  from: '2026-06-01T04:00:00Z',
  to: '2026-12-01T05:00:00Z',
  timeZone: 'America/New_York',
  basis: 'When money moved in the Stripe balance, in the currency it was settled in',
  tables: [
    {
      name: 'by_month',
      title: 'By month',
      columns: [
        { key: 'month', label: 'Month', type: 'date' },
        currency,
        money('gross', 'Gross'),
        money('fee', 'Fees'),
        money('net', 'Net'),
      ],
      rows: months.flatMap((month, index) => [
        {
          ...{ month, currency: 'usd', gross: `${18_000 + index * 2_300}.50`, fee: `${520 + index * 60}.11` },
          net: `${17_000 + index * 2_100}.39`,
        },
        {
          month,
          currency: 'eur',
          gross: `${900 + index * 40}.00`,
          fee: '26.10',
          net: `${850 + index * 40}.00`,
        },
      ]),
    },
    {
      name: 'by_product',
      title: 'By product',
      columns: [{ key: 'product', label: 'Product', type: 'text' }, currency, money('net', 'Net')],
      rows: ['Premium Subscription', 'Starter', 'Anchor chain, galvanised, 8 mm, by the metre'].map(
        (product, index) => ({ product, currency: 'usd', net: `${9_000 - index * 2_500}.00` }),
      ),
    },
  ],
  tieOut: [
    { currency: 'usd', balanceChange: '133500.34', explained: '133500.34', difference: '0.00' },
    { currency: 'eur', balanceChange: '5701.00', explained: '5700.00', difference: '1.00' },
  ],
  notes: ['Payouts, transfers and top-ups are no revenue; they are part of the balance change only.'],
  asOf: ago(1),
};

const webhook: Webhook = {
  ...{ connectionId: 'con_live', url: 'https://purser.harbor.example/webhooks/stripe/con_live' },
  ...{ endpointId: 'we_1Qk82Lm', events: ['invoice.paid', 'invoice.payment_failed'], status: 'refusing' },
  ...{ secretCount: 1, lastReceivedAt: ago(600) },
  problem: {
    at: ago(12),
    why: 'The signature does not fit any of the secrets. Copy the signing secret from the endpoint’s page at Stripe.',
    count: 7,
  },
};

const event = (id: string, type: string, state: EventEntry['state'], problem: string | null): EventEntry => ({
  ...{ id, type, state, problem, objectId: 'in_1Qk82Lm', source: 'webhook', attempts: 1 },
  ...{ createdAt: ago(20), receivedAt: ago(20) },
});
const events = [
  event('evt_1', 'invoice.paid', 'done', null),
  event('evt_2', 'invoice.payment_failed', 'failed', 'The agent could not be begun.'),
];

const notUnderstood = {
  status: 422,
  body: {
    ...{
      title: 'The request cannot be used as it is',
      status: 422,
      detail: 'Look at the fields named in errors.',
    },
    errors: [{ path: 'trigger.cron', message: '"now and then" is no schedule. Write it in words.' }],
  },
};

const said = (id: string, address: string, given: boolean, how: string): Consent => ({
  ...{ id, address, given, how, connectionId: 'con_live' },
  ...{ recordedBy: how.startsWith('By the link') ? address : 'Shop', recordedAt: ago(300) },
});
const consents = [
  said('cns_2', 'maya@example.com', false, 'By the link in a mail.'),
  said('cns_1', 'نور@example.com', true, 'Ticked at checkout, order A-4711'),
];

export const workRoutes: Route[] = [
  [
    'GET',
    /^\/consents$/,
    ({ query }) => {
      const standing = query.get('standing');
      return page(
        consents.filter(({ given }) => !standing || standing === 'any' || given === (standing === 'given')),
      );
    },
  ],
  [
    'PUT',
    /^\/consents$/,
    ({ body }) => {
      const { address, given, how } = body as { address: string; given: boolean; how: string };
      const kept = said(`cns_${consents.length + 1}`, address, given, how);
      consents.unshift(kept);
      return { body: kept };
    },
  ],
  [
    'GET',
    /^\/tasks$/,
    ({ query }) => page(tasks.filter(({ agentId }) => [null, agentId].includes(query.get('agentId')))),
  ],
  [
    'POST',
    /^\/tasks\/preview$/,
    ({ body: { trigger } }) =>
      (trigger as { cron?: string }).cron === 'now and then'
        ? notUnderstood
        : { body: { when: tasks[0]?.when, next: [inHours(30), inHours(198)] } },
  ],
  [
    'POST',
    /^\/tasks$/,
    ({ body }) => {
      const made = task(`tsk_new${tasks.length}`, { ...(body as Partial<Task>), lastRun: null });
      tasks.push(made);
      return { status: 201, body: made };
    },
  ],
  ['GET', /^\/tasks\/(\w+)$/, ({ match }) => found(tasks.find(({ id }) => id === match[1]))],
  [
    'PATCH',
    /^\/tasks\/(\w+)$/,
    ({ match, body }) => {
      const changed = tasks.find(({ id }) => id === match[1]);
      return found(changed && Object.assign(changed, body));
    },
  ],
  ['POST', /^\/tasks\/\w+\/run$/, () => ({ status: 202, body: runs[0] })],
  ['GET', /^\/tasks\/\w+\/runs$/, () => page(runs)],
  ['GET', /^\/outbox$/, ({ query }) => page(mails.filter(({ to }) => [null, to].includes(query.get('to'))))],
  ['GET', /^\/outbox\/(\w+)$/, ({ match }) => found(mails.find(({ id }) => id === match[1]))],
  [
    'POST',
    /^\/outbox\/(\w+)\/resend$/,
    ({ match }) => {
      const sent = mails.find(({ id }) => id === match[1]);
      return found(sent && Object.assign(sent, { state: 'queued', problem: null }));
    },
  ],
  ['GET', /^\/reports\/\w+/, () => ({ body: report })],
  ['GET', /^\/connections\/con_live\/webhook$/, () => ({ body: webhook })],
  ['GET', /^\/connections\/\w+\/events$/, () => page(events)],
  ['POST', /^\/connections\/\w+\/events\/\w+\/replay$/, () => ({ status: 202, body: { replayed: true } })],
  [
    'GET',
    /^\/threads\/\w+\/tool-calls\/call_report$/,
    () => ({ body: { id: 'call_report', record: report } }),
  ],
];
