import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { jsonb } from '../database/json.ts';
import { testDatabase } from '../database/testing.ts';
import { silentLog } from '../log.ts';
import { createAgent, duplicateAgent, getAgent, updateAgent } from './agents.ts';
import { appendEntry } from './journal.ts';
import { createKnowledge } from './knowledge/knowledge.ts';
import { costOf, overLimit, savePrices, usageOf } from './limits.ts';
import { agentFileSchema, fileNameOf, toFile } from './portable.ts';
import { insertRun } from './run-rows.ts';
import { createThread } from './threads.ts';
import { saidByCode } from './undo.ts';
import { diffVersions, listVersions, restoreVersion } from './versions.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());
const olga = { type: 'person', id: 'usr_1', name: 'Olga' };
const pete = { type: 'person', id: 'usr_2', name: 'Pete' };

describe('versions', () => {
  it('are kept with who made them, compared, and restored as new ones', async () => {
    const { db } = database;
    const { id } = await createAgent(db, { name: 'Ada', instructions: 'Be kind.\nBe brief.' }, olga);
    await updateAgent(db, id, { instructions: 'Be kind.\nBe long.' }, pete);
    await updateAgent(db, id, { name: 'Ada' }, olga);
    const changed = await updateAgent(db, id, { limits: { tokensPerDay: 5 } }, olga);
    expect(changed.version).toBe(3);
    const versions = await listVersions(db, id, { limit: 10 });
    expect(versions.map(({ version, changedBy }) => [version, changedBy])).toEqual([
      [3, 'Olga'],
      [2, 'Pete'],
      [1, 'Olga'],
    ]);
    expect(await listVersions(db, id, { limit: 10, before: 2 })).toHaveLength(1);
    const { instructions } = await diffVersions(db, id, { from: 1, to: 2 });
    expect(instructions).toEqual([
      { change: 'same', text: 'Be kind.' },
      { change: 'removed', text: 'Be brief.' },
      { change: 'added', text: 'Be long.' },
    ]);
    const restored = await restoreVersion(db, id, 1, pete);
    expect(restored).toMatchObject({ version: 4, instructions: 'Be kind.\nBe brief.', limits: {} });
    expect((await listVersions(db, id, { limit: 1 }))[0]).toMatchObject({ version: 4, changedBy: 'Pete' });
    await expect(restoreVersion(db, id, 9, pete)).rejects.toMatchObject({ status: 404 });
    await expect(listVersions(db, 'agt_none', { limit: 1 })).rejects.toMatchObject({ status: 404 });
  });
});

describe('copies', () => {
  it('have the instructions, connections, policies and documents of the first', async () => {
    const { db } = database;
    const { id } = await createAgent(db, { name: 'Ada', instructions: 'Be kind.' }, olga);
    const key = {
      key_last4: 'x',
      key_fingerprint: 'x',
      key_kind: 'secret',
      credentials: Buffer.alloc(0),
    } as const;
    const account = { id: 'con_1', type: 'stripe', name: 'N', mode: 'test', account_id: 'acct_1' } as const;
    await db
      .insertInto('connections')
      .values({ ...account, ...key, account: jsonb({ id: 'acct_1' }) })
      .execute();
    const terms = { agent_id: id, connection_id: 'con_1', preset: 'support' };
    await db
      .insertInto('agent_connections')
      .values({ ...terms, policy: jsonb({ effects: { money: 'deny' } }) })
      .execute();
    const knowledge = createKnowledge({ db, log: silentLog, embedder: null });
    await knowledge.add({ agentId: id, name: 'a.md', bytes: Buffer.from('We sell pears.'), by: olga });
    const copy = await duplicateAgent(db, id, undefined, pete);
    expect(copy).toMatchObject({ name: 'Ada (copy)', instructions: 'Be kind.', version: 1 });
    expect(copy.connections).toMatchObject([{ preset: 'support', policy: { effects: { money: 'deny' } } }]);
    expect(await knowledge.search(copy.id, 'pears', 5)).toMatchObject([{ document: 'a.md' }]);
    const file = toFile(copy);
    expect(JSON.stringify(file)).not.toMatch(/con_1|acct_1|agt_/);
    expect(agentFileSchema.parse(JSON.parse(JSON.stringify(file)))).toEqual(file);
    expect(agentFileSchema.safeParse({ ...file, version: 2 }).error?.issues[0]?.message).toMatch(
      /newer Purser/,
    );
    expect([fileNameOf({ name: 'Ada & Søn (1)' }), fileNameOf({ name: '日本' })]).toEqual([
      'ada-s-n-1.purser.json',
      'agent.purser.json',
    ]);
  });
});

describe('usage', () => {
  it('is summed by day and model, priced exactly, and stops an agent at its limit', async () => {
    const { db } = database;
    const now = new Date();
    const { id } = await createAgent(db, { name: 'Ada', model: 'openai/gpt-x' }, olga);
    const { id: threadId } = await createThread(db, { agentId: id, createdBy: 'me' });
    const by = { type: 'person', id: 'usr_1', name: 'Olga' } as const;
    const runId = await database.transaction((trx) =>
      insertRun(trx, { threadId, said: 'Hi', by, defaultModel: 'builtin', now }),
    );
    const usage = { inputTokens: 1_000, outputTokens: 200, cachedInputTokens: 400, reasoningTokens: 0 };
    const content = { ...saidByCode('Hello'), usage };
    await appendEntry(db, { threadId, runId, step: 1 }, { kind: 'model', content });
    const span = { from: new Date(now.getTime() - 86_400_000), to: new Date(now.getTime() + 86_400_000) };
    const [day] = await usageOf(db, id, span);
    expect(day).toMatchObject({
      model: 'openai/gpt-x',
      runs: 1,
      inputTokens: 1_000,
      outputTokens: 200,
      dollars: null,
    });
    const asked = { agentId: id, model: 'openai/gpt-x', now };
    expect(await overLimit(db, asked)).toBeNull();
    await updateAgent(db, id, { limits: { tokensPerDay: 1_201 } }, olga);
    expect(await overLimit(db, asked)).toBeNull();
    await updateAgent(db, id, { limits: { tokensPerDay: 1_200 } }, olga);
    expect(await overLimit(db, asked)).toMatchObject({ code: 'daily_limit' });
    expect(await overLimit(db, { ...asked, model: 'builtin' })).toBeNull();
    expect(await overLimit(db, { ...asked, now: new Date(now.getTime() + 2 * 86_400_000) })).toBeNull();
    await updateAgent(db, id, { limits: { dollarsPerDay: '0.01' } }, olga);
    expect(await overLimit(db, asked)).toMatchObject({ code: 'no_price' });
    await savePrices(db, { 'openai/gpt-x': { input: '2.50', cachedInput: '0.25', output: '10' } });
    expect((await usageOf(db, id, span))[0]?.dollars).toBe('0.0036');
    expect(await overLimit(db, asked)).toBeNull();
    await updateAgent(db, id, { limits: { dollarsPerDay: '0.0036' } }, olga);
    expect(await overLimit(db, asked)).toMatchObject({ code: 'daily_limit' });
    expect((await getAgent(db, id)).limits).toEqual({ dollarsPerDay: '0.0036' });
  });

  it('costs are rounded up to a millionth of a dollar', () => {
    const used = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 0 };
    expect(costOf('m', used, { m: { input: '0.1', output: '0' } })).toBe('0.000001');
    expect(costOf('builtin', used, {})).toBe('0');
    expect(costOf('m', used, {})).toBeNull();
  });
});
