import pg from 'pg';
import type { Log } from '../log.ts';

export type { Pool } from 'pg';

const connectMs = 10_000;
const idleMs = 30_000;

/** A pool that survives a database that goes away: broken connections are logged and replaced. */
export function createPool(options: { url: string; log: Log; max: number; searchPath?: string }): pg.Pool {
  const { url, log, max, searchPath } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: connectMs,
    idleTimeoutMillis: idleMs,
    keepAlive: true,
    application_name: 'purser',
    options: searchPath === undefined ? undefined : `-c search_path=${searchPath}`,
  });
  pool.on('error', (error) => log.warn({ reason: error.message }, 'A connection to the database broke'));
  // One that breaks while it is lent out tells nobody else, and an error that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
