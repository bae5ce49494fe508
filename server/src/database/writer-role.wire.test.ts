import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAudit, systemActor } from '../audit/audit.ts';
import { silentLog } from '../log.ts';
import { type Database, openDatabase } from './database.ts';
import { createTestDatabase } from './testing.ts';

let made: { url: string; drop(): Promise<void> };
let database: Database;
const open = () => openDatabase({ dataDir: '', databaseUrl: made.url, log: silentLog, asWriter: true });
beforeAll(async () => {
  made = await createTestDatabase();
  // Instances that start together.
  const opened = await Promise.all([open(), open(), open()]);
  await Promise.all(opened.slice(1).map((each) => each.close()));
  database = opened[0];
});
afterAll(async () => {
  await database?.close();
  await made?.drop();
});

it('works on, and adds to the audit record', async () => {
  const audit = createAudit(database.db);
  await audit.record({ actor: systemActor, action: 'x' });
  await database.pool.query(`insert into agents (id, name) values ('agt_1', 'A')`);
  await database.pool.query(`update agents set name = 'B'`);
  await database.pool.query('delete from agents');
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
});

it.each([
  `update audit set action = 'y'`,
  'delete from audit',
  'truncate audit',
  'alter table audit disable trigger audit_append_only',
  'drop trigger audit_append_only on audit',
  'drop table audit',
  'set session_replication_role = replica',
  `create or replace function refuse_audit_change() returns trigger language plpgsql as $$ begin return null; end $$`,
])('may not %s', async (statement) => {
  // The triggers stand before its rights only where rows are touched: either way nothing happens.
  await expect(database.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
});

it('goes on with the role of DATABASE_URL where no other can be made', async () => {
  const owner = await openDatabase({ dataDir: '', databaseUrl: made.url, log: silentLog });
  const name = `plain_${Date.now()}`;
  await owner.pool.query(`create role ${name} login password 'x' ; grant ${name} to purser`);
  const own = new URL(made.url);
  const fresh = await createTestDatabase();
  own.pathname = new URL(fresh.url).pathname;
  await owner.pool.query(`alter database ${own.pathname.slice(1)} owner to ${name}`);
  own.username = name;
  own.password = 'x';
  const maintenance = await openDatabase({ dataDir: '', databaseUrl: fresh.url, log: silentLog });
  const { rows } = await maintenance.pool.query<{ tablename: string }>(
    `select tablename from pg_tables where schemaname = 'public'`,
  );
  for (const { tablename } of rows) await maintenance.pool.query(`alter table ${tablename} owner to ${name}`);
  await maintenance.pool.query(`revoke purser_writer from ${name}`);
  await maintenance.close();
  const plain = await openDatabase({ dataDir: '', databaseUrl: own.href, log: silentLog, asWriter: true });
  expect((await plain.pool.query('select current_user as me')).rows).toEqual([{ me: name }]);
  await expect(plain.pool.query('truncate audit')).rejects.toThrow('can only be added to');
  await plain.close();
  await fresh.drop();
  await owner.pool.query(`drop owned by ${name}; drop role ${name}`).catch(() => undefined);
  await owner.close();
});
