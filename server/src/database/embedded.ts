import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '../log.ts';
import { clusterDir, clusterPassword, openCluster } from './cluster.ts';
import { connect, startPostgres, urlFor } from './postgres-process.ts';
import { isAlive, readPostmaster, stopPostmaster } from './postmaster.ts';

/** A running embedded Postgres. */
export interface Embedded {
  readonly url: string;
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
const ownerLeavesMs = 5_000;

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

const ownerFile = (dataDir: string): string => join(dataDir, 'postgres-owner');

/** Whether the process that last started the cluster lives; it may not have got to its lock yet. */
async function hasLiveOwner(dataDir: string): Promise<boolean> {
  const pid = Number(await readFile(ownerFile(dataDir), 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 && isAlive(pid);
}

/** Whether nobody owns the cluster, which `client` is connected to. Gives an owner `leavesMs` to come or to go. */
async function isLeftBehind(client: pg.Client, dataDir: string, leavesMs: number): Promise<boolean> {
  const until = Date.now() + leavesMs;
  for (;;) {
    const { rows } = await client.query<{ free: boolean }>('select pg_try_advisory_lock($1) as free', [
      ownerLock,
    ]);
    const isFree = rows[0]?.free ?? false;
    const isLast = Date.now() > until;
    if (isFree && (isLast || !(await hasLiveOwner(dataDir)))) return true;
    if (isFree) await client.query('select pg_advisory_unlock($1)', [ownerLock]);
    if (isLast) return false;
    await sleep(retryMs);
  }
}

/** Stops a cluster whose Purser was killed. @throws DataDirInUse when its Purser lives */
async function stopLeftBehind(dataDir: string, log: Log, leavesMs: number): Promise<void> {
  const running = await connectRunning(dataDir);
  if (!running) return;
  const { client, pid } = running;
  try {
    if (!(await isLeftBehind(client, dataDir, leavesMs))) throw new DataDirInUse(dataDir);
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

/** Takes the owner's lock and makes the database where it is missing. */
async function takeOwnership(url: string): Promise<pg.Client> {
  const owner = await connect(url);
  await owner.query('select pg_advisory_lock($1)', [ownerLock]);
  const { rowCount } = await owner.query('select from pg_database where datname = $1', [databaseName]);
  if (rowCount === 0) await owner.query(`create database ${databaseName}`);
  return owner;
}

/**
 * Starts the embedded Postgres of a data folder on a free port of loopback, creating it the first time and recovering
 * what a killed Purser left. Should Postgres end by itself it is started again, at the same address.
 * @throws DataDirInUse; otherwise an Error with Postgres's own words
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
  await writeFile(ownerFile(dataDir), `${process.pid}\n`, { mode: 0o600 });
  let current = await startPostgres(cluster, { isVolatile }).catch(async (error: unknown) => {
    // Of two that start at the same moment one wins, and the other finds it running.
    throw (await findRunning(dataDir)) ? new DataDirInUse(dataDir) : error;
  });
  const { port } = current;
  const maintenanceUrl = urlFor(cluster.password, port, 'postgres');
  let owner = await takeOwnership(maintenanceUrl);
  let isStopping = false;
  let reviving = Promise.resolve();

  async function revive(how: string): Promise<void> {
    log.error({ how }, 'The embedded Postgres ended by itself; starting it again');
    try {
      current = await startPostgres(cluster, { isVolatile, port });
      owner = await takeOwnership(maintenanceUrl);
      watch();
    } catch (error) {
      log.fatal({ err: error }, 'The embedded Postgres cannot be started again');
    }
  }
  function watch(): void {
    void current.ended.then((how) => {
      if (!isStopping) reviving = revive(how);
    });
  }
  watch();

  const stopAtExit = () => {
    if (isAlive(current.pid)) process.kill(current.pid, 'SIGINT');
  };
  process.once('exit', stopAtExit);
  return {
    url: urlFor(cluster.password, port, databaseName),
    async stop(clientsMs) {
      isStopping = true;
      await reviving;
      await owner.end().catch(() => undefined);
      await stopPostmaster(current.pid, clientsMs);
      await rm(ownerFile(dataDir), { force: true });
      process.off('exit', stopAtExit);
    },
  };
}
