import pg from 'pg';
import type { Log } from '../log.ts';

export type { Pool, PoolClient } from 'pg';

const connectMs = 10_000;
const idleMs = 30_000;

/** A pool that survives a database that goes away: broken connections are logged and replaced. */
export function createPool(options: {
  url: string;
  log: Log;
  max: number;
  searchPath?: string;
  /** Whose rights its connections have. */
  role?: string | undefined;
}): pg.Pool {
  const { url, log, max, searchPath, role } = options;
  const settings = { search_path: searchPath, role };
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: idleMs,
    keepAlive: true,
    application_name: 'purser',
    options:
      Object.entries(settings)
        .flatMap(([name, value]) => (value === undefined ? [] : [`-c ${name}=${value}`]))
        .join(' ') || undefined,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'A connection to the database broke'));
  // One that breaks while it is lent out tells nobody else, and an error that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
