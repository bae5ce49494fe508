import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { knownMigrations, migrate } from './migrate.ts';
import { readStructure } from './structure.ts';
import { createTestDatabase } from './testing.ts';

/** Databases as earlier versions left them: one dump for each that was released, and of one before the first. */
const folder = join(import.meta.dirname, 'testing-dumps');

let fresh: { url: string; drop(): Promise<void> };
beforeAll(async () => {
  fresh = await createTestDatabase();
});
afterAll(() => fresh.drop());

async function on<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Tables with their columns in the order of the alphabet: columns that came later stand last where they were added. */
const shape = (client: pg.Client) =>
  readStructure(client, ['public']).then(({ before, tables, after }) => ({
    functions: before.filter((sql) => /^create or replace/i.test(sql)).sort(),
    tables: tables.map(({ table, columns }) => [table, [...columns].sort()]),
    after: after.filter((sql) => !/setval|^insert/i.test(sql)).sort(),
  }));

describe('a database of an earlier Purser', () => {
  it('there is a dump of', async () => {
    expect((await readdir(folder)).length).toBeGreaterThan(0);
  });

  it('is brought to this version: the same as a new one, with all that was in it', async () => {
    for (const file of await readdir(folder)) {
      const old = await createTestDatabase();
      const wanted = await on(fresh.url, shape);
      await on(old.url, async (client) => {
        await client.query('drop schema public cascade; create schema public');
        await client.query(await readFile(join(folder, file), 'utf8'));
        const before = await client.query<{ n: string }>('select count(*) as n from migrations');
        const ran = await migrate(client);
        expect(ran.length).toBe((await knownMigrations()).length - Number(before.rows[0]?.n));
        expect(await migrate(client)).toEqual([]);
        expect(await shape(client)).toEqual(wanted);
        const { rows } = await client.query(
          `select t.title, r.status, o.state, a.status as approval, c.key_last4, e.content::text as said, s.value
           from threads t join runs r on r.thread_id = t.id join operations o on o.run_id = r.id
             join approvals a on a.operation_id = o.id join connections c on c.id = o.connection_id
             join entries e on e.run_id = r.id, settings s where s.key = 'early'`,
        );
        expect(rows).toEqual([
          {
            ...{ title: 'A refund', status: 'awaiting_approval', state: 'waiting', approval: 'pending' },
            ...{ key_last4: '1234', said: '{"text": "Refund ch_early"}', value: { kept: true } },
          },
        ]);
      });
      await old.drop();
    }
  });
});
