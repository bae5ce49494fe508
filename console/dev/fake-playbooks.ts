import type { Alert, Delivery, Order, PlaybookInfo, PlaybookRun, PlaybookStep } from '@purser/server/api';
import { ago, minute } from './fake-data.ts';
import { found, page, type Route } from './fake-route.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * 60 * minute).toISOString();

const steps: PlaybookStep[] = [
  {
    ...{ at: ago(4_320), kind: 'decision', tool: null, status: null, operationId: null },
    text: 'Invoice INV-0042 is open with $25.00; what helps: another card.',
  },
  {
    ...{
      at: ago(4_319),
      kind: 'call',
      tool: 'send_dunning_message',
      status: 'completed',
      operationId: 'op_1',
    },
    text: 'Sent: “Your payment of $25.00 to Harbour Goods did not go through” to bob@example.com',
  },
  {
    ...{ at: ago(4_319), kind: 'decision', tool: null, status: null, operationId: null },
    text: 'Mail 2 goes out in three days, unless the invoice is paid.',
  },
];

const run: PlaybookRun & { steps: PlaybookStep[] } = {
  ...{ id: 'pbr_1', playbook: 'dunning', connectionId: 'con_live', subject: 'in_1Qk82Lm', input: {} },
  ...{
    title: 'Dunning: invoice in_1Qk82Lm',
    state: 'waiting',
    awaitingApproval: false,
    threadId: 'th_balance',
  },
  ...{ wakeAt: inHours(30), outcome: null, amount: null, problem: null, standing: null, asked: [] },
  ...{ startedBy: 'Purser', startedAt: ago(4_320), finishedAt: null, steps },
};

const dunning: PlaybookInfo = {
  ...{ name: 'dunning', title: 'Dunning', events: ['invoice.payment_failed'], looksEveryHours: 1 },
  description:
    'When a subscription payment fails, writes to the customer in steps over days. Stops at once when it is paid.',
  settings: {
    type: 'object',
    properties: {
      followDays: {
        type: 'integer',
        default: 30,
        description: 'So long it is seen whether the invoice is paid.',
      },
      confirm: { type: 'boolean', default: true, description: 'Tells the customer how it ended.' },
      cardPage: {
        anyOf: [{ type: 'string' }, { type: 'null' }],
        default: null,
        description: 'Where customers change their card.',
      },
      steps: {
        type: 'array',
        default: [{ afterDays: 0 }, { afterDays: 3 }],
        description: 'When each mail goes out.',
      },
    },
  },
  input: {
    type: 'object',
    properties: { invoice: { type: 'string', description: 'in_…' } },
    required: ['invoice'],
  },
  setups: [
    {
      ...{ connectionId: 'con_live', agentId: 'ag_billing', agentName: 'Billing desk', enabled: true },
      ...{ settings: { followDays: 30 }, updatedAt: ago(9_000) },
    },
  ],
  outcomes: [{ outcome: 'recovered', count: 12, amounts: [{ decimal: '312.00', currency: 'usd' }] }],
  ...{ successes: ['recovered'], asks: {} },
};
const disputes: PlaybookInfo = {
  ...dunning,
  ...{ name: 'disputes', title: 'Disputes', setups: [], outcomes: [] },
  description: 'Collects the evidence that a dispute’s reason calls for and hands it in when you say so.',
};

const order: Order & { steps: PlaybookStep[]; deliveries: Delivery[] } = {
  ...{
    id: 'ord_1',
    status: 'fulfilment_failed',
    connectionId: 'con_live',
    reference: 'A-4711',
    metadata: {},
  },
  customer: {
    email: 'dora@example.com',
    name: 'Dora “<b>the</b>” Explorer with a very long name that has to be wrapped somewhere',
  },
  items: [{ name: 'Mug', amount: '12.50', currency: 'usd', quantity: 2 }],
  ...{
    paymentMethod: null,
    total: { decimal: '25.00', currency: 'usd' },
    refunded: { decimal: '5.00', currency: 'usd' },
  },
  ...{
    payUrl: null,
    paymentIntent: 'pi_3Qk82Lm',
    customerId: 'cus_1',
    awaitingApproval: false,
    problem: null,
  },
  ...{ runId: 'pbr_2', threadId: 'th_balance', createdAt: ago(300), finishedAt: null, steps },
  deliveries: [
    {
      ...{
        id: 'ord_1:order.paid',
        state: 'failed',
        url: 'https://shop.example/orders',
        body: '{}',
        operationId: null,
      },
      ...{
        attempts: 11,
        nextAttemptAt: null,
        status: 503,
        problem: 'It answered 503: busy',
        settledAt: ago(10),
      },
    },
  ],
};

const alerts: Alert[] = [
  {
    ...{
      id: 'alr_1',
      kind: 'alert_failed_payments',
      connectionId: 'con_live',
      threadId: null,
      closedAt: null,
      closedBy: null,
      canBeMuted: true,
    },
    title: '12 of 20 payments failed within the last hour',
    body: '60 % failed. Usually 1 fail at this time on weekdays (within 1 h, from 22 days).\n\nLook at why they were declined.',
    objects: [{ type: 'charge', id: 'ch_3Qk82Lm' }],
    createdAt: ago(14),
  },
];

export const playbookRoutes: Route[] = [
  ['GET', /^\/playbooks$/, () => page([dunning, disputes])],
  [
    'GET',
    /^\/playbooks\/(\w+)$/,
    ({ match }) => found([dunning, disputes].find(({ name }) => name === match[1])),
  ],
  ['PUT', /^\/playbooks\/\w+\/connections\/\w+$/, () => ({ body: dunning.setups[0] })],
  [
    'POST',
    /^\/playbooks\/\w+\/dry-run$/,
    () =>
      page([
        {
          ...{ subject: 'in_1Qk82Lm', title: 'invoice in_1Qk82Lm', isOpen: true },
          steps: [{ at: inHours(0), say: steps[0]?.text, call: null, outcome: null }],
        },
      ]),
  ],
  ['GET', /^\/playbook-runs$/, () => page([run])],
  ['GET', /^\/playbook-runs\/\w+$/, () => ({ body: run })],
  [
    'GET',
    /^\/orders$/,
    ({ query }) => page([order].filter(({ status }) => [null, status].includes(query.get('status')))),
  ],
  ['GET', /^\/orders\/\w+$/, () => ({ body: order })],
  ['POST', /^\/orders\/\w+\/(?:cancel|retry)$/, () => ({ body: order })],
  ['GET', /^\/alerts$/, () => page(alerts)],
  [
    'POST',
    /^\/alerts\/(\w+)\/(?:close|mute)$/,
    ({ match }) => {
      const at = alerts.findIndex(({ id }) => id === match[1]);
      return found(alerts.splice(at, 1)[0]);
    },
  ],
];
