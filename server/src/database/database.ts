import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import type { Log } from '../log.ts';
import { type Embedded, findRunning, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { createNotifications, type Notifications } from './notifications.ts';
import { createPool, type Pool } from './pool.ts';
import type { Schema } from './schema.ts';
import { prepareWriter, writerRole } from './writer-role.ts';

/** What a query function takes first: the database itself or a transaction in it. */
export type Queries = Kysely<Schema>;
export type { Transaction };

export interface Database {
  readonly pool: Pool;
  readonly db: Kysely<Schema>;
  /** For libraries that bring their own connections. Holds the password: never print it. */
  readonly url: string;
  readonly kind: 'embedded' | 'external';
  /** Runs `work` in one transaction; what it throws rolls everything back. */
  transaction<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T>;
  readonly listen: Notifications['listen'];
  /** Tells every instance; within a transaction only if it commits. At most 7999 bytes of UTF-8. */
  notify(channel: string, payload: string, trx?: Queries): Promise<void>;
  /** Disconnects, and stops the embedded Postgres if it was started here. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly dataDir: string;
  /** An external PostgreSQL 15 or newer instead of the embedded one. */
  readonly databaseUrl?: string | undefined;
  readonly log: Log;
  readonly poolSize?: number;
  /** With a role that cannot change the audit record, where the server lets us make one: for all that serves requests. */
  readonly asWriter?: boolean;
}

const defaultPoolSize = 16;
const oldestServer = 150_000;

/** A database that cannot be used: unreachable, refused, or too old. The message says what to do. */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DatabaseUnavailable';
  }
}

function build(
  url: string,
  kind: Database['kind'],
  options: DatabaseOptions & { role?: string | undefined },
  embedded?: Embedded,
): Database {
  const { log, role } = options;
  const pool = createPool({ url, log, max: options.poolSize ?? defaultPoolSize, role });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const notifications = createNotifications(url, log);
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    await notifications.close();
    await db.destroy();
    // Kysely leaves alone what it never used.
    if (!pool.ended) await pool.end();
    await embedded?.stop();
  }

  return {
    pool,
    db,
    url,
    kind,
    transaction: (work) => db.transaction().execute(work),
    listen: notifications.listen,
    async notify(channel, payload, trx = db) {
      await sql`select pg_notify(${channel}, ${payload})`.execute(trx);
    },
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** Brings the database to this version. @returns the role that serves requests, undefined for our own */
async function bringUp(url: string, { log, asWriter }: DatabaseOptions): Promise<string | undefined> {
  const pool = createPool({ url, log, max: 1 });
  try {
    const client = await pool.connect();
    try {
      const { rows } = await client.query<{ version: number }>(
        `select current_setting('server_version_num')::int as version`,
      );
      if ((rows[0]?.version ?? 0) < oldestServer) {
        throw new DatabaseUnavailable(
          'DATABASE_URL names a PostgreSQL older than 15. Purser needs 15 or newer.',
        );
      }
      const ran = await migrate(client);
      if (ran.length > 0) log.info({ migrations: ran }, 'The database was brought to this version');
      return asWriter && (await prepareWriter(client, log)) ? writerRole : undefined;
    } finally {
      client.release();
    }
  } finally {
    await pool.end();
  }
}

/** Says what is wrong with an external database without naming its password. */
function explain(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || (error.name !== 'Error' && error.name !== 'AggregateError')) return error;
  const code = 'code' in error ? String(error.code) : '';
  const { host, pathname } = new URL(url);
  const what = error.message || code;
  return new DatabaseUnavailable(
    `The database ${pathname.slice(1)} at ${host} cannot be used: ${what}. Check DATABASE_URL, or unset it for the embedded one.`,
    { cause: error },
  );
}

/**
 * Opens the database and brings it to this version: the embedded Postgres of the data folder, or `databaseUrl`.
 * @throws DatabaseUnavailable, MigrationError, DataDirInUse
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { databaseUrl, dataDir, log } = options;
  const embedded = databaseUrl === undefined ? await startEmbedded({ dataDir, log }) : undefined;
  const url = embedded?.url ?? databaseUrl ?? '';
  try {
    const role = await bringUp(url, options);
    return build(url, embedded ? 'embedded' : 'external', { ...options, role }, embedded);
  } catch (error) {
    await embedded?.stop();
    throw embedded ? error : explain(error, url);
  }
}

/**
 * For commands beside a running server: uses its embedded Postgres where one runs, and otherwise starts it for the time
 * of the command.
 */
export async function connectExisting(options: DatabaseOptions): Promise<Database> {
  if (options.databaseUrl === undefined) {
    const url = await findRunning(options.dataDir);
    if (url !== null) return build(url, 'embedded', { poolSize: 3, ...options });
  }
  return openDatabase({ poolSize: 3, ...options });
}
