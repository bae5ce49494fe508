import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a running cluster says of itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

/** Reads `postmaster.pid`; null when there is none, or it is half written, or its process is gone. */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | null> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '');
  // Lines: process id, data folder, start time, port, socket folder, listen address, …
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !Number.isInteger(port) || port <= 0) return null;
  return isAlive(pid) ? { pid, port } : null;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** False when the process is still there after `timeoutMs`. */
export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  const until = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > until) return false;
    await sleep(20);
  }
  return true;
}

const clientsLeaveMs = 2_000;
const fastShutdownMs = 15_000;
const immediateShutdownMs = 5_000;

/**
 * Shuts a cluster down: first waiting for its clients to leave, then without them, then at once (the next start
 * recovers from the log, nothing committed is lost). @throws when the process survives all of it
 */
export async function stopPostmaster(pid: number, clientsMs: number = clientsLeaveMs): Promise<void> {
  const orders = [
    { signal: 'SIGTERM', waitMs: clientsMs },
    { signal: 'SIGINT', waitMs: fastShutdownMs },
    { signal: 'SIGQUIT', waitMs: immediateShutdownMs },
  ] as const;
  for (const { signal, waitMs } of orders) {
    if (waitMs === 0) continue;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await waitUntilGone(pid, waitMs)) return;
  }
  throw new Error(`The embedded Postgres (process ${pid}) does not stop.`);
}
