import type { Approval, Thread, ToolCall } from '@purser/server/api';
import { ago, connections, liveAccount, minute } from './fake-data.ts';

function call(id: string, values: Partial<ToolCall> & Pick<ToolCall, 'name' | 'title'>): ToolCall {
  return {
    id,
    effect: 'read',
    input: {},
    status: 'completed',
    objects: [],
    requestIds: ['req_8sKd02LmPq71Xz'],
    startedAt: ago(6),
    finishedAt: ago(6),
    durationMs: 182,
    ...values,
  };
}

const customers = ['Bob Loblaw', 'Maya Okonkwo', 'Tobias Fünke', 'Ines García', 'Søren Østergård'];

const balanceCall = call('call_balance', {
  name: 'retrieve_balance',
  title: 'Check balance',
  summary: 'Read the balance: $18,204.11 and €932.40 available, $2,450.00 pending',
  output: {
    object: 'balance',
    available: ['18204.11 USD', '932.40 EUR'],
    pending: ['2450.00 USD'],
    livemode: false,
  },
});

const customersCall = call('call_customers', {
  name: 'list_customers',
  title: 'List customers',
  input: { limit: 5 },
  summary: 'Listed the 5 newest customers',
  durationMs: 96,
  output: {
    object: 'list',
    of: 'customer',
    complete: true,
    seen: 204,
    data: customers.map((name, index) => ({
      id: `cus_Q${index}kd82`,
      name,
      email: `${name.split(' ')[0]?.toLowerCase()}@example.com`,
      created: ago(index * 1500),
    })),
  },
});

const productCall = call('call_product', {
  name: 'create_product',
  title: 'Create product',
  effect: 'write',
  operationId: 'op_product',
  input: { name: 'Premium Subscription', amount: '29.99', currency: 'usd', interval: 'month' },
  summary: 'Created product Premium Subscription, $29.99 monthly',
  durationMs: 1340,
  requestIds: ['req_Product01', 'req_Price02'],
  output: {
    object: 'product',
    id: 'prod_R8fKq2',
    name: 'Premium Subscription',
    active: true,
    price: '$29.99 monthly',
    livemode: false,
  },
});

const declinedCall = call('call_declined', {
  name: 'charge_customer',
  title: 'Charge customer',
  effect: 'money',
  status: 'failed',
  durationMs: 640,
  operationId: 'op_declined',
  error: {
    code: 'card_declined',
    message: 'The card ending in 0002 was declined: the bank gave no reason (generic_decline).',
    next: 'Ask the customer for another card or to call their bank.',
  },
});

const reportCall = call('call_report', {
  name: 'revenue_report',
  title: 'Revenue report',
  summary: 'Made the revenue report: 12 rows',
  durationMs: 820,
  output: { object: 'report', report: 'revenue', title: 'Revenue', complete: true, tables: [] },
});

const answer = `Your balance at **Tidewater Supply Co.**:

| | Available | Pending |
|---|---:|---:|
| USD | $18,204.11 | $2,450.00 |
| EUR | €932.40 | €0.00 |

The pending amount becomes available on 25 November.`;

const paidMost = `Three payments:

| Customer | Amount | Paid | Id |
|---|---:|---|---|
| Ines García | $40.00 | 2 Dec 2026 | \`cus_Ines0001\` |
| Maya Okonkwo | $1,250.00 | 30 Nov 2026 | \`cus_Maya0001\` |
| Søren Østergård | $99.00 | 1 Dec 2026 | \`cus_Sore0001\` |`;

export const approval: Approval = {
  id: 'apr_1',
  toolCallId: 'call_refund',
  threadId: 'th_live',
  threadTitle: 'Refund Bob Loblaw’s last payment',
  agentId: 'ag_billing',
  agentName: 'Billing desk',
  operationId: 'op_refund',
  tool: 'create_refund',
  title: 'Create refund',
  effect: 'money',
  mode: 'live',
  account: liveAccount,
  summary: 'Refund $29.99 of $29.99 to Bob Loblaw, charge ch_3Qk82Lm',
  preview: {
    summary: 'Refund $29.99 of $29.99 to Bob Loblaw',
    amount: { decimal: '29.99', currency: 'usd' },
    facts: [
      { label: 'Customer', value: 'Bob Loblaw (bob.loblaw@example.com)' },
      { label: 'Paid', value: '18 Nov 2026 with Visa ending in 4242' },
      { label: 'Fee kept by Stripe', value: '$1.17' },
      { label: 'Arrives', value: 'in 5 to 10 business days' },
    ],
    objects: [],
  },
  input: { charge: 'ch_3Qk82Lm', full: true },
  reason: 'This moves or commits money, in live mode.',
  status: 'pending',
  requestedAt: ago(4),
  expiresAt: new Date(Date.now() + 23 * 60 * minute).toISOString(),
  decidedAt: null,
  decidedBy: null,
  decisionReason: null,
  needed: 1,
  given: [],
  requestedBy: 'Olga',
  notOwn: false,
  lowerable: true,
  outside: null,
  loweredTo: null,
  operationState: 'waiting',
  problem: null,
};

