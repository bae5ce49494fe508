import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../access/access.ts';
import { createAudit, systemActor } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { silentLog } from '../log.ts';
import { backUp } from './backup.ts';
import { readBackup } from './backup-file.ts';
import { restore } from './restore.ts';

let source: Database;
let target: Database;
let folder: string;

beforeAll(async () => {
  source = await testDatabase();
  // Tables of the sign-in library, in their own schema.
  const access = await createAccess({ database: source, log: silentLog, secret: 'x'.repeat(32) });
  await access.createToken({ name: 'kept', role: 'viewer' });
  await access.close();
  const audit = createAudit(source.db);
  for (const name of ['tab\tnew\nline \\. back\\slash', '🧾 "quoted" \'single\'', ''])
    await audit.record({ actor: systemActor, action: 'agent.created', subject: 'agt_1', details: { name } });
  await source.pool.query(
    `insert into agents (id, name) values ('agt_1', 'Ann'), ('agt_2', E'copy x from stdin;\n--.\n\\\\.')`,
  );
  await source.pool.query(
    `insert into threads (id, agent_id, title, created_by) values ('thr_1', 'agt_1', 't', 'p')`,
  );
  await source.pool.query(
    `insert into runs (id, thread_id, agent_id, model, requested_by) values ('run_1', 'thr_1', 'agt_1', 'm', '{}')`,
  );
  await source.pool.query(
    `insert into entries (thread_id, run_id, step, kind, content) values ('thr_1', 'run_1', 0, 'user', '{"a" :  1}')`,
  );
});
beforeEach(async () => {
  target = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'purser-backup-'));
});
afterEach(async () => {
  await target.close();
  await rm(folder, { recursive: true });
});
afterAll(() => source?.close());

async function backup(database = source, dataDir = folder): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await backUp({ database, dataDir, version: '1.2.3' }, async (text) => {
    for await (const chunk of text) chunks.push(chunk);
  });
  return Buffer.concat(chunks);
}

/** In pieces of odd sizes, as files are read. */
async function* inPieces(bytes: Buffer, size = 1_000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const options = (more: { overwrite?: boolean; masterKeyId?: string } = {}) => ({
  ...{ database: target, dataDir: folder, masterKeyId: null, overwrite: false },
  ...more,
});

/** Without the line that tells when it was made, and the checksum over it. */
const contents = (text: Buffer): string[] =>
  text
    .toString()
    .split('\n')
    .filter((line) => !line.startsWith('-- {') && !line.startsWith('-- sha256'));

describe('a backup', () => {
  it('restored and made again is the same, statement for statement and row for row', async () => {
    const first = await backup();
    expect(first.toString()).toContain('auth.apikey');
    await restore(inPieces(first), options());
    expect(contents(await backup(target))).toEqual(contents(first));
  });

  it('keeps the audit chain, its triggers, and numbers that go on where they were', async () => {
    await restore(inPieces(await backup(), 7), options());
    const audit = createAudit(target.db);
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 3 });
    await expect(target.pool.query('delete from audit')).rejects.toThrow('can only be added to');
    await audit.record({ actor: systemActor, action: 'x' });
    const { rows } = await target.pool.query(
      `insert into entries (thread_id, run_id, step, kind, content) values ('thr_1', 'run_1', 1, 'model', '{}') returning id`,
    );
    expect(rows).toEqual([{ id: '2' }]);
  });

  it('holds the moment it was begun at, whatever is written meanwhile', async () => {
    const chunks: Buffer[] = [];
    await backUp({ database: source, dataDir: folder, version: '1' }, async (text) => {
      for await (const chunk of text) {
        if (chunks.length === 1)
          await source.pool.query(`insert into agents (id, name) values ('agt_late', 'Late')`);
        chunks.push(chunk);
      }
    });
    await source.pool.query(`delete from agents where id = 'agt_late'`);
    expect(Buffer.concat(chunks).toString()).not.toContain('agt_late');
  });

  it('takes the sandbox along, as much of a journal as is there', async () => {
    await mkdir(join(folder, 'sandbox/acct_1.files'), { recursive: true });
    await writeFile(join(folder, 'sandbox/acct_1.journal'), Buffer.alloc(200_000, 'a line\n'));
    await writeFile(join(folder, 'sandbox/acct_1.files/file_1'), Buffer.from([0, 255, 10, 13]));
    await writeFile(join(folder, 'sandbox/sandbox.lock'), '1');
    const text = await backup();
    await writeFile(join(folder, 'sandbox/acct_1.journal'), 'grown');
    await expect(restore(inPieces(text), options())).rejects.toThrow('holds a sandbox already');
    await restore(inPieces(text), options({ overwrite: true }));
    expect(await readFile(join(folder, 'sandbox/acct_1.journal'))).toEqual(Buffer.alloc(200_000, 'a line\n'));
    expect(await readFile(join(folder, 'sandbox/acct_1.files/file_1'))).toEqual(
      Buffer.from([0, 255, 10, 13]),
    );
    expect(await readdir(folder)).toEqual(['sandbox']);
  });
});

describe('a restore', () => {
  it('changes nothing where the backup was cut short or changed anywhere', async () => {
    const text = await backup();
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.boolean(), async (at, isCut) => {
        const harmed = isCut ? text.subarray(0, at) : Buffer.from(text);
        if (!isCut) harmed[at] = (harmed[at] ?? 0) ^ 1;
        await expect(restore(inPieces(harmed, 50_000), options())).rejects.toThrow();
        expect((await target.pool.query('select from agents')).rowCount).toBe(0);
        expect(await readdir(folder)).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });

  it('refuses a database that is used, also by an instance that is alive, unless it is told to overwrite', async () => {
    const text = await backup();
    await createAudit(target.db).record({ actor: systemActor, action: 'x' });
    await expect(restore(inPieces(text), options())).rejects.toThrow('--overwrite');
    await target.pool.query(`insert into instances values ('ins_1')`);
    await expect(restore(inPieces(text), options({ overwrite: true }))).rejects.toThrow('is running');
    await target.pool.query(`update instances set heartbeat_at = now() - interval '1 minute'`);
    await restore(inPieces(text), options({ overwrite: true }));
    expect(await createAudit(target.db).verify()).toMatchObject({ ok: true, entries: 3 });
  });

  it('refuses another master key, a newer version, and a file that leads out of the sandbox', async () => {
    const text = (await backup()).toString();
    const [first = '', second = '', ...rest] = text.split('\n');
    const about = JSON.parse(second.slice(3));
    const as = (change: object) =>
      restore(
        inPieces(Buffer.from([first, `-- ${JSON.stringify({ ...about, ...change })}`, ...rest].join('\n'))),
        options({ masterKeyId: 'aa' }),
      );
    await expect(as({ masterKeyId: 'bb' })).rejects.toThrow('not the one this backup was made with');
    await expect(as({ migrations: ['9999-later.sql'] })).rejects.toThrow('made by a newer Purser');
    const evil = Buffer.from(text.replace(/-- sha256.*/s, '-- file "../../x"\n-- end of file\n'));
    await expect(restore(inPieces(evil), options())).rejects.toThrow('"../../x"');
    await expect(restore(inPieces(Buffer.from('hello\n')), options())).rejects.toThrow('no backup of Purser');
  });

  it('tells what a backup is', async () => {
    const { about } = await readBackup(inPieces(await backup()));
    expect(about).toMatchObject({ purser: '1.2.3', masterKeyId: null });
    expect(about.migrations[0]).toBe('0001-foundation.sql');
  });
});
