import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { jsonb } from '../database/json.ts';
import { testDatabase } from '../database/testing.ts';
import { loadMasterKey } from './master-key.ts';
import { type OpenVault, openVault } from './open-vault.ts';
import { rotateMasterKey, sealedColumns } from './rotate-master.ts';
import { createVault, keyIdOf } from './vault.ts';

let database: Database;
let dataDir: string;
/** Two running servers. */
let servers: OpenVault[];

beforeEach(async () => {
  [database, dataDir] = await Promise.all([testDatabase(), mkdtemp(join(tmpdir(), 'purser-rotate-'))]);
  servers = [await openVault(database.db, { dataDir }), await openVault(database.db, { dataDir })];
  for (const server of servers) await server.follow();
});
afterEach(() => Promise.all([database.close(), rm(dataDir, { recursive: true })]));

const first = () => {
  const [server] = servers;
  if (!server) throw new Error('no server');
  return server.vault;
};

async function store(id: string, secret: string, vault = first()): Promise<void> {
  const key = { key_last4: '1234', key_fingerprint: 'f', key_kind: 'secret' } as const;
  const row = { id, type: 'stripe', name: id, mode: 'test', account_id: 'a', account: jsonb({}) } as const;
  await database.db
    .insertInto('connections')
    .values({ ...row, ...key, credentials: vault.seal(secret, id) })
    .execute();
}

const stored = async (id: string) =>
  (
    await database.db
      .selectFrom('connections')
      .select('credentials')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
  ).credentials;

/** The servers go along between the steps. */
const going = async () => {
  for (const server of servers) await server.follow();
};
const rotate = (pause = going, source: Parameters<typeof rotateMasterKey>[1] = { dataDir }) =>
  rotateMasterKey(database.db, source, async () => undefined, pause);

describe('rotating the master key', () => {
  it('wraps everything anew while servers run, and changes nothing that was encrypted', async () => {
    await store('con_1', 'sk_test_one');
    await store('con_2', 'sk_test_two');
    const [before, sessions, old] = [await stored('con_1'), first().derive('sessions'), first().keyId];
    const { keyId, rewrapped } = await rotate();
    expect(rewrapped).toBe(3);
    expect(keyId).not.toBe(old);
    const after = await stored('con_1');
    expect(keyIdOf(after)).toBe(keyId);
    expect(after.subarray(-30)).toEqual(before.subarray(-30));
    await going();
    for (const { vault } of servers) {
      expect(vault.open(after, 'con_1')).toBe('sk_test_one');
      expect(vault.keyId).toBe(keyId);
    }
    const fresh = (await openVault(database.db, { dataDir })).vault;
    expect(fresh.open(await stored('con_2'), 'con_2')).toBe('sk_test_two');
    expect(fresh.derive('sessions')).toBe(sessions);
    expect((await stat(join(dataDir, 'master.key'))).mode & 0o777).toBe(0o600);
  });

  it('loses nothing that is stored meanwhile, by whichever server', async () => {
    let made = 0;
    await store('con_before', 'before');
    await rotate(async () => {
      for (const { vault } of servers) await store(`con_${made++}`, `secret ${made - 1}`, vault);
      await going();
    });
    expect(made).toBeGreaterThan(4);
    const { vault } = await openVault(database.db, { dataDir });
    for (let each = 0; each < made; each += 1)
      expect(vault.open(await stored(`con_${each}`), `con_${each}`)).toBe(`secret ${each}`);
  });

  it('can die at any moment and be begun again', async () => {
    await store('con_1', 'kept');
    for (let survives = 0; ; survives += 1) {
      let left = survives;
      const dying = database.db.withPlugin({
        transformQuery: ({ node }) => {
          if (left-- <= 0) throw new Error('killed');
          return node;
        },
        transformResult: async ({ result }) => result,
      });
      const died = await rotateMasterKey(dying, { dataDir }, async () => undefined, going).then(
        () => false,
        (error: Error) => error.message === 'killed',
      );
      await going();
      for (const { vault } of servers) expect(vault.open(await stored('con_1'), 'con_1')).toBe('kept');
      // A server that starts just then.
      const { vault } = await openVault(database.db, { dataDir });
      expect(vault.open(await stored('con_1'), 'con_1')).toBe('kept');
      if (!died) {
        expect(survives).toBeGreaterThan(12);
        return;
      }
    }
  });

  it('puts the file right when it died between database and file', async () => {
    await store('con_1', 'kept');
    const old = await readFile(join(dataDir, 'master.key'), 'utf8');
    const { keyId } = await rotate();
    const now = await readFile(join(dataDir, 'master.key'), 'utf8');
    await writeFile(join(dataDir, 'master.key.next'), now);
    await writeFile(join(dataDir, 'master.key'), old);
    const { vault } = await openVault(database.db, { dataDir });
    expect(vault.keyId).toBe(keyId);
    expect(await readFile(join(dataDir, 'master.key'), 'utf8')).toBe(now);
  });

  it('of PURSER_MASTER_KEY leaves the new one in a file, and the old one opens nothing more', async () => {
    const fromSettings = (await loadMasterKey({ dataDir })).toString('base64');
    await store('con_1', 'kept');
    const { keyId, putIn } = await rotate(going, { dataDir, fromSettings });
    expect(putIn).toBe('PURSER_MASTER_KEY');
    const next = (await readFile(join(dataDir, 'master.key.next'), 'utf8')).trim();
    expect((await openVault(database.db, { dataDir, fromSettings: next })).vault.keyId).toBe(keyId);
    const old = createVault({ masterKey: Buffer.from(fromSettings, 'base64') });
    const sealed = await stored('con_1');
    expect(() => old.open(sealed, 'con_1')).toThrow('another master key');
    const rows = await sql<{ row: string }>`select s::text as row from settings s`.execute(database.db);
    expect(JSON.stringify(rows.rows)).not.toContain(next);
  });

  it('stops when a server does not go along, and says so', async () => {
    await store('con_1', 'kept');
    await expect(rotate(async () => undefined)).rejects.toThrow('did not learn the new key');
    await rotate();
    expect((await openVault(database.db, { dataDir })).vault.open(await stored('con_1'), 'con_1')).toBe(
      'kept',
    );
  });

  it('refuses a database that is used with another key', async () => {
    const other = Buffer.alloc(32, 7).toString('base64');
    await expect(openVault(database.db, { dataDir, fromSettings: other })).rejects.toThrow(
      'another master key',
    );
  });

  it('knows every column with sealed values', async () => {
    const { rows } = await sql<{ column: string }>`
      select table_name || '.' || column_name as column from information_schema.columns
      where table_schema = 'public' and data_type = 'bytea'`.execute(database.db);
    const plain = ['invitations.token_hash', 'used_codes.code_hash', 'passages.embedding'];
    const known = [...sealedColumns.map(({ table, column }) => `${table}.${column}`), ...plain];
    expect(rows.map(({ column }) => column).filter((each) => !known.includes(each))).toEqual([]);
  });
});
