import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent, ApiToken, Page, Session, ThreadSummary, TurnResult } from '@purser/server/api';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './fixtures/free-port.ts';
import { runProgram, startProgram } from './fixtures/program.ts';
import { type PuppetModel, startPuppetModel } from './fixtures/puppet-model.ts';
import { type Purser, postgresUrl, startPurser } from './fixtures/purser.ts';
import { stripeAt } from './fixtures/sandbox.ts';

let model: PuppetModel;
let purser: Purser;
beforeAll(async () => {
  model = await startPuppetModel();
  purser = await startPurser(model.settings);
});
afterAll(async () => {
  await purser?.remove();
  await model?.close();
});

async function sql(text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: await postgresUrl(purser) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('purser token create', () => {
  it('prints the token and nothing else, while the server runs', async () => {
    const { code, stdout, stderr } = await purser.cli('token', 'create', '--name', 'ci', '--role', 'viewer');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\S{20,}\n$/);
    const session = await purser.api<Session>('GET', '/api/session', undefined, { token: stdout.trim() });
    expect(session.body.role).toBe('viewer');
    const { data } = (await purser.api<Page<ApiToken>>('GET', '/api/tokens')).body;
    expect(data.map(({ name }) => name)).toContain('ci');
    expect(stdout.startsWith(data.find(({ name }) => name === 'ci')?.start ?? '?')).toBe(true);
  });

  it('explains wrong usage', async () => {
    for (const args of [
      ['token', 'create'],
      ['token', 'create', '--name', 'x', '--role', 'king'],
      ['dance'],
    ]) {
      const { code, stdout, stderr } = await purser.cli(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/error: /);
    }
  });
});

describe('purser ask', () => {
  it('takes one turn and prints the answer', async () => {
    const { code, stdout, stderr } = await purser.cli('ask', 'retrieve_balance {}');
    expect(code).toBe(0);
    expect(stdout).toContain('Done.');
    expect(stderr).toContain('retrieve_balance');
  });

  it('talks to the agent that is named, goes on in a thread, and gives everything as JSON', async () => {
    const agent = (await purser.api<Agent>('POST', '/api/agents', { name: 'Ledger Larry' })).body;
    const first = await purser.cli('ask', 'Hello', '--agent', 'ledger larry', '--json');
    const result = JSON.parse(first.stdout) as TurnResult & { threadId: string };
    expect(result).toMatchObject({ status: 'completed', text: 'Heard: Hello', toolCalls: [], approvals: [] });
    const path = `/api/threads/${result.threadId}`;
    expect((await purser.api<ThreadSummary>('GET', path)).body.agentId).toBe(agent.id);
    const second = await purser.cli('ask', 'Again', '--thread', result.threadId, '--json');
    expect(JSON.parse(second.stdout)).toMatchObject({ threadId: result.threadId, text: 'Heard: Again' });
  });

  it('says by its exit code what became of the turn', async () => {
    const stripe = stripeAt(purser.sandboxUrl ?? '', 'sk_test_purser_demo');
    const { id } = await stripe.customers.create({ email: 'cli@example.com' });
    const waits = await purser.cli('ask', `delete_customer {"customer":"${id}"}`);
    expect(waits.code).toBe(3);
    expect(waits.stderr).toMatch(/Waits for approval: Delete customer/);

    model.override = () => ({ fails: 'bad key' });
    const failed = await purser.cli('ask', 'Hello');
    model.override = () => undefined;
    expect([failed.code, failed.stdout]).toEqual([1, '']);
    expect(failed.stderr).toMatch(/The turn failed: \w+/);

    const nobody = await purser.cli('ask', 'Hello', '--agent', 'Nobody');
    expect(nobody).toMatchObject({ code: 1, stdout: '' });
    expect(nobody.stderr).toMatch(/no agent called "Nobody".*Stripe Sleuth/);
  });

  it('leaves no token behind', async () => {
    const { data } = (await purser.api<Page<ApiToken>>('GET', '/api/tokens')).body;
    expect(data.map(({ name }) => name)).not.toContain('purser ask');
  });
});

describe('purser audit verify', () => {
  it('finds the chain intact, and the first entry that somebody changed', async () => {
    const intact = await purser.cli('audit', 'verify');
    expect(intact.code).toBe(0);
    expect(intact.stdout).toMatch(/intact: \d+ entries/);

    const [{ seq } = {}] = await sql('select seq from audit order by seq offset 1 limit 1');
    await expect(sql(`update audit set action = 'nothing.happened' where seq = ${seq}`)).rejects.toThrow();
    await expect(sql(`delete from audit where seq = ${seq}`)).rejects.toThrow();
    // Whoever owns the database can turn every trigger off; then the hashes tell.
    await sql(`set session_replication_role = replica;
      update audit set action = 'nothing.happened' where seq = ${seq}`);
    const broken = await purser.cli('audit', 'verify');
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain(`broken at entry ${seq}`);
  });
});

describe('purser doctor', () => {
  it('says what is configured and reachable, without a secret', async () => {
    const { code, stdout } = await purser.cli('doctor');
    expect(code).toBe(0);
    for (const words of [
      'Database: embedded PostgreSQL',
      purser.url,
      purser.sandboxUrl,
      'Demo account',
      'puppet',
    ])
      expect(stdout).toContain(words);
    expect(stdout).not.toContain(model.settings.OPENAI_COMPATIBLE_API_KEY);
    expect(stdout).not.toContain('sk_test_purser_demo');
  });
});

describe('purser start', () => {
  it('refuses a second one on the same data folder, and a wrong setting, in plain words', async () => {
    const where = { folder: purser.dataDir, settings: { PURSER_DATA_DIR: purser.dataDir, PURSER_PORT: '0' } };
    const second = await runProgram(['start'], where);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(purser.url);
    const wrong = await runProgram(['start'], { ...where, settings: { PURSER_PORT: 'eighty' } });
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('PURSER_PORT');
  });

  it('keeps its secrets to its owner', async () => {
    for (const file of ['master.key', 'postgres-password', 'server.json'])
      expect(((await stat(join(purser.dataDir, file))).mode & 0o077).toString(8)).toBe('0');
  });
});

describe('purser sandbox', () => {
  it('serves the official SDK alone, and keeps its state where it is told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'purser-e2e-'));
    const args = ['sandbox', '--port', String(await freePort()), '--data', folder, '--seed', 'empty'];
    const made: string[] = [];
    for (let start = 0; start < 2; start += 1) {
      const sandbox = startProgram(args, { folder, settings: {} });
      const [, url = ''] = await sandbox.said(/^Stripe sandbox is ready at (\S+)/m);
      const stripe = stripeAt(url, 'sk_test_alone');
      expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual(made);
      made.push((await stripe.customers.create({ name: 'Kept' })).id);
      sandbox.signal('SIGINT');
      expect(await sandbox.ended).toBe(0);
    }
    await rm(folder, { recursive: true });
  });
});
