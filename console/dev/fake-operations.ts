import type { Operation } from '@purser/server/api';
import { ago, demoAccount, liveAccount } from './fake-data.ts';
import { approval } from './fake-threads.ts';

function operation(id: string, values: Partial<Operation>): Operation {
  return {
    id,
    tool: 'create_customer',
    title: 'Create customer',
    effect: 'write',
    state: 'done',
    summary: 'Create customer Bob Loblaw',
    preview: { summary: '', facts: [], objects: [] },
    input: { name: 'Bob Loblaw', email: 'bob.loblaw@example.com' },
    mode: 'test',
    account: demoAccount,
    connectionId: 'con_demo',
    agentId: 'ag_sleuth',
    agentName: 'Stripe Sleuth',
    threadId: 'th_balance',
    runId: 'run_1',
    toolCallId: 'call_product',
    approvalId: null,
    idempotencyKey: `${id}-0`,
    requestIds: ['req_8sKd02LmPq71Xz'],
    objects: [{ type: 'customer', id: 'cus_Q0kd82', label: 'Bob Loblaw' }],
    error: null,
    undo: null,
    undoneBy: null,
    undoes: null,
    requestedBy: 'You',
    amount: null,
    createdAt: ago(30),
    updatedAt: ago(30),
    ...values,
  };
}

const sum = (decimal: string) => ({
  summary: '',
  facts: [],
  objects: [],
  amount: { decimal, currency: 'usd' },
});

export const operations: Operation[] = [
  operation('op_refund', {
    ...approval,
    id: 'op_refund',
    state: 'waiting',
    connectionId: 'con_live',
    requestIds: [],
    objects: [],
    createdAt: ago(4),
  }),
  operation('op_unknown', {
    title: 'Charge customer',
    tool: 'charge_customer',
    effect: 'money',
    state: 'unknown',
    summary: 'Charge Maya Okonkwo $1,250.00',
    preview: sum('1250.00'),
    mode: 'live',
    account: liveAccount,
    agentName: 'Billing desk',
    createdAt: ago(18),
  }),
  operation('op_product', {
    summary: 'Create product Premium Subscription, $29.99 monthly',
    createdAt: ago(24),
  }),
  operation('op_declined', {
    title: 'Charge customer',
    effect: 'money',
    state: 'failed',
    summary: 'Charge Dora Winifred Read $40.00',
    preview: sum('40.00'),
    error: {
      code: 'card_declined',
      message: 'The card ending in 0002 was declined.',
      next: 'Ask the customer for another card.',
    },
    createdAt: ago(60 * 26),
  }),
  operation('op_done', {
    createdAt: ago(60 * 40),
    approvalId: 'apr_done',
    preview: {
      summary: 'Create customer Bob Loblaw',
      facts: [{ label: 'E-mail', value: 'bob.loblaw@example.com' }],
      objects: [],
    },
    undo: { tool: 'delete_customer', input: {}, label: 'Delete the customer' },
  }),
];
