import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { loadMasterKey, promoteNextKey, readNextKey } from './master-key.ts';
import { createVault, type Keyring, type Vault, VaultError } from './vault.ts';

/** The settings row that says which master key the database is used with. */
export const keyIdRow = 'master_key.id';
/** The settings row of a rotation under way. */
export const rotationRow = 'master_key.rotation';
/** The settings row of what further keys are derived from, sealed: it outlives master keys. */
export const rootRow = 'vault.root';

export const rotationState = z.object({
  /** `announced`: everyone learns to open with the new key. `sealing`: everyone seals with it. */
  phase: z.enum(['announced', 'sealing']),
  id: z.string(),
  /** The new key under the old one, base64: how running instances learn it. Gone when the rotation is over. */
  sealed: z.string(),
});
export type RotationState = z.infer<typeof rotationState>;

export interface KeySource {
  readonly dataDir: string;
  /** PURSER_MASTER_KEY */
  readonly fromSettings?: string | undefined;
}

/** A vault that goes along when the master key is rotated. */
export interface OpenVault {
  readonly vault: Keyring;
  /** Learns what a rotation says and tells it what is known here; every second, while the server runs. */
  follow(): Promise<void>;
  /** No rotation waits for this one any more. */
  leave(): Promise<void>;
}

export async function readSetting(db: Kysely<Schema>, key: string): Promise<unknown> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value ?? null;
}

async function insertOnce(db: Kysely<Schema>, key: string, value: unknown): Promise<unknown> {
  await db
    .insertInto('settings')
    .values({ key, value: jsonb(value) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return readSetting(db, key);
}

export async function readRotation(db: Kysely<Schema>): Promise<RotationState | null> {
  const found = await readSetting(db, rotationRow);
  return found === null ? null : rotationState.parse(found);
}

/**
 * The database remembers which master key it is used with. Where that is the next one already, a rotation died between
 * database and file: the file is put right.
 * @throws VaultError when it is another one: nothing sealed could be opened, and what is sealed now nobody else could
 */
async function keyFor(db: Kysely<Schema>, source: KeySource): Promise<Keyring> {
  const vault = createVault({ masterKey: await loadMasterKey(source) });
  const stored = await insertOnce(db, keyIdRow, vault.keyId);
  if (stored === vault.keyId) return vault;
  const next = await readNextKey(source.dataDir);
  const other = next && createVault({ masterKey: next });
  if (other && other.keyId === stored) {
    if (source.fromSettings === undefined) await promoteNextKey(source.dataDir);
    return other;
  }
  throw new VaultError(
    'The database was used with another master key. Put the old one back: PURSER_MASTER_KEY, or master.key in the data folder.',
  );
}

const newRoot = (vault: Vault): string =>
  vault.seal(randomBytes(32).toString('base64'), rootRow).toString('base64');

export async function openVault(db: Kysely<Schema>, source: KeySource): Promise<OpenVault> {
  const vault = await keyFor(db, source);
  const id = newId('key');
  const learn = () => learnRotation(db, vault, source);
  await learn();
  const root = z.string().parse(await insertOnce(db, rootRow, newRoot(vault)));
  vault.setRoot(Buffer.from(vault.open(Buffer.from(root, 'base64'), rootRow), 'base64'));
  let known: string[] = [];
  return {
    vault,
    async follow() {
      known = await learn();
      const now = sql<Date>`now()`;
      const values = { opens: jsonb(known), seals: vault.keyId, seen_at: now };
      await db
        .insertInto('key_holders')
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute();
    },
    async leave() {
      await db.deleteFrom('key_holders').where('id', '=', id).execute();
    },
  };
}

/** @returns the keys that can be opened with now */
async function learnRotation(db: Kysely<Schema>, vault: Keyring, source: KeySource): Promise<string[]> {
  const rotation = await readRotation(db);
  if (rotation) {
    if (!vault.knows(rotation.id))
      vault.adopt(Buffer.from(vault.open(Buffer.from(rotation.sealed, 'base64'), rotationRow), 'base64'));
    if (rotation.phase === 'sealing') vault.sealWith(rotation.id);
    return [vault.keyId, rotation.id];
  }
  const stored = z.string().parse(await readSetting(db, keyIdRow));
  // Whoever slept through a rotation finds the new key where it was put.
  if (!vault.knows(stored)) vault.adopt(await loadMasterKey(source));
  if (vault.knows(stored)) vault.sealWith(stored);
  return [vault.keyId];
}
