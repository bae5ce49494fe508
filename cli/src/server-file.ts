import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How other commands find the server of a data folder. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
}

const fileIn = (dataDir: string): string => join(dataDir, 'server.json');

export async function writeServerFile(dataDir: string, server: RunningServer): Promise<void> {
  await writeFile(fileIn(dataDir), `${JSON.stringify(server)}\n`, { mode: 0o600 });
}

/** Leaves alone a file that another server wrote meanwhile. */
export async function removeServerFile(dataDir: string, pid: number): Promise<void> {
  const server = await readServerFile(dataDir);
  if (server?.pid === pid) await rm(fileIn(dataDir), { force: true });
}

async function readServerFile(dataDir: string): Promise<RunningServer | null> {
  try {
    const parsed: unknown = JSON.parse(await readFile(fileIn(dataDir), 'utf8'));
    if (typeof parsed !== 'object' || parsed === null || !('url' in parsed) || !('pid' in parsed))
      return null;
    return { url: String(parsed.url), pid: Number(parsed.pid) };
  } catch {
    return null;
  }
}

const healthMs = 2_000;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The server of this data folder if it answers, null otherwise: a file can outlive a killed server. */
export async function findServer(dataDir: string): Promise<RunningServer | null> {
  const server = await readServerFile(dataDir);
  if (!server || !isAlive(server.pid)) return null;
  try {
    const answer = await fetch(new URL('/healthz', server.url), { signal: AbortSignal.timeout(healthMs) });
    return answer.ok ? server : null;
  } catch {
    return null;
  }
}
