/**
 * What commands do beside a running server: they share its data folder and database, not its memory. Each opens what it
 * needs, works whether or not the server runs, and closes again.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Access } from './access/access.ts';
import type { Role } from './access/roles.ts';
import { readAnchors } from './audit/anchor.ts';
import { type Audit, createAudit, type Verification } from './audit/audit.ts';
import { type Anchor, verifyEntries } from './audit/chain.ts';
import { type ExportFormat, exportLines, readExport } from './audit/export-file.ts';
import { backUp } from './backup/backup.ts';
import type { BackupHeader } from './backup/backup-file.ts';
import { RestoreRefused, restore } from './backup/restore.ts';
import type { Config } from './config.ts';
import { connectExisting, type Database, openDatabase } from './database/database.ts';
import { createLog, type Log } from './log.ts';
import type { Purser } from './main.ts';
import { findMasterKey, parseMasterKey, placeMasterKey, writeMasterKey } from './secrets/master-key.ts';
import { openVault } from './secrets/open-vault.ts';
import { createRedactor } from './secrets/redact.ts';
import { type RotationReport, rotateMasterKey } from './secrets/rotate-master.ts';
import { createVault } from './secrets/vault.ts';
import { ownVersion } from './version.ts';

export { type Config, loadConfig, strayNames } from './config.ts';
export { type Log, silentLog } from './log.ts';

/** The log of a command or server: to stderr, no secret of the settings in it; readable lines on a terminal. */
export function createStderrLog(config: Config): Log {
  const redactor = createRedactor();
  const { masterKey, providers } = config;
  const keys = [providers.anthropic?.apiKey, providers.openai?.apiKey, providers.google?.apiKey];
  for (const secret of [
    masterKey,
    ...keys,
    providers.openaiCompatible?.apiKey,
    config.provider?.clientSecret,
  ])
    if (secret) redactor.add(secret);
  return createLog({
    level: config.logLevel,
    redact: redactor.redact,
    write: (line) => process.stderr.write(line),
    pretty: process.stderr.isTTY,
  });
}

/** Starts everything (`main.ts`). The database gets ready while the rest is loaded. */
export async function startPurser(config: Config, log: Log): Promise<Purser> {
  const { dataDir, databaseUrl } = config;
  const opened = openDatabase({ dataDir, databaseUrl, log, asWriter: true });
  // Reported where it is awaited.
  opened.catch(() => undefined);
  const { startPurser: start } = await import('./main.ts');
  return start(config, { log, opened });
}

/** The database, beside a running server or alone; `close` it. */
export function openLocalDatabase(config: Config, log: Log): Promise<Database> {
  return connectExisting({ dataDir: config.dataDir, databaseUrl: config.databaseUrl, log });
}

