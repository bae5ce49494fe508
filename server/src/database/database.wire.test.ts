import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../log.ts';
import { type Database, openDatabase } from './database.ts';
import { jsonb } from './json.ts';
import { testDatabase } from './testing.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Resolves with the first `count` payloads on a channel. */
async function collect(
  channel: string,
  count: number,
): Promise<{ payloads: Promise<string[]>; gaps: () => number }> {
  const seen: string[] = [];
  let gaps = 0;
  let done: (payloads: string[]) => void = () => undefined;
  const payloads = new Promise<string[]>((resolve) => {
    done = resolve;
  });
  const hear = (payload: string) => {
    seen.push(payload);
    if (seen.length === count) done(seen);
  };
  await database.listen(channel, hear, () => {
    gaps += 1;
  });
  return { payloads, gaps: () => gaps };
}

describe('the database', () => {
  it('rolls back a transaction that throws', async () => {
    const failing = database.transaction(async (trx) => {
      await trx.insertInto('settings').values({ key: 'rolled-back', value: '1' }).execute();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    const rows = await database.db
      .selectFrom('settings')
      .select('key')
      .where('key', '=', 'rolled-back')
      .execute();
    expect(rows).toEqual([]);
  });

  it('keeps any text in jsonb', async () => {
    const value = { text: 'nul \u0000 half \ud800 whole 🧾', list: ['\udc00'] };
    await database.db
      .insertInto('settings')
      .values({ key: 'odd', value: jsonb(value) })
      .execute();
    const row = await database.db
      .selectFrom('settings')
      .select('value')
      .where('key', '=', 'odd')
      .executeTakeFirst();
    expect(row?.value).toEqual({ text: 'nul \ufffd half \ufffd whole 🧾', list: ['\ufffd'] });
  });

  it('allows one active run per thread', async () => {
    const { db } = database;
    await db.insertInto('agents').values({ id: 'agt_1', name: 'A' }).execute();
    await db
      .insertInto('threads')
      .values({ id: 'thr_1', agent_id: 'agt_1', title: 'T', created_by: 'x' })
      .execute();
    const run = (id: string) =>
      db
        .insertInto('runs')
        .values({ id, thread_id: 'thr_1', agent_id: 'agt_1', model: 'builtin', requested_by: '{}' })
        .execute();
    await run('run_1');
    await expect(run('run_2')).rejects.toThrow('runs_one_active_per_thread');
    await db.updateTable('runs').set({ status: 'completed' }).where('id', '=', 'run_1').execute();
    await run('run_2');
  });

  it('fences the second writer of a step', async () => {
    const { db } = database;
    const entry = { thread_id: 'thr_1', run_id: 'run_1', step: 0, kind: 'user', content: '{}' } as const;
    await db.insertInto('entries').values(entry).execute();
    await expect(db.insertInto('entries').values(entry).execute()).rejects.toThrow('unique');
  });

  it('refuses states outside the unions', async () => {
    const setStatus = sql`update runs set status = 'lost' where id = 'run_1'`.execute(database.db);
    await expect(setStatus).rejects.toThrow('runs_status_check');
  });

  it('tells listeners in order, and of a transaction only if it commits', async () => {
    const { payloads } = await collect('orders', 3);
    await database.notify('orders', 'one');
    await database
      .transaction(async (trx) => {
        await database.notify('orders', 'never', trx);
        throw new Error('no');
      })
      .catch(() => undefined);
    await database.transaction((trx) => database.notify('orders', 'two', trx));
    await database.notify('orders', 'three');
    expect(await payloads).toEqual(['one', 'two', 'three']);
  });

  it('listens again by itself after its connection was cut, and says that it missed something', async () => {
    const { payloads, gaps } = await collect('cut', 1);
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
              where application_name = 'purser listen' and datname = current_database()`.execute(database.db);
    await expect.poll(gaps, { timeout: 5_000 }).toBe(1);
    await database.notify('cut', 'again');
    expect(await payloads).toEqual(['again']);
  });

  it('stops telling who no longer listens', async () => {
    const seen: string[] = [];
    const stop = await database.listen('quiet', (payload) => seen.push(payload));
    await stop();
    const { payloads } = await collect('loud', 1);
    await database.notify('quiet', 'x');
    await database.notify('loud', 'y');
    await payloads;
    expect(seen).toEqual([]);
  });

  it('answers again after every connection was cut', async () => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
              where pid <> pg_backend_pid() and datname = current_database()`.execute(database.db);
    const one = () =>
      database.pool.query('select 1').then(
        ({ rowCount }) => rowCount,
        () => 0,
      );
    await expect.poll(one, { timeout: 5_000 }).toBe(1);
  });

  it('says what is wrong with an external database, without its password', async () => {
    const databaseUrl = 'postgres://someone:hunter22@127.0.0.1:1/purser';
    const opening = openDatabase({ dataDir: '', databaseUrl, log: silentLog });
    await expect(opening).rejects.toThrow('The database purser at 127.0.0.1:1 cannot be used');
    await expect(opening).rejects.not.toThrow('hunter22');
  });
});
