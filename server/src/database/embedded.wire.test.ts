import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { connectExisting, type Database, openDatabase as open } from './database.ts';
import { findRunning, startEmbedded } from './embedded.ts';
import { isAlive, readPostmaster, stopPostmaster } from './postmaster.ts';
import { testFolder } from './testing-folder.ts';

let dataDir: string;
const log = silentLog;
const opened: Database[] = [];

async function openDatabase(options: Parameters<typeof open>[0]): Promise<Database> {
  const database = await open(options);
  opened.push(database);
  return database;
}

// One cluster for all: making one takes longer than everything else here.
beforeAll(async () => {
  dataDir = await testFolder();
});
beforeEach(async () => {
  const database = await openDatabase({ dataDir, log });
  await database.db.deleteFrom('settings').execute();
  await database.close();
});
// A test that failed half way keeps no database open: its owner would bring Postgres back into the next test.
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  const left = await readPostmaster(join(dataDir, 'postgres'));
  if (left) await stopPostmaster(left.pid, 0);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** A process that holds the database open; resolves with what it says first. */
async function hold(key: string): Promise<{ child: ChildProcess; said: string }> {
  const script = join(import.meta.dirname, 'testing-holder.ts');
  const child = spawn(process.execPath, [script, dataDir, key], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(child.stdout, 'data');
  return { child, said: String(said).trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function keysIn({ db }: Database): Promise<string[]> {
  const rows = await db.selectFrom('settings').select('key').orderBy('key').execute();
  return rows.map(({ key }) => key);
}

const postmaster = () => readPostmaster(join(dataDir, 'postgres'));

describe('the embedded Postgres', { timeout: 90_000 }, () => {
  it('starts in an empty folder', async () => {
    const empty = await testFolder();
    const database = await openDatabase({ dataDir: empty, log });
    expect(await keysIn(database)).toEqual([]);
    await database.close();
    expect((await readdir(empty)).toSorted()).toEqual(['postgres', 'postgres-password', 'postgres.log']);
    await rm(empty, { recursive: true });
  });

  it('stops with its owner, and keeps what was written', async () => {
    const first = await openDatabase({ dataDir, log });
    await first.db.insertInto('settings').values({ key: 'a', value: '1' }).execute();
    await first.close();
    expect(await postmaster()).toBeNull();
    const second = await openDatabase({ dataDir, log });
    expect(await keysIn(second)).toEqual(['a']);
    await second.close();
  });

  it('keeps its password to itself', async () => {
    const database = await openDatabase({ dataDir, log });
    expect((await stat(join(dataDir, 'postgres-password'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dataDir, 'postgres.log'))).mode & 0o777).toBe(0o600);
    const password = new URL(database.url).password;
    await database.pool.query('select 1/0').catch(() => undefined);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).not.toContain(password);
    await database.close();
  });

  it('comes back after its Purser was killed, and loses nothing', async () => {
    const { child, said } = await hold('committed');
    expect(said).toBe('holding');
    const before = await postmaster();
    await kill(child);
    expect(before && isAlive(before.pid), 'Postgres outlives a killed Purser').toBe(true);
    const database = await openDatabase({ dataDir, log });
    expect(await keysIn(database)).toEqual(['committed']);
    expect((await postmaster())?.pid).not.toBe(before?.pid);
    await database.close();
  });

  it('comes back after both were killed at once', async () => {
    const { child } = await hold('committed');
    const running = await postmaster();
    await kill(child);
    if (running) process.kill(running.pid, 'SIGKILL');
    const database = await openDatabase({ dataDir, log });
    expect(await keysIn(database)).toEqual(['committed']);
    await database.close();
  });

  it('is started again at the same address when Postgres alone is killed', async () => {
    const database = await openDatabase({ dataDir, log });
    await database.db.insertInto('settings').values({ key: 'committed', value: '1' }).execute();
    const running = await postmaster();
    if (running) process.kill(running.pid, 'SIGKILL');
    // Sessions outlive their postmaster for a moment and still answer: a new one has to be there first.
    await expect
      .poll(async () => (await postmaster())?.pid ?? running?.pid, { timeout: 20_000, interval: 100 })
      .not.toBe(running?.pid);
    const keys = () => keysIn(database).catch(() => 'away');
    await expect.poll(keys, { timeout: 20_000, interval: 100 }).toEqual(['committed']);
    // Postgres answers a moment before its owner holds the lock again.
    await expect(startEmbedded({ dataDir, log, ownerLeavesMs: 5_000 })).rejects.toThrow(
      'Another Purser is using',
    );
    await database.close();
    expect(await postmaster()).toBeNull();
  });

  it('does not mind a stale file that names a process of somebody else', async () => {
    await (await openDatabase({ dataDir, log })).close();
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    await writeFile(file, `${process.pid}\n${join(dataDir, 'postgres')}\n1700000000\n1\n\n127.0.0.1\n`);
    const database = await openDatabase({ dataDir, log });
    expect(await keysIn(database)).toEqual([]);
    await database.close();
  });

  it('refuses a second owner while the first lives, and leaves it alone', async () => {
    const first = await openDatabase({ dataDir, log });
    await expect(startEmbedded({ dataDir, log, ownerLeavesMs: 100 })).rejects.toThrow(
      'Another Purser is using',
    );
    expect(await keysIn(first)).toEqual([]);
    await first.close();
  });

  it('lets commands in beside its owner, and they do not stop it', async () => {
    const owner = await openDatabase({ dataDir, log });
    const guest = await connectExisting({ dataDir, log });
    await guest.db.insertInto('settings').values({ key: 'guest', value: '1' }).execute();
    await guest.close();
    expect(await keysIn(owner)).toEqual(['guest']);
    await owner.close();
  });

  it('is started by a command where none runs, and stopped again', async () => {
    const guest = await connectExisting({ dataDir, log });
    expect(await keysIn(guest)).toEqual([]);
    await guest.close();
    expect(await findRunning(dataDir)).toBeNull();
  });

  it('starts in a folder where the first start was killed half way', async () => {
    const empty = await testFolder();
    await mkdir(join(empty, `postgres-new-${2 ** 22 + 1}`, 'base'), { recursive: true });
    await writeFile(join(empty, `postgres-init-${2 ** 22 + 1}`), 'password');
    const database = await openDatabase({ dataDir: empty, log });
    expect((await readdir(empty)).filter((name) => /-\d+$/.test(name))).toEqual([]);
    await database.close();
    await rm(empty, { recursive: true });
  });

  it('waits for an owner that is about to leave', async () => {
    const first = await openDatabase({ dataDir, log });
    const second = openDatabase({ dataDir, log });
    await first.close();
    await (await second).close();
  });

  it('says in its own words why it cannot start', async () => {
    await (await openDatabase({ dataDir, log })).close();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '9.6\n');
    await expect(openDatabase({ dataDir, log })).rejects.toThrow(
      /did not start[\s\S]*incompatible with server/,
    );
  });
});
