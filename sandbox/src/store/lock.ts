import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps a second process out of a data folder: two would overwrite each other's journals. A lock whose process is gone
 * (a crash) is taken over. Answers how to let go. Throws when another process holds it.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'sandbox.lock');
  let holder = otherHolder(path);
  // A process just killed takes a moment to go.
  for (let waitedMs = 0; holder !== null && waitedMs < patienceMs; waitedMs += 50) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    holder = otherHolder(path);
  }
  if (holder !== null) {
    throw new Error(
      `The sandbox folder ${folder} is in use by process ${holder}. Stop it, choose another folder, or delete ${path} if that process is not a sandbox.`,
    );
  }
  writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
  return () => {
    if (holderOf(path) === process.pid) rmSync(path, { force: true });
  };
}

/** How long to wait for a holder to go, since a restart may overlap with an end. */
const patienceMs = 500;

function otherHolder(path: string): number | null {
  const holder = holderOf(path);
  return holder !== null && holder !== process.pid && isAlive(holder) ? holder : null;
}

function holderOf(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** On Linux a killed process whose parent has not looked yet still answers signals. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
