import { expect, test } from 'vitest';
import { stripeConnection } from '../connections/stripe/index.ts';
import { decide } from '../guard/policy.ts';
import { proposeAgent } from './propose.ts';

const account = { id: 'acct_1', name: 'T', country: 'US', defaultCurrency: 'usd' };
const tools = stripeConnection.tools({
  ...{ credentials: { apiKey: `sk_test_${'x'.repeat(24)}` }, baseUrl: null, account, mode: 'test' as const },
  now: () => new Date(0),
});
const propose = (text: string) => proposeAgent(text, { tools, presets: stripeConnection.presets });
const decisionsOf = ({ tools: chosen }: ReturnType<typeof propose>) =>
  Object.fromEntries(chosen.map(({ name, decision }) => [name, decision]));

test('a helper of the support team gets what was spoken of, up to what was named, and nothing else', () => {
  const proposal = propose(
    'Helps our support team: looks up customers and their invoices, and can refund payments up to $50. Never cancel a subscription.',
  );
  const decisions = decisionsOf(proposal);
  expect(decisions).toMatchObject({ list_customers: 'allow', get_customer: 'allow', create_refund: 'ask' });
  expect(decisions.list_invoices).toBe('allow');
  expect(decisions.cancel_subscription_now).toBe('deny');
  expect(decisions).not.toHaveProperty('create_payout');
  expect(proposal.policy.rules).toEqual([
    { decision: 'allow', tools: ['create_refund'], upTo: [{ amount: '50.00', currency: 'usd' }] },
    { decision: 'ask', tools: ['create_refund'] },
  ]);
  expect(proposal.preset).toBe('support');
  expect(proposal.instructions).toContain('Never cancel a subscription.');
  const judged = (name: string) => {
    const tool = tools.find((each) => each.name === name);
    if (!tool) throw new Error(name);
    const planned = { amount: null, objects: [] };
    return decide({ tool, mode: 'live', policy: proposal.policy, now: new Date(0), timeZone: 'UTC', planned })
      ?.decision;
  };
  expect(['create_refund', 'cancel_subscription_now', 'create_payout', 'update_product'].map(judged)).toEqual(
    ['ask', 'deny', 'deny', 'deny'],
  );
});

test('who only looks gets a key that only reads', () => {
  const proposal = propose('Every Monday it sums up subscriptions and disputes for the board.');
  expect(proposal.preset).toBe('analyst');
  expect(proposal.permissions.length).toBeGreaterThan(0);
  expect(proposal.permissions.every(({ access }) => access === 'read')).toBe(true);
  expect(Object.values(decisionsOf(proposal)).every((decision) => decision === 'allow')).toBe(true);
});

test('the least permissions are those of the tools that were chosen', () => {
  const proposal = propose('It should create products and prices, and archive a product.');
  expect(proposal.preset).toBe('catalogue');
  expect(proposal.permissions).toContainEqual({ resource: 'product', access: 'write' });
  expect(proposal.permissions.map(({ resource }) => resource)).not.toContain('charge');
});

test('words that name nothing propose nothing but to look', () => {
  const proposal = propose('Be nice and wise in all that you do.');
  expect([proposal.tools, proposal.permissions]).toEqual([[], []]);
  expect(proposal.policy.effects).toMatchObject({ write: 'deny', money: 'deny' });
});
