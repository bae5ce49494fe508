import type { Agent, Connection, ModelInfo, Policy } from '@purser/server/api';

/** Made-up records in the shapes of the API, so that every screen can be seen without a server behind it. */

export const minute = 60_000;
/** That many minutes ago, as the API writes times. */
export const ago = (minutes: number) => new Date(Date.now() - minutes * minute).toISOString();

export const demoAccount = {
  id: 'acct_1PurserDemo',
  name: 'Tidewater Supply Co.',
  country: 'US',
  defaultCurrency: 'usd',
};
export const liveAccount = {
  id: 'acct_1LiveHarbor',
  name: 'Harbor & Pine',
  country: 'US',
  defaultCurrency: 'usd',
};

const needed: [string, string, 'read' | 'write'][] = [
  ['customer', 'Customers', 'write'],
  ['payment_intent', 'PaymentIntents', 'write'],
  ['charge', 'Charges and Refunds', 'read'],
  ['invoice', 'Invoices', 'write'],
  ['product', 'Products', 'write'],
  ['subscription', 'Subscriptions', 'write'],
];
const allGranted = needed.map(([resource, label, level]) => ({
  resource,
  label,
  needed: level,
  granted: 'write' as const,
  ok: true,
}));

export const connections: Connection[] = [
  {
    id: 'con_demo',
    type: 'stripe',
    name: 'Stripe sandbox',
    mode: 'test',
    account: demoAccount,
    permissions: allGranted,
    key: {
      last4: 'demo',
      fingerprint: '4f1c 88ab 02de 91c7',
      kind: 'secret',
      addedAt: ago(4000),
      lastUsedAt: ago(3),
    },
    baseUrl: 'http://127.0.0.1:12111',
    beside: null,
    demo: true,
    status: 'ok',
    problem: null,
    warnings: [],
    checkedAt: ago(12),
    createdAt: ago(4000),
    agents: [{ id: 'ag_sleuth', name: 'Stripe Sleuth' }],
  },
  {
    id: 'con_live',
    type: 'stripe',
    name: 'Harbor & Pine',
    mode: 'live',
    account: liveAccount,
    permissions: allGranted.map((row) =>
      row.resource === 'invoice' ? { ...row, granted: 'none' as const, ok: false } : row,
    ),
    key: {
      last4: 'x9Qe',
      fingerprint: 'a07d 55f0 3be1 7c2a',
      kind: 'restricted',
      addedAt: ago(900),
      lastUsedAt: ago(30),
    },
    baseUrl: null,
    beside: null,
    demo: false,
    status: 'ok',
    problem: null,
    warnings: ['Invoices (write) is missing: agents can read payments but cannot make or send invoices.'],
    checkedAt: ago(3),
    createdAt: ago(900),
    agents: [{ id: 'ag_billing', name: 'Billing desk' }],
  },
];

const livePolicy: Policy = {
  rules: [
    { decision: 'allow', tools: ['create_refund'], upTo: [{ amount: '50', currency: 'usd' }] },
    {
      decision: 'deny',
      effects: ['money'],
      above: [{ amount: '5000', currency: 'usd' }],
      hours: { from: '18:00', to: '08:00', days: ['sat', 'sun'] },
    },
  ],
  effects: { money: 'ask' },
  tools: { send_email: 'deny' },
  budgets: [{ per: 'person', amounts: [{ amount: '500', currency: 'usd' }], count: 20, over: 'ask' }],
  approval: { notOwn: true, secondAbove: [{ amount: '1000', currency: 'usd' }] },
};

function attached(connection: Connection | undefined): Agent['connections'] {
  if (!connection) return [];
  const { id, type, name, mode, account } = connection;
  return [
    {
      connectionId: id,
      type,
      name,
      mode,
      account,
      policy: mode === 'live' ? livePolicy : {},
      preset: 'owner',
      beside: null,
    },
  ];
}

export const agents: Agent[] = [
  {
    id: 'ag_sleuth',
    name: 'Stripe Sleuth',
    description:
      'Looks into payments, customers and balances of the demo business and explains what it finds.',
    instructions:
      '## Business\nTidewater Supply sells marine hardware by subscription.\n\n## Rules\n- Always name the customer and the amount.\n- Refund only the newest charge.',
    model: null,
    connections: attached(connections[0]),
    limits: {},
    version: 1,
    threadCount: 3,
    createdAt: ago(4000),
    updatedAt: ago(4000),
  },
  {
    id: 'ag_billing',
    name: 'Billing desk',
    description: 'Refunds and subscription changes for Harbor & Pine. Asks before it moves money.',
    instructions: '',
    model: 'builtin',
    connections: attached(connections[1]),
    limits: {},
    version: 1,
    threadCount: 1,
    createdAt: ago(800),
    updatedAt: ago(200),
  },
  {
    id: 'ag_new',
    name: 'מחלקת הנהלת חשבונות <script>alert(1)</script>',
    description: '',
    instructions: '',
    model: null,
    connections: [],
    limits: {},
    version: 1,
    threadCount: 0,
    createdAt: ago(20),
    updatedAt: ago(20),
  },
];

export const models: ModelInfo[] = [
  { id: 'builtin', name: 'Built-in', provider: 'builtin', available: true },
  {
    id: 'anthropic/claude',
    name: 'Claude',
    provider: 'anthropic',
    available: false,
    reason: 'Set ANTHROPIC_API_KEY.',
    variable: 'ANTHROPIC_API_KEY',
  },
  {
    ...{ id: 'openai/gpt', name: 'GPT', provider: 'openai', available: false },
    ...{ reason: 'Set OPENAI_API_KEY.', variable: 'OPENAI_API_KEY' },
  },
];
