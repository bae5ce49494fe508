import type { Database } from '../database/database.ts';
import { dump } from '../database/dump.ts';
import { type BackupHeader, type BackupPart, writeBackup } from './backup-file.ts';
import { readSandbox } from './sandbox-files.ts';

/**
 * Everything of a Purser but its master key: the database as of one moment, and then the sandbox, which so is never
 * older than what the database knows of it. The server may go on meanwhile.
 * @param write gets the backup's text, once; when it throws, so does this
 */
export async function backUp(
  { database, dataDir, version }: { database: Database; dataDir: string; version: string },
  write: (text: AsyncGenerator<Buffer>) => Promise<void>,
): Promise<BackupHeader> {
  const { db, pool } = database;
  const keyId = await db
    .selectFrom('settings')
    .select('value')
    .where('key', '=', 'master_key.id')
    .executeTakeFirst();
  const ran = await pool.query<{ name: string }>('select name from migrations order by name');
  const about: BackupHeader = {
    purser: version,
    madeAt: new Date().toISOString(),
    masterKeyId: typeof keyId?.value === 'string' ? keyId.value : null,
    migrations: ran.rows.map(({ name }) => name),
  };
  await dump(pool, (parts) => write(writeBackup(about, withSandbox(parts, dataDir))));
  return about;
}

async function* withSandbox(parts: AsyncIterable<BackupPart>, dataDir: string): AsyncGenerator<BackupPart> {
  yield* parts;
  yield* readSandbox(dataDir);
}
