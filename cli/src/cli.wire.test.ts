import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, openLocalDatabase, silentLog } from '@purser/server/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-cli-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function launch(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const command = [join(import.meta.dirname, 'main.ts'), ...args];
  const settings = {
    PURSER_DATA_DIR: join(folder, 'data'),
    PURSER_PORT: '0',
    PURSER_SANDBOX_PORT: '0',
    NO_COLOR: '1',
    // The one that `bin/purser.js` uses: what was compiled once is not compiled again for each command.
    NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/node'),
  };
  return spawn(process.execPath, ['--disable-warning=DeprecationWarning', ...command], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...settings, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function collect(child: ChildProcess): { text: { stdout: string; stderr: string }; ended: Promise<Ended> } {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk;
  });
  return { text, ended: once(child, 'close').then(([code]) => ({ code, ...text })) };
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** Whole servers start here, on machines that may be busy with other tests. */
const patience = { timeout: 90_000 };

const run = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  collect(launch(args, env)).ended;

describe.concurrent('purser', () => {
  it.each([
    [[], 'Usage: purser'],
    [['dance'], "unknown command 'dance'"],
    [['token'], 'Usage: purser token'],
    [['token', 'create'], "required option '--name <name>'"],
    [['token', 'create', '--name', 'x', '--role', 'king'], 'Allowed choices are owner'],
    [['ask'], "missing required argument 'question'"],
    [['sandbox', '--port', '99999'], 'It must be 0 (a free one) to 65535'],
  ])('exits with 2 and says how it is used: %j', async (args, says) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain('Usage:');
  });

  it('shows its help when asked', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const command of ['start', 'ask', 'token', 'audit', 'doctor', 'sandbox'])
      expect(stdout).toContain(command);
  });

  it('names a setting that cannot be used', async () => {
    const { code, stderr } = await run(['doctor'], { PURSER_PORT: 'eighty' });
    expect(code).toBe(1);
    expect(stderr).toBe('purser: PURSER_PORT must be a port number, 0 to 65535 (0 takes a free one).\n');
  });
});

describe('with no server running', patience, () => {
  it('makes a token and prints nothing else', async () => {
    const { code, stdout } = await run(['token', 'create', '--name', 'ci', '--role', 'operator']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^purser_[A-Za-z]{64}\n$/);
  });

  it('verifies the audit chain, and finds where somebody broke it', async () => {
    const intact = await run(['audit', 'verify']);
    expect(intact).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The audit chain is intact: \d+ entries\.\n$/),
    });
    const database = await openLocalDatabase(loadConfig(folder, { PURSER_DATA_DIR: 'data' }), silentLog);
    const client = await database.pool.connect();
    await client.query(`set session_replication_role = replica`);
    await client.query(`update audit set action = 'nothing.happened' where seq = 1`);
    client.release(true);
    await database.close();
    const broken = await run(['audit', 'verify']);
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('broken at entry 1: its contents were changed');
  });

  it('says how everything stands, and that nothing is wrong', async () => {
    const { code, stdout } = await run(['doctor'], { OPENAI_API_KEY: 'sk-secret-secret-secret' });
    expect(code).toBe(0);
    expect(stdout).toContain('✓ Database: embedded PostgreSQL 18');
    expect(stdout).toContain('✓ Server: not running');
    expect(stdout).toContain('✓ Model: OpenAI: OPENAI_API_KEY is set');
    expect(stdout).not.toContain('sk-secret');
  });

  it('says what is wrong and how to put it right', async () => {
    const missing = { DATABASE_URL: 'postgres://nobody:hunter22@127.0.0.1:1/none' };
    const { code, stdout } = await run(['doctor'], missing);
    expect(code).toBe(1);
    expect(stdout).toContain('✗ Database');
    expect(stdout).toContain('Check DATABASE_URL');
    expect(stdout).not.toContain('hunter22');
  });

  it('says that a lost master key is lost', async () => {
    const other = { PURSER_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') };
    const doctor = await run(['doctor'], other);
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toContain('✗ Master key: it is not the one');
    const token = await run(['token', 'create', '--name', 'x'], other);
    expect(token).toMatchObject({ code: 1, stdout: '' });
    expect(token.stderr).toContain('another master key');
  });
});

