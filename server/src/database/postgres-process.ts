import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Cluster, clusterRole } from './cluster.ts';
import { stopPostmaster } from './postmaster.ts';

/** A Postgres that accepts connections. */
export interface PostgresProcess {
  readonly pid: number;
  readonly port: number;
  /** Resolves when it ends, for whatever reason, with a word on how. */
  readonly ended: Promise<string>;
}

const startAttempts = 40;
const retryMs = 250;
const pollMs = 15;
const readyMs = 120_000;
const largestLogBytes = 5_000_000;

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

/** Holds the password: never print it. */
export const urlFor = (password: string, port: number, database: string): string =>
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

export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: `purser ${process.pid}` });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function logSize(cluster: Cluster): Promise<number> {
  return stat(cluster.logFile).then(
    ({ size }) => size,
    () => 0,
  );
}

/** What Postgres wrote since the log had `from` bytes; at most 4000 characters. */
async function logSince(cluster: Cluster, from: number): Promise<string> {
  const text = await readFile(cluster.logFile).catch(() => Buffer.alloc(0));
  return text.subarray(from).toString('utf8').slice(-4_000).trim();
}

function launch(
  cluster: Cluster,
  port: number,
  isVolatile: boolean,
): { pid: number | undefined; ended: Promise<string> } {
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
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `code ${code}`}`));
  });
  child.unref();
  return { pid: child.pid, ended };
}

async function startOnce(
  cluster: Cluster,
  port: number,
  isVolatile: boolean,
): Promise<PostgresProcess | { failed: string }> {
  const before = await logSize(cluster);
  const { pid, ended } = launch(cluster, port, isVolatile);
  let how: string | undefined;
  void ended.then((word) => {
    how = word;
  });
  const until = Date.now() + readyMs;
  while (how === undefined && Date.now() < until) {
    try {
      await (await connect(urlFor(cluster.password, port, 'postgres'))).end();
      if (how === undefined && pid !== undefined) return { pid, port, ended };
    } catch {
      await sleep(pollMs);
    }
  }
  if (how === undefined && pid !== undefined) await stopPostmaster(pid, 0);
  return { failed: (await logSince(cluster, before)) || how || 'it did not become ready' };
}

/**
 * Starts Postgres on `port`, or on a free one. Waits for a lock of its predecessor, and tries again where another program
 * was faster to take the port. @throws with Postgres's own words
 */
export async function startPostgres(
  cluster: Cluster,
  options: { isVolatile: boolean; port?: number },
): Promise<PostgresProcess> {
  if ((await logSize(cluster)) > largestLogBytes) await rm(cluster.logFile);
  let why = '';
  for (let attempt = 0; attempt < startAttempts; attempt += 1) {
    const started = await startOnce(cluster, options.port ?? (await freePort()), options.isVolatile);
    if ('pid' in started) return started;
    why = started.failed;
    const isLocked = why.includes('lock file') || why.includes('pre-existing shared memory');
    if (!isLocked && !why.includes('could not bind') && !why.includes('Address already in use')) break;
    await sleep(retryMs);
  }
  throw new Error(`The embedded Postgres did not start. It says:\n${why}`);
}
