import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from '../log.ts';
import { type Cluster, clusterDir, clusterPassword, clusterRole, openCluster } from './cluster.ts';
import { isAlive, readPostmaster, stopPostmaster } from './postmaster.ts';

/** A running embedded Postgres. */
export interface Embedded {
  readonly url: string;
  /** Process id of the postmaster. */
  readonly pid: number;
  /** Waits for other clients to leave, at most `clientsMs` (2000 unless told). */
  stop(clientsMs?: number): Promise<void>;
}

/** Another live Purser has this data folder. */
export class DataDirInUse extends Error {
  constructor(dataDir: string) {
    super(`Another Purser is using ${dataDir}. Stop it first, or set PURSER_DATA_DIR to another folder.`);
    this.name = 'DataDirInUse';
  }
}

const databaseName = 'purser';
/** The session that runs a cluster holds this lock; a cluster without it was left behind by a killed Purser. */
const ownerLock = 7_305_000;
const startAttempts = 40;
const retryMs = 250;
const readyMs = 120_000;
const ownerLeavesMs = 5_000;

/** Small and quiet: no sockets, no replication, few processes, nothing of a row's contents in the log. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '80',
  shared_buffers: '48MB',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '256MB',
  jit: 'off',
  log_checkpoints: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  cluster_name: 'purser',
} as const;

/** For tests: loses data when the machine loses power, which no test does. */
const volatileSettings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } as const;

const urlFor = (password: string, port: number, database: string): string =>
  `postgres://${clusterRole}:${password}@127.0.0.1:${port}/${database}`;

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: `purser ${process.pid}` });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** A connection to the cluster that runs in this folder, null when none does. Waits while it starts or stops. */
async function connectRunning(
  dataDir: string,
): Promise<{ client: pg.Client; pid: number; port: number } | null> {
  const password = await clusterPassword(dataDir);
  if (password === null) return null;
  for (let attempt = 0; attempt < startAttempts; attempt += 1) {
    const postmaster = await readPostmaster(clusterDir(dataDir));
    if (!postmaster) return null;
    try {
      // The password is this cluster's own: whoever accepts it is the cluster.
      const client = await connect(urlFor(password, postmaster.port, 'postgres'));
      return { client, ...postmaster };
    } catch (error) {
      // Nobody there: the file is a stale one that names a process of somebody else.
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED' && attempt > 2)
        return null;
      await sleep(retryMs);
    }
  }
  return null;
}

/** The URL of the cluster that runs in this data folder, null when none does. */
export async function findRunning(dataDir: string): Promise<string | null> {
  const running = await connectRunning(dataDir);
  if (!running) return null;
  const { rowCount } = await running.client.query('select from pg_database where datname = $1', [
    databaseName,
  ]);
  await running.client.end();
  const password = await clusterPassword(dataDir);
  return rowCount === 1 && password !== null ? urlFor(password, running.port, databaseName) : null;
}

/** Stops a cluster whose Purser was killed. @throws DataDirInUse when its Purser lives */
async function stopLeftBehind(dataDir: string, log: Log, leavesMs: number): Promise<void> {
  const running = await connectRunning(dataDir);
  if (!running) return;
  const { client, pid } = running;
  try {
    const until = Date.now() + leavesMs;
    for (;;) {
      const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [
        ownerLock,
      ]);
      if (rows[0]?.free) break;
      if (Date.now() > until) throw new DataDirInUse(dataDir);
      await sleep(retryMs);
    }
  } catch (error) {
    if (error instanceof DataDirInUse) throw error;
    // It shut down under us: nothing is left to stop.
    return;
  } finally {
    await client.end().catch(() => undefined);
  }
  log.info({ pid }, 'Stopping the embedded Postgres that a killed Purser left running');
  await stopPostmaster(pid, 0);
}

async function logTail(cluster: Cluster, from: number): Promise<string> {
  const text = await readFile(cluster.logFile).catch(() => Buffer.alloc(0));
  return text.subarray(from).toString('utf8').slice(-4_000).trim();
}

async function spawnOnce(
  cluster: Cluster,
  port: number,
  isVolatile: boolean,
): Promise<{ pid: number } | { failed: string }> {
  const before = (await readFile(cluster.logFile).catch(() => Buffer.alloc(0))).length;
  const flags = Object.entries({ ...settings, ...(isVolatile ? volatileSettings : {}) });
  const line = cluster.user.command(cluster.postgres, [
    ...['-D', cluster.dir, '-p', String(port)],
    ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const output = openSync(cluster.logFile, 'a', 0o600);
  // In a session of its own: Ctrl-C in a terminal must not stop the database before we are done with it.
  const child = spawn(line.program, line.args, {
    ...cluster.user.ids,
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...process.env, LC_ALL: 'C' },
  });
  closeSync(output);
  let exited: string | undefined;
  child.once('error', (error) => {
    exited = error.message;
  });
  child.once('exit', (code, signal) => {
    exited ??= `ended with ${signal ?? `code ${code}`}`;
  });
  child.unref();
  const until = Date.now() + readyMs;
  while (exited === undefined && Date.now() < until) {
    try {
      await (await connect(urlFor(cluster.password, port, 'postgres'))).end();
      if (child.pid !== undefined && isAlive(child.pid)) return { pid: child.pid };
    } catch {
      await sleep(15);
    }
  }
  if (exited === undefined && child.pid !== undefined) await stopPostmaster(child.pid, 0);
  return { failed: (await logTail(cluster, before)) || exited || 'it did not become ready' };
}

async function startCluster(cluster: Cluster, isVolatile: boolean): Promise<{ pid: number; port: number }> {
  let why = '';
  for (let attempt = 0; attempt < startAttempts; attempt += 1) {
    const port = await freePort();
    const started = await spawnOnce(cluster, port, isVolatile);
    if ('pid' in started) return { pid: started.pid, port };
    why = started.failed;
    const isLocked = why.includes('lock file') || why.includes('pre-existing shared memory');
    if (!isLocked && !why.includes('could not bind') && !why.includes('Address already in use')) break;
    await sleep(retryMs);
  }
  throw new Error(`The embedded Postgres did not start. It says:\n${why}`);
}

/**
 * Starts the embedded Postgres of a data folder on a free port of loopback, creating it the first time and recovering
 * what a killed Purser left. @throws DataDirInUse; otherwise an Error with Postgres's own words
 */
export async function startEmbedded(options: {
  dataDir: string;
  log: Log;
  isVolatile?: boolean;
  /** For so long another Purser may take to go. */
  ownerLeavesMs?: number;
}): Promise<Embedded> {
  const { dataDir, log, isVolatile = false, ownerLeavesMs: leavesMs = ownerLeavesMs } = options;
  await stopLeftBehind(dataDir, log, leavesMs);
  const cluster = await openCluster(dataDir, isVolatile ? ['--no-sync'] : []);
  const { pid, port } = await startCluster(cluster, isVolatile);
  const owner = await connect(urlFor(cluster.password, port, 'postgres'));
  await owner.query('select pg_advisory_lock($1)', [ownerLock]);
  const { rowCount } = await owner.query('select from pg_database where datname = $1', [databaseName]);
  if (rowCount === 0) await owner.query(`create database ${databaseName}`);

  const stopAtExit = () => {
    if (isAlive(pid)) process.kill(pid, 'SIGINT');
  };
  process.once('exit', stopAtExit);
  return {
    url: urlFor(cluster.password, port, databaseName),
    pid,
    async stop(clientsMs) {
      await owner.end().catch(() => undefined);
      await stopPostmaster(pid, clientsMs);
      process.off('exit', stopAtExit);
    },
  };
}
