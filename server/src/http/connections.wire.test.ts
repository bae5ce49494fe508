import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAgent } from '../agents/agents.ts';
import { createAudit, systemActor } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import { type Connections, createConnections } from '../connections/connections.ts';
import { createPace } from '../connections/pace.ts';
import { stripeConnection } from '../connections/stripe/index.ts';
import { type TestAccount, testAccount } from '../connections/stripe/testing.ts';
import type { Database } from '../database/database.ts';
import { jsonb } from '../database/json.ts';
import { testDatabase } from '../database/testing.ts';
import { createVault } from '../secrets/vault.ts';
import { addConnectionRoutes } from './connections.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let database: Database;
let account: TestAccount;
let connections: Connections;
beforeAll(async () => {
  [database, account] = await Promise.all([testDatabase(), testAccount('sk_test_many_connections')]);
  connections = createConnections({
    db: database.db,
    vault: createVault({ masterKey: randomBytes(32) }),
    audit: createAudit(database.db),
    clock: systemClock,
    types: [stripeConnection],
    allowPrivateAddresses: true,
    pace: createPace(database.db),
  });
});
afterAll(() => Promise.all([database?.close(), account?.close()]));

const connect = (name: string) =>
  connections.create(
    { type: 'stripe', name, credentials: { apiKey: account.apiKey }, baseUrl: account.url },
    systemActor,
  );

describe('connections', () => {
  test('are listed in pages that join without a gap', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await connect(name);
    const app = createApi();
    const principal = { type: 'person', id: 'usr_1', name: 'Ann', role: 'owner' };
    addConnectionRoutes(app, { connections, access: { whoIs: async () => principal } } as unknown as Service);
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null && pages.length < 9; ) {
      const answer = await app.request(`/api/connections?limit=2${cursor && `&cursor=${cursor}`}`);
      const page = (await answer.json()) as { data: { name: string }[]; next_cursor: string | null };
      pages.push(page.data.map(({ name }) => name));
      cursor = page.next_cursor;
    }
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(await connections.list()).toHaveLength(5);
    await expect(connections.list({ after: 'con_nobody' })).rejects.toMatchObject({ status: 404 });
  });

  test('one in use is not removed, and the thread is named as people know it', async () => {
    const { db } = database;
    const { id } = await connect('busy');
    const agent = await createAgent(db, { name: 'Ops', description: '', instructions: '' });
    const thread = { id: 'thr_busy', agent_id: agent.id, title: 'Refund for Bob', created_by: 'usr_1' };
    await db.insertInto('threads').values(thread).execute();
    const run = { id: 'run_busy', thread_id: thread.id, agent_id: agent.id, connection_id: id };
    const requested = { model: 'built-in', requested_by: jsonb(systemActor) };
    await db
      .insertInto('runs')
      .values({ ...run, ...requested, status: 'awaiting_approval' })
      .execute();
    await expect(connections.remove(id, systemActor)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('The thread "Refund for Bob" (thr_busy)'),
    });
  });
});
