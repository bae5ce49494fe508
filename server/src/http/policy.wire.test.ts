import { afterAll, beforeAll, expect, test } from 'vitest';
import { attachConnection, createAgent } from '../agents/agents.ts';
import type { Connections } from '../connections/connections.ts';
import { stripeConnection } from '../connections/stripe/index.ts';
import type { Database } from '../database/database.ts';
import { jsonb } from '../database/json.ts';
import { testDatabase } from '../database/testing.ts';
import type { Policy } from '../guard/policy.ts';
import { Problem } from '../problem.ts';
import type { AgentTool, TriedPolicy } from './api.ts';
import { addPolicyRoutes } from './policy.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

const account = { id: 'acct_1', name: 'Northwind', country: 'US', defaultCurrency: 'usd' };
const now = new Date('2026-11-02T12:00:00Z');
const usd = (amount: string) => ({ amount, currency: 'usd' });
const policy: Policy = {
  rules: [{ decision: 'deny', tools: ['create_refund'], customers: ['Ann'] }],
  budgets: [{ per: 'agent', amounts: [usd('100')], over: 'deny' }],
  approval: { secondAbove: [usd('60')] },
};
let database: Database;
let path: string;
const app = createApi();
app.onError((error) => {
  if (!(error instanceof Problem)) throw error;
  return Response.json(error.toDocument(), { status: error.status });
});

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const target = {
    credentials: { apiKey: `sk_live_${'x'.repeat(24)}` },
    baseUrl: null,
    account,
    now: () => now,
  } as const;
  const presets = stripeConnection.presets;
  const connections: Partial<Connections> = {
    open: async () => ({
      ...{ account, mode: 'live', timeZone: 'UTC', beside: null },
      tools: stripeConnection.tools({ ...target, mode: 'live' }),
      carries: (name) => new Set(presets.find((each) => each.name === name)?.carries),
    }),
  };
  const connection = { id: 'con_1', type: 'stripe', name: 'Northwind', mode: 'live', account_id: account.id };
  const key = { key_last4: 'x', key_fingerprint: 'x', key_kind: 'secret', credentials: Buffer.alloc(0) };
  await db
    .insertInto('connections')
    .values({ ...connection, ...key, mode: 'live', key_kind: 'secret', account: jsonb(account) })
    .execute();
  const agent = await createAgent(db, { name: 'Ops' });
  await attachConnection(db, agent.id, 'con_1', { policy, preset: 'support' });
  const principal = { type: 'person', id: 'usr_1', name: 'Ann', role: 'viewer' };
  const access = { whoIs: async () => principal };
  addPolicyRoutes(app, { database, connections, access, clock: { now: () => now } } as unknown as Service);
  path = `/api/agents/${agent.id}/connections/con_1`;
});
afterAll(() => database?.close());

async function tried(body: object): Promise<TriedPolicy> {
  const answer = await app.request(`${path}/try`, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as TriedPolicy;
}
const refund = { tool: 'create_refund', currency: 'usd' };

test('a viewer sees which tools an agent has, what they do and whether it carries them', async () => {
  const answer = await app.request(`${path}/tools`);
  const { data } = (await answer.json()) as { data: AgentTool[] };
  const one = (name: string) => data.find((tool) => tool.name === name);
  expect(one('create_refund')).toMatchObject({ title: expect.any(String), effect: 'money', carried: true });
  expect(one('create_refund')?.permissions).not.toEqual([]);
  expect(one('delete_customer')).toMatchObject({ effect: 'destructive', carried: false });
});

test('a trial says what policy would, by which rule, and how many would have to approve', async () => {
  expect(await tried({ tool: 'list_customers' })).toMatchObject({ decision: 'allow', rule: null, people: 1 });
  expect(await tried({ ...refund, amount: '60.01' })).toMatchObject({ decision: 'ask', people: 2 });
  expect(await tried({ ...refund, amount: '1', customer: 'ann' })).toMatchObject({
    decision: 'deny',
    rule: 0,
  });
  const over = await tried({ ...refund, amount: '100.01' });
  expect(over).toMatchObject({ decision: 'deny', rule: null, reason: expect.stringContaining('budget') });
});

test('a policy that is not saved yet can be tried, at an hour of its own', async () => {
  const atNight: Policy = {
    rules: [{ decision: 'allow', effects: ['money'], hours: { from: '22:00', to: '06:00' } }],
  };
  const at = (time: string) => tried({ ...refund, amount: '1', policy: atNight, at: `2026-11-02T${time}Z` });
  expect(await at('23:00:00')).toMatchObject({ decision: 'allow', rule: 0 });
  expect(await at('12:00:00')).toMatchObject({ decision: 'ask', rule: null });
});

test.each([
  ['tool', { tool: 'fly' }],
  ['currency', { tool: 'create_refund', amount: '1' }],
  ['amount', { ...refund, amount: '1.005' }],
])('a trial with a bad %s says so at the field', async (field, body) => {
  const answer = await app.request(`${path}/try`, { method: 'POST', body: JSON.stringify(body) });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ errors: [{ path: field }] });
});
