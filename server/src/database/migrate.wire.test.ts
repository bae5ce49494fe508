import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { testDatabase } from './testing.ts';

let database: Database;
let folder: string;

beforeEach(async () => {
  database = await testDatabase();
  await database.pool.query('drop table migrations');
  folder = await mkdtemp(join(tmpdir(), 'purser-migrations-'));
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(folder, name), text);

async function run(): Promise<string[]> {
  const client = await database.pool.connect();
  try {
    return await migrate(client, folder);
  } finally {
    client.release();
  }
}

describe('migrations', () => {
  it('run in order, once', async () => {
    await write('0002-fill.sql', 'insert into made values (1)');
    await write('0001-make.sql', 'create table made (n int)');
    expect(await run()).toEqual(['0001-make.sql', '0002-fill.sql']);
    expect(await run()).toEqual([]);
    expect((await database.pool.query('select * from made')).rowCount).toBe(1);
  });

  it('run once when several instances start together', async () => {
    await write('0001-make.sql', 'create table made (n int); select pg_sleep(0.05)');
    const ran = await Promise.all([run(), run(), run()]);
    expect(ran.flat()).toEqual(['0001-make.sql']);
  });

  it('leave nothing of one that fails, and keep those before it', async () => {
    await write('0001-make.sql', 'create table made (n int)');
    await write('0002-bad.sql', 'insert into made values (1); select nonsense');
    await expect(run()).rejects.toThrow('Migration 0002-bad.sql failed');
    expect((await database.pool.query('select * from made')).rowCount).toBe(0);
    await write('0002-bad.sql', 'insert into made values (2)');
    expect(await run()).toEqual(['0002-bad.sql']);
  });

  it('refuse an edited one, and a database of a newer version', async () => {
    await write('0001-make.sql', 'create table made (n int)');
    await run();
    await write('0001-make.sql', 'create table made (n bigint)');
    await expect(run()).rejects.toThrow('was changed after it had run');
    await rm(join(folder, '0001-make.sql'));
    await expect(run()).rejects.toThrow('made by a newer Purser');
  });

  it('refuse a file with another kind of name', async () => {
    await write('later.sql', 'select 1');
    await expect(run()).rejects.toThrow('not named NNNN-name.sql');
  });
});
