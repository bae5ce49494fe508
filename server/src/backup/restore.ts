import type { Database } from '../database/database.ts';
import { type DumpPart, restoreDump } from '../database/dump.ts';
import { knownMigrations } from '../database/migrate.ts';
import { BackupDamaged, type BackupHeader, type BackupPart, readBackup } from './backup-file.ts';
import { hasSandbox, restoreSandbox, type SandboxRestore } from './sandbox-files.ts';

/** It would destroy something, or could not be used. The message says what to do. */
export class RestoreRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RestoreRefused';
  }
}

export interface RestoreOptions {
  readonly database: Database;
  readonly dataDir: string;
  /** Id of the master key that is in force here; null where there is none yet. */
  readonly masterKeyId: string | null;
  /** Replace what is there. */
  readonly overwrite: boolean;
}

/** An instance that was heard of within this time is running: heartbeats come every half second. */
const aliveWithin = `interval '5 seconds'`;

async function refuseIfUsed({ database, dataDir, overwrite }: RestoreOptions): Promise<void> {
  const { pool } = database;
  const alive = await pool.query(`select from instances where heartbeat_at > now() - ${aliveWithin}`);
  if ((alive.rowCount ?? 0) > 0)
    throw new RestoreRefused('A Purser is running on this database. Stop it, and try again in five seconds.');
  if (overwrite) return;
  const used = await pool.query('select from audit limit 1');
  if ((used.rowCount ?? 0) > 0)
    throw new RestoreRefused('The database is in use already. Restore into a new one, or say --overwrite.');
  if (await hasSandbox(dataDir))
    throw new RestoreRefused(`${dataDir} holds a sandbox already. Restore elsewhere, or say --overwrite.`);
}

async function refuseUnfit(about: BackupHeader, { masterKeyId }: RestoreOptions): Promise<void> {
  const known = await knownMigrations();
  const newer = about.migrations.find((name) => !known.includes(name));
  if (newer)
    throw new RestoreRefused(
      `This backup was made by a newer Purser (${about.purser}; it has ${newer}). Restore it with that version.`,
    );
  if (masterKeyId !== null && about.masterKeyId !== null && masterKeyId !== about.masterKeyId)
    throw new RestoreRefused(
      'The master key here is not the one this backup was made with. Give that one with --master-key FILE, or in PURSER_MASTER_KEY.',
    );
}

/** The database's parts; files are put aside on the way. */
async function* withoutFiles(
  parts: AsyncIterable<BackupPart>,
  sandbox: SandboxRestore,
): AsyncGenerator<DumpPart> {
  for await (const part of parts) {
    if (part.kind === 'file') await sandbox.add(part);
    else yield part;
  }
}

/**
 * Puts a backup in the place of what is there, or changes nothing. Nobody else may be using the database or the folder.
 * @throws RestoreRefused, BackupDamaged
 */
export async function restore(chunks: AsyncIterable<Buffer>, options: RestoreOptions): Promise<BackupHeader> {
  const { about, parts } = await readBackup(unreadableIsDamage(chunks));
  await refuseUnfit(about, options);
  await refuseIfUsed(options);
  const sandbox = restoreSandbox(options.dataDir);
  try {
    await restoreDump(options.database.pool, withoutFiles(parts, sandbox));
    await sandbox.keep();
  } finally {
    await sandbox.drop();
  }
  return about;
}

async function* unreadableIsDamage(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('Z_')) throw new BackupDamaged('it is cut short, or not compressed by gzip');
    throw error;
  }
}
