import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, Connection, Page, Thread, TurnResult } from '@purser/server/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Purser, startPurser } from './fixtures/purser.ts';

let purser: Purser;
let file: string;
let keyFile: string;

beforeAll(async () => {
  purser = await startPurser({ PURSER_MODEL: 'builtin' });
  file = join(purser.dataDir, 'purser.backup');
  keyFile = join(purser.dataDir, 'key.backup');
});
afterAll(() => purser?.remove());

async function ask(text: string): Promise<{ threadId: string; turn: TurnResult }> {
  const agents = await purser.api<Page<Agent>>('GET', '/api/agents');
  const thread = await purser.api<Thread>('POST', '/api/threads', { agentId: agents.body.data[0]?.id });
  const path = `/api/threads/${thread.body.id}/messages?wait=true`;
  const { body } = await purser.api<TurnResult>('POST', path, { text });
  return { threadId: thread.body.id, turn: body };
}

const threadOf = async (id: string): Promise<Thread> =>
  (await purser.api<Thread>('GET', `/api/threads/${id}`)).body;

describe('purser backup and restore', () => {
  it('puts back what was there, on another machine’s empty folder as well, and refuses what would destroy', async () => {
    const { threadId, turn } = await ask('Create a customer named Bea Backup with the email bea@example.com');
    expect(turn.status).toBe('completed');
    const before = await threadOf(threadId);

    const made = await purser.cli('backup', file, '--master-key', keyFile);
    expect(made).toMatchObject({ code: 0, stdout: '' });
    for (const path of [file, keyFile]) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await purser.cli('backup', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('exists already'),
    });
    expect((await purser.cli('restore', file)).stderr).toContain('Purser is running at http');
    await purser.api('POST', '/api/agents', { name: 'Made after the backup' });
    await ask('Create a customer named Too Late with the email late@example.com');
    await purser.stop();

    expect(await purser.cli('restore', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('say --overwrite'),
    });
    const bytes = await readFile(file);
    await writeFile(`${file}.cut`, bytes.subarray(0, bytes.length - 200));
    expect(await purser.cli('restore', `${file}.cut`, '--overwrite')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nothing was changed'),
    });
    await writeFile(`${keyFile}.other`, `${Buffer.alloc(32, 7).toString('base64')}\n`);
    const wrongKey = await purser.cli('restore', file, '--overwrite', '--master-key', `${keyFile}.other`);
    expect(wrongKey).toMatchObject({ code: 1, stderr: expect.stringContaining('master key') });

    const restored = await purser.cli('restore', file, '--overwrite', '--master-key', keyFile);
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('audit chain is intact') });
    await purser.start();
    expect(await threadOf(threadId)).toEqual(before);
    const agents = await purser.api<Page<Agent>>('GET', '/api/agents');
    expect(agents.body.data.map(({ name }) => name)).toEqual(['Stripe Sleuth']);
    const { turn: asked } = await ask('List my customers');
    expect(asked.text).toContain('Bea Backup');
    expect(asked.text).not.toContain('Too Late');
    const connections = await purser.api<Page<Connection>>('GET', '/api/connections');
    const check = await purser.api<{ reachable: boolean }>(
      'POST',
      `/api/connections/${connections.body.data[0]?.id}/check`,
    );
    expect(check.body.reachable).toBe(true);
    expect(await purser.cli('audit', 'verify')).toMatchObject({ code: 0 });
  }, 120_000);
});
