import { expect, test } from 'vitest';
import { z } from 'zod';
import { notFound } from '../problem.ts';
import { readTool, type Tool } from '../tools/tool.ts';
import { openReach } from './reach.ts';
import type { OpenConnection } from './toolbox.ts';

const toolNamed = (name: string): Tool =>
  readTool({
    ...{ name, title: name, description: name, input: z.strictObject({}), permissions: [] },
    words: { action: 'get', object: name },
    read: () => Promise.reject(new Error('Nobody reads here.')),
  });
const account = (id: string) => ({ id, name: id, country: null, defaultCurrency: null });
const tools: Record<string, Tool[]> = {
  stripe: [toolNamed('get_customer'), toolNamed('post')],
  slack: [toolNamed('post'), toolNamed('list_channels')],
};
const open: OpenConnection = async (id) => {
  const offered = tools[id];
  if (!offered) throw notFound('connection', id);
  return {
    ...{ account: account(id), mode: 'live', timeZone: 'UTC', tools: offered },
    carries: (preset) => new Set(preset === 'all' ? offered.map(({ name }) => name) : []),
  };
};
const attach = (connectionId: string, preset = 'all') => ({ connectionId, policy: {}, preset });

test('each tool is used in the name of its own connection, and the account goes first', async () => {
  const reach = await openReach(open, { account: attach('stripe', 'none'), beside: [attach('slack')] });
  expect(reach.tools.map(({ name }) => name)).toEqual(['get_customer', 'post', 'list_channels']);
  const owners = reach.tools.map((tool) => reach.ownerOf(tool)?.connectionId);
  expect(owners).toEqual(['stripe', 'stripe', 'slack']);
  expect([...reach.carried]).toEqual(['list_channels']);
  expect(reach.ownerOf(toolNamed('search_tools'))).toBeUndefined();
});

test('without an account there is what stands beside it; what was disconnected just now is left out', async () => {
  const reach = await openReach(open, { account: null, beside: [attach('gone'), attach('slack')] });
  expect(reach.account).toBeNull();
  expect(reach.tools.map(({ name }) => name)).toEqual(['post', 'list_channels']);
  await expect(openReach(open, { account: attach('gone'), beside: [] })).rejects.toThrow();
});
