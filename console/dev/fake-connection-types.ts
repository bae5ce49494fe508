/** Kinds that work beside an account. */
export const besideTypes = [
  {
    ...{
      type: 'slack',
      name: 'Slack',
      category: 'chat',
      acceptsBaseUrl: true,
      beside: true,
      told: true,
      answers: true,
    },
    description: 'Messages to channels and threads, approvals answered by a button, alerts.',
    does: ['Tells a channel what matters', 'Asks for approvals where people are, answered by a button'],
    scopes: [
      { name: 'chat:write', why: 'post messages, and delete those it posted' },
      { name: 'groups:read', why: 'the same in private channels', optional: true },
    ],
    setup: [
      'Open https://api.slack.com/apps and create an app from scratch.',
      'Invite it to a channel: /invite @Purser',
    ],
    credentials: [
      {
        name: 'token',
        label: 'Bot token',
        secret: true,
        placeholder: 'xoxb-…',
        help: 'From OAuth & Permissions.',
      },
    ],
    presets: [{ name: 'asks', label: 'Asks first', description: 'Asks.', carries: [], policy: {} }],
  },
  {
    ...{ type: 'mcp', name: 'MCP server', category: 'anything', acceptsBaseUrl: false, beside: true },
    ...{ told: false, answers: false, scopes: [], setup: ['Enter an address, or a command.'] },
    description: 'The tools of any Model Context Protocol server.',
    does: ['Asks before each use: what a server says of its tools is taken as a claim'],
    credentials: [
      {
        name: 'prefix',
        label: 'Short name',
        secret: false,
        placeholder: 'linear',
        help: 'Its tools are called by it.',
      },
      {
        name: 'command',
        label: 'Command',
        secret: false,
        placeholder: 'npx',
        help: 'One word a line.',
        kind: 'lines',
        optional: true,
      },
    ],
    presets: [{ name: 'asks', label: 'Asks first', description: 'Asks.', carries: [], policy: {} }],
  },
];

export const stripeType = {
  type: 'stripe',
  name: 'Stripe',
  description: 'Payments, customers, subscriptions and invoices of one Stripe account.',
  category: 'payments',
  does: [
    'Answers questions about money, customers and subscriptions',
    'Refunds, bills and changes plans, after your approval',
  ],
  scopes: [],
  setup: ['Open https://dashboard.stripe.com/apikeys and create a restricted key.'],
  ...{ beside: false, told: false, answers: false },
  credentials: [
    {
      name: 'apiKey',
      label: 'Secret or restricted key',
      secret: true,
      placeholder: 'rk_live_… or sk_test_…',
      help: 'In Stripe: Developers, API keys. A restricted key with only the permissions below is safest.',
    },
  ],
  acceptsBaseUrl: true,
  presets: [
    { name: 'owner', label: 'Owner', description: 'Everything.', carries: [], policy: {} },
    {
      name: 'analyst',
      label: 'Analyst',
      description: 'Looks and reports; changes nothing.',
      carries: [],
      policy: { effects: { write: 'deny', money: 'deny', destructive: 'deny', outbound: 'deny' } },
    },
  ],
};