async function withDatabase<T>(
  config: Config,
  log: Log,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openLocalDatabase(config, log);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function withAccess<T>(
  config: Config,
  log: Log,
  work: (access: Access, audit: Audit) => Promise<T>,
): Promise<T> {
  return withDatabase(config, log, async (database) => {
    const { vault } = await openVault(database.db, keySource(config));
    const secret = vault.derive('sessions');
    const { createAccess } = await import('./access/access.ts');
    const access = await createAccess({ database, log, secret, publicUrl: config.publicUrl });
    try {
      return await work(access, createAudit(database.db));
    } finally {
      await access.close();
    }
  });
}

const keySource = ({ dataDir, masterKey }: Config) => ({ dataDir, fromSettings: masterKey });

/** Who may use a terminal on this machine is its administrator. */
const terminal = { type: 'system', id: 'terminal', name: 'Terminal' } as const;

/** Makes an API token; it cannot be read again. */
export function createLocalToken(
  config: Config,
  log: Log,
  token: { name: string; role: Role },
): Promise<{ id: string; token: string }> {
  return withAccess(config, log, async (access, audit) => {
    const made = await access.createToken(token);
    await audit.record({
      actor: terminal,
      action: 'token.created',
      subject: made.info.id,
      details: { ...token },
    });
    return { id: made.info.id, token: made.token };
  });
}

/** Replaces the master key, beside running servers or alone. */
export function rotateLocalMasterKey(config: Config, log: Log): Promise<RotationReport> {
  return withDatabase(config, log, ({ db }) =>
    rotateMasterKey(db, keySource(config), (details, trx) =>
      createAudit(db).record({ actor: terminal, action: 'master_key.rotated', subject: null, details }, trx),
    ),
  );
}

export function revokeLocalToken(config: Config, log: Log, id: string): Promise<void> {
  return withAccess(config, log, async (access, audit) => {
    if (await access.revokeToken(id))
      await audit.record({ actor: terminal, action: 'token.revoked', subject: id });
  });
}

/** Checks the chain in the database, and against the anchors of a file: the one given, or the one of the settings. */
export async function verifyAudit(config: Config, log: Log, anchorFile?: string): Promise<Verification> {
  const anchors = await anchorsIn(anchorFile ?? ownAnchors(config));
  return withDatabase(config, log, ({ db }) => createAudit(db).verify(anchors));
}

/** The same for an export's lines, with nothing but them. */
export async function verifyAuditFile(
  lines: AsyncIterable<string>,
  anchorFile?: string,
): Promise<Verification> {
  return verifyEntries(readExport(lines), { isPart: true, anchors: await anchorsIn(anchorFile) });
}

function ownAnchors({ auditAnchor }: Config): string | undefined {
  return auditAnchor && 'file' in auditAnchor && existsSync(auditAnchor.file) ? auditAnchor.file : undefined;
}

const anchorsIn = async (file: string | undefined): Promise<Anchor[]> => (file ? readAnchors(file) : []);

/** Gives all entries, oldest first, to `write`, once: as JSON lines or CSV. */
export function exportAudit(
  config: Config,
  log: Log,
  options: { format: ExportFormat; write(lines: AsyncGenerator<string>): Promise<void> },
): Promise<void> {
  return withDatabase(config, log, async ({ db }) =>
    options.write(exportLines(createAudit(db).export(), options.format)),
  );
}

/**
 * Writes a backup; the server may run. The master key is not in it: `keyFile` names a new file for it.
 * @param write gets the text of the backup, once
 */
export function createBackup(
  config: Config,
  log: Log,
  options: { write(text: AsyncGenerator<Buffer>): Promise<void>; keyFile?: string | undefined },
): Promise<BackupHeader> {
  return withDatabase(config, log, async (database) => {
    const { dataDir } = config;
    if (options.keyFile) {
      const key = await findMasterKey({ dataDir, fromSettings: config.masterKey });
      if (!key) throw new Error('There is no master key yet.');
      await writeMasterKey(options.keyFile, key);
    }
    await createAudit(database.db).record({ actor: terminal, action: 'backup.made' });
    return backUp({ database, dataDir, version: await ownVersion() }, options.write);
  });
}

/** What a restore did. */
export interface Restored {
  readonly about: BackupHeader;
  readonly audit: Verification;
  /** Whether the key that opens the stored credentials is in its place. */
  readonly hasMasterKey: boolean;
}

/** Puts a backup in the place of what is there, brings it to this version and checks its audit chain. */
export async function restoreBackup(
  config: Config,
  log: Log,
  options: { text: AsyncIterable<Buffer>; overwrite: boolean; keyFile?: string | undefined },
): Promise<Restored> {
  const { dataDir, databaseUrl } = config;
  const { text, overwrite, keyFile } = options;
  const given = keyFile ? parseMasterKey(await readFile(keyFile, 'utf8'), keyFile) : null;
  if (given && config.masterKey && !parseMasterKey(config.masterKey, 'PURSER_MASTER_KEY').equals(given))
    throw new RestoreRefused('PURSER_MASTER_KEY is another key than the one in --master-key. Unset it.');
  const masterKey = given ?? (await findMasterKey({ dataDir, fromSettings: config.masterKey }));
  const masterKeyId = masterKey ? createVault({ masterKey }).keyId : null;
  const database = await openDatabase({ dataDir, databaseUrl, log });
  let about: BackupHeader;
  try {
    about = await restore(text, { database, dataDir, masterKeyId, overwrite });
  } finally {
    await database.close();
  }
  if (given && !config.masterKey) await placeMasterKey(dataDir, given);
  // Opened anew: a backup of an older version is brought to this one.
  return withDatabase(config, log, async ({ db }) => {
    const audit = createAudit(db);
    const verdict = await audit.verify();
    const { madeAt } = about;
    await audit.record({ actor: terminal, action: 'backup.restored', details: { madeAt } });
    return { about, audit: verdict, hasMasterKey: masterKey !== null || about.masterKeyId === null };
  });
}

/** What `doctor` wants to know of the database. */
export interface DatabaseReport {
  readonly kind: Database['kind'];
  readonly serverVersion: string;
  /** Null where none was ever used. */
  readonly masterKeyMatches: boolean | null;
  /** Requests are served with a role that cannot change the audit record. */
  readonly auditIsGuarded: boolean;
  /** How far this machine's clock is ahead of the database's, in milliseconds. */
  readonly skewMs: number;
  readonly lastBackupAt: Date | null;
  readonly failedEvents: number;
  readonly unknownOperations: number;
  readonly webhooks: readonly { connection: string; why: string; count: number }[];
  readonly connections: readonly {
    name: string;
    mode: string;
    status: string;
    problem: string | null;
    checkedAt: Date;
    keyKind: string;
    keyAddedAt: Date;
  }[];
}

interface ServerFacts {
  readonly version: string;
  readonly now: Date;
  readonly guarded: boolean;
  readonly backup: Date | null;
  readonly events: string;
  readonly operations: string;
}

/** The newest of what was refused within a week. */
const refused = `
  select c.name as connection, w.refused_why as why, w.refused_count as count
  from webhooks w join connections c on c.id = w.connection_id
  where c.deleted_at is null and w.refused_at > now() - interval '7 days'`;

const serverFacts = `
  select current_setting('server_version') as version, clock_timestamp() as now,
    exists (select from pg_roles where rolname = 'purser_writer' and pg_has_role(current_user, oid, 'member')) as guarded,
    (select max(at) from audit where action = 'backup.made') as backup,
    (select count(*)::text from events where state = 'failed') as events,
    (select count(*)::text from operations where state = 'unknown') as operations`;

export function inspectDatabase(config: Config, log: Log): Promise<DatabaseReport> {
  return withDatabase(config, log, async ({ db, pool, kind }) => {
    const asked = await pool.query<ServerFacts>(serverFacts);
    const [facts] = asked.rows;
    const webhooks = await pool.query<DatabaseReport['webhooks'][number]>(refused);
    const connections = await db
      .selectFrom('connections')
      .select(['name', 'mode', 'status', 'problem', 'checked_at as checkedAt'])
      .select(['key_kind as keyKind', 'key_added_at as keyAddedAt'])
      .where('deleted_at', 'is', null)
      .orderBy('created_at')
      .execute();
    const keyId = await db
      .selectFrom('settings')
      .select('value')
      .where('key', '=', 'master_key.id')
      .executeTakeFirst();
    const masterKey = await findMasterKey({ dataDir: config.dataDir, fromSettings: config.masterKey });
    return {
      ...{ kind, connections, webhooks: webhooks.rows },
      serverVersion: facts?.version ?? '',
      masterKeyMatches: keyId ? masterKey !== null && keyId.value === createVault({ masterKey }).keyId : null,
      // The embedded cluster makes the role at its next start.
      auditIsGuarded: kind === 'embedded' || (facts?.guarded ?? false),
      skewMs: Date.now() - (facts?.now.getTime() ?? Date.now()),
      lastBackupAt: facts?.backup ?? null,
      failedEvents: Number(facts?.events ?? 0),
      unknownOperations: Number(facts?.operations ?? 0),
    };
  });
}
