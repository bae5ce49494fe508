import { expect, test } from 'vitest';
import { stripeConnection } from '../connections/stripe/index.ts';
import type { Entry } from './journal.ts';
import { toolboxFor } from './toolbox.ts';

const account = { id: 'acct_1', name: 'Test', country: 'US', defaultCurrency: 'usd' };
const tools = stripeConnection.tools({
  ...{ credentials: { apiKey: 'sk_test_none' }, baseUrl: null, account, mode: 'test' },
  now: () => new Date(0),
});
const carried = new Set(stripeConnection.presets.find(({ name }) => name === 'analyst')?.carries ?? []);
const reach = { tools, carried };

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

test('a model is told of what the preset carries, and can search for the rest', async () => {
  const box = toolboxFor(reach, { takesAll: false, entries: [] });
  expect(names(box.declared)).toEqual(
    expect.arrayContaining(['retrieve_balance', 'search_tools', 'read_result']),
  );
  expect(names(box.declared)).not.toContain('create_coupon');
  expect(names(box.tools)).toContain('create_coupon');
});

test('what a search found is declared from the next step on', async () => {
  const box = toolboxFor(reach, { takesAll: false, entries: [] });
  const search = box.tools.find(({ name }) => name === 'search_tools');
  if (search?.effect !== 'read') throw new Error('There is no search.');
  const { view, summary } = await search.read({ query: 'create a coupon with a discount' }, {});
  expect(summary).toContain('create_coupon');
  const content = {
    ...{
      callId: 'a',
      name: 'search_tools',
      title: '',
      effect: 'read' as const,
      startedAt: '',
      finishedAt: '',
    },
    ...{ requestIds: [], objects: [], result: { status: 'completed' as const, view, summary } },
  };
  const found: Entry = { runId: 'run_1', step: 2, at: new Date(0), kind: 'tool', content };
  const next = toolboxFor(reach, { takesAll: false, entries: [found] });
  expect(names(next.declared)).toContain('create_coupon');
});

test('a model that reads any number of tools gets them all, and no search', () => {
  const box = toolboxFor(reach, { takesAll: true, entries: [] });
  expect(box.declared).toEqual(tools);
});

test('without a connection there is nothing to work with', () => {
  expect(toolboxFor({ tools: [], carried }, { takesAll: false, entries: [] }).declared).toEqual([]);
});
