import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import { dropNextKey, makeNextKey, promoteNextKey } from './master-key.ts';
import {
  type KeySource,
  keyIdRow,
  openVault,
  type RotationState,
  readRotation,
  readSetting,
  rootRow,
  rotationRow,
} from './open-vault.ts';
import { createVault, type Keyring, keyIdOf, VaultError } from './vault.ts';

/** Every column that holds sealed values, and the one with the record's id. */
export const sealedColumns = [
  { table: 'connections', column: 'credentials', id: 'id' },
  { table: 'webhooks', column: 'secrets', id: 'connection_id' },
] as const;

/** Whoever has not been heard of for so long is gone. */
const holderMs = 10_000;
/** What began to seal before everyone had changed is written by then. */
const settleMs = 2_500;
const pollMs = 200;
const patienceMs = 60_000;
const batch = 200;

export interface RotationReport {
  readonly keyId: string;
  /** How many sealed values got a new wrapping. */
  readonly rewrapped: number;
  /** Where the new key is, if it did not take the old one's place: it came from PURSER_MASTER_KEY. */
  readonly putIn: 'master.key' | 'PURSER_MASTER_KEY';
}

/**
 * Replaces the master key while Purser runs, on any number of instances. Each step can die and be begun again: the new
 * key is on disk before anything is wrapped with it, everyone opens with it before anyone seals with it, and the old
 * one is given up only when nothing needs it.
 * @throws VaultError when an instance does not go along
 */
export async function rotateMasterKey(
  db: Kysely<Schema>,
  source: KeySource,
  /** Writes it down, in the transaction that makes it so. */
  record: (details: { keyId: string; rewrapped: number }, trx: Transaction<Schema>) => Promise<void>,
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<RotationReport> {
  const { vault } = await openVault(db, source);
  const rotation = (await readRotation(db)) ?? (await announce(db, source, vault));
  await everyone(db, pause, 'learn the new key', ({ opens }) => opens.includes(rotation.id));
  await write(db, { ...rotation, phase: 'sealing' });
  vault.sealWith(rotation.id);
  await everyone(db, pause, 'seal with the new key', ({ seals }) => seals === rotation.id);
  let rewrapped = await rewrapAll(db, vault);
  await pause(settleMs);
  rewrapped += await rewrapAll(db, vault);
  await db.transaction().execute(async (trx) => {
    await trx
      .updateTable('settings')
      .set({ value: jsonb(rotation.id) })
      .where('key', '=', keyIdRow)
      .execute();
    await trx.deleteFrom('settings').where('key', '=', rotationRow).execute();
    await record({ keyId: rotation.id, rewrapped }, trx);
  });
  if (source.fromSettings !== undefined) return { keyId: rotation.id, rewrapped, putIn: 'PURSER_MASTER_KEY' };
  await promoteNextKey(source.dataDir);
  return { keyId: rotation.id, rewrapped, putIn: 'master.key' };
}

async function announce(db: Kysely<Schema>, source: KeySource, vault: Keyring): Promise<RotationState> {
  // Left from a rotation whose key is in use by now.
  if (createVault({ masterKey: await makeNextKey(source.dataDir) }).keyId === vault.keyId)
    await dropNextKey(source.dataDir);
  const key = await makeNextKey(source.dataDir);
  const sealed = vault.seal(key.toString('base64'), rotationRow).toString('base64');
  const rotation = { phase: 'announced', id: vault.adopt(key), sealed } as const;
  await write(db, rotation);
  return rotation;
}

async function write(db: Kysely<Schema>, rotation: RotationState): Promise<void> {
  const value = jsonb(rotation);
  await db
    .insertInto('settings')
    .values({ key: rotationRow, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

const holder = z.object({ opens: z.array(z.string()), seals: z.string() });

/** Waits until all who run say so. */
async function everyone(
  db: Kysely<Schema>,
  pause: (ms: number) => Promise<void>,
  what: string,
  agrees: (one: z.infer<typeof holder>) => boolean,
): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += pollMs) {
    const rows = await db
      .selectFrom('key_holders')
      .select(['opens', 'seals'])
      .where('seen_at', '>', sql<Date>`now() - make_interval(secs => ${holderMs / 1000})`)
      .execute();
    if (rows.every((row) => agrees(holder.parse(row)))) return;
    await pause(pollMs);
  }
  throw new VaultError(
    `A running Purser did not ${what} within a minute. Look at its log, then run this again: it goes on where it was.`,
  );
}

/** @returns how many got a new wrapping */
async function rewrapAll(db: Kysely<Schema>, vault: Keyring): Promise<number> {
  let count = await rewrapRoot(db, vault);
  for (const { table, column, id } of sealedColumns) {
    for (let after = ''; ; ) {
      const rows = await sql<{ id: string; sealed: Buffer }>`
        select ${sql.ref(id)} as id, ${sql.ref(column)} as sealed from ${sql.table(table)}
        where ${sql.ref(id)} > ${after} order by ${sql.ref(id)} limit ${batch}`.execute(db);
      for (const row of rows.rows) {
        // What was disconnected holds nothing.
        const fresh = keyIdOf(row.sealed) === null ? null : vault.rewrap(row.sealed, row.id);
        if (!fresh) continue;
        // Somebody may have stored another key meanwhile, wrapped anew already.
        const done = await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${fresh}
          where ${sql.ref(id)} = ${row.id} and ${sql.ref(column)} = ${row.sealed}`.execute(db);
        count += Number(done.numAffectedRows ?? 0);
      }
      const last = rows.rows.at(-1);
      if (!last) break;
      after = last.id;
    }
  }
  return count;
}

async function rewrapRoot(db: Kysely<Schema>, vault: Keyring): Promise<number> {
  const sealed = Buffer.from(z.string().parse(await readSetting(db, rootRow)), 'base64');
  const fresh = vault.rewrap(sealed, rootRow);
  if (!fresh) return 0;
  await db
    .updateTable('settings')
    .set({ value: jsonb(fresh.toString('base64')) })
    .where('key', '=', rootRow)
    .execute();
  return 1;
}