function connectionOf(index: number): Thread['connection'] {
  const found = connections[index];
  if (!found) return null;
  const { id, name, type, mode, account } = found;
  return { id, name, type, mode, account };
}

function thread(id: string, values: Partial<Thread>): Thread {
  return {
    id,
    agentId: 'ag_sleuth',
    agentName: 'Stripe Sleuth',
    connection: connectionOf(0),
    title: 'New thread',
    status: 'idle',
    unread: false,
    createdAt: ago(60),
    updatedAt: ago(6),
    messages: [],
    approvals: [],
    readOnly: false,
    ...values,
  };
}

let at = 30;
const said = (id: string, text: string) => ({
  id,
  role: 'user' as const,
  text,
  createdAt: ago(at--),
  runId: null,
});
function answered(id: string, text: string, toolCalls: ToolCall[]) {
  const tools = toolCalls.map((each) => ({ type: 'tool' as const, toolCallId: each.id }));
  return {
    id,
    role: 'assistant' as const,
    text,
    createdAt: ago(at--),
    runId: `run_${id}`,
    toolCalls,
    parts: [...tools, { type: 'text' as const, text }],
    status: 'completed' as const,
    model: 'builtin',
  };
}

const refundCall = call('call_refund', {
  name: 'create_refund',
  title: 'Create refund',
  effect: 'money',
  status: 'awaiting_approval',
  approvalId: 'apr_1',
  input: { charge: 'ch_3Qk82Lm', full: true },
  finishedAt: null,
  durationMs: null,
});
const { output: _none, ...waitingCall } = refundCall;

export const threads: Thread[] = [
  thread('th_balance', {
    title: 'Balance, customers and a new product',
    messages: [
      said('m1', 'Can you check my Stripe account balance?'),
      answered('m2', answer, [balanceCall]),
      said('m3', 'Can you list my recent customers?'),
      answered('m4', `The five newest are ${customers.join(', ')}. There are 204 in all.`, [customersCall]),
      said('m5', 'Create a test product called "Premium Subscription" with a monthly price of $29.99'),
      answered('m6', 'Done. **Premium Subscription** now has a monthly price of $29.99 USD.', [productCall]),
    ],
  }),
  thread('th_live', {
    agentId: 'ag_billing',
    agentName: 'Billing desk',
    connection: connectionOf(1),
    title: 'Refund Bob Loblaw’s last payment',
    status: 'awaiting_approval',
    unread: true,
    updatedAt: ago(4),
    approvals: [approval],
    messages: [
      said('m7', 'Refund Bob Loblaw’s last payment'),
      { ...answered('m8', '', [waitingCall]), status: 'awaiting_approval' },
    ],
  }),
  thread('th_failed', {
    title: 'Charge Dora $40',
    status: 'failed',
    updatedAt: ago(60 * 26),
    messages: [
      said('m9', 'Charge Dora $40'),
      {
        ...answered('m10', '', [declinedCall]),
        status: 'failed',
        error: {
          code: 'model_overloaded',
          message: 'The model did not answer: its provider is overloaded.',
          next: 'Nothing further was done. Try again in a minute, or choose another model.',
          retryable: true,
        },
      },
    ],
  }),
  thread('th_report', {
    title: 'Revenue of the last half year',
    updatedAt: ago(60 * 50),
    messages: [
      said('m11', 'How much did we earn each month?'),
      answered('m12', 'The last six months, by month. **All of the dollars tie out.**', [reportCall]),
    ],
  }),
  thread('th_table', {
    title: 'Who paid most',
    updatedAt: ago(60 * 60),
    messages: [said('m13', 'Who paid most?'), answered('m14', paidMost, [])],
  }),
  thread('th_empty', { title: 'New thread', updatedAt: ago(60 * 80) }),
];