describe('purser sandbox', patience, () => {
  it('answers as Stripe does until it is stopped', async () => {
    const child = launch(['sandbox', '--port', '0', '--seed', 'empty']);
    const { text, ended } = collect(child);
    await expect.poll(() => text.stdout, { timeout: 60_000 }).toContain('Stripe sandbox is ready at http');
    const url = /http:\S+/.exec(text.stdout)?.[0] ?? '';
    const headers = { authorization: 'Bearer sk_test_purser_demo' };
    const answer = await fetch(`${url}/v1/customers`, { headers });
    expect(await answer.json()).toMatchObject({ object: 'list', data: [] });
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });
});

describe('purser ask', patience, () => {
  // The same one each time: the agent's connection leads to it.
  const sandbox = { PURSER_SANDBOX_PORT: '', PURSER_SANDBOX_SEED: 'empty', PURSER_DATA_DIR: 'asked' };
  beforeAll(async () => {
    sandbox.PURSER_SANDBOX_PORT = String(await freePort());
  });

  it('answers from an agent, and goes on in its thread', async () => {
    const first = await run(['ask', '--json', 'Can you check my Stripe account balance?'], sandbox);
    expect(first.code).toBe(0);
    const result = JSON.parse(first.stdout);
    expect(result).toMatchObject({ status: 'completed', toolCalls: [{ name: 'retrieve_balance' }] });
    const again = await run(
      ['ask', '--thread', result.threadId, 'And once more: what is my balance?'],
      sandbox,
    );
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('vailable');
    expect(again.stderr).toContain(`thread ${result.threadId}`);
    expect(again.stderr).toContain('retrieve_balance');
  });

  it('explains how a question is read, and does nothing', async () => {
    const read = await run(['ask', '--explain', 'chek my balance'], sandbox);
    expect([read.code, read.stdout]).toEqual([0, expect.stringContaining('`retrieve_balance` {}')]);
    expect(read.stdout).toContain('“check my balance”');
  });

  it('fails plainly when there is no such agent', async () => {
    const { code, stdout, stderr } = await run(['ask', '--agent', 'Nobody', 'hello'], sandbox);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('There is no agent called "Nobody". There are: Stripe Sleuth.');
  });
});

describe('purser start', patience, () => {
  it('prints two lines, lets commands in, and stops cleanly', async () => {
    const child = launch(['start']);
    const { text, ended } = collect(child);
    await expect.poll(() => text.stdout, { timeout: 60_000 }).toContain('sign-in?token=');
    const [ready = '', link = '', end] = text.stdout.split('\n');
    expect(ready).toMatch(/^Purser is ready at http:\/\/127\.0\.0\.1:\d+$/);
    expect(link).toContain(`${ready.split(' ').at(-1)}/sign-in?token=`);
    expect(end).toBe('');

    const token = await run(['token', 'create', '--name', 'beside']);
    const headers = { authorization: `Bearer ${token.stdout.trim()}` };
    const answer = await fetch(new URL('/api/agents', ready.split(' ').at(-1)), { headers });
    expect(answer.status).toBe(200);

    const second = await run(['start']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain('Purser is running already, at http');

    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    expect(existsSync(join(folder, 'data/server.json'))).toBe(false);
    expect(existsSync(join(folder, 'data/postgres/postmaster.pid'))).toBe(false);
  });

  it('does not take a killed server’s file for a server', async () => {
    const file = join(folder, 'data/server.json');
    await writeFile(file, JSON.stringify({ url: 'http://127.0.0.1:9', pid: 2 ** 30 }));
    const { stdout } = await run(['doctor']);
    expect(stdout).toContain('✓ Server: not running');
    expect(await readFile(file, 'utf8')).toContain('127.0.0.1:9');
  });
});
