import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How long to wait for a holder to go, since a restart may overlap with an end. */
const patienceMs = 500;
const pauseMs = 50;

/** The folders that this process holds. */
const held = new Set<string>();

/**
 * Keeps all others out of a data folder: two would overwrite each other's journals. A lock whose process is gone (a
 * crash) is taken over. Answers how to let go. Throws when somebody else holds it.
 */
export function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const name = realpathSync(folder);
  if (held.has(name))
    throw new Error(`The sandbox folder ${folder} is in use by another sandbox of this process.`);
  const path = join(name, 'sandbox.lock');
  for (let waitedMs = 0; !claim(path); ) {
    const holder = holderOf(path);
    // A lock that names nobody may be being made: whoever makes it writes their number in the next moment.
    const isLeft = holder === null ? waitedMs >= patienceMs : !isOther(holder);
    if (isLeft) evict(path, holder);
    else if (waitedMs >= patienceMs)
      throw new Error(
        `The sandbox folder ${folder} is in use by process ${holder}. Stop it, choose another folder, or delete ${path} if that process is not a sandbox.`,
      );
    else {
      // A process just killed takes a moment to go.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
      waitedMs += pauseMs;
    }
  }
  held.add(name);
  return () => {
    held.delete(name);
    if (holderOf(path) === process.pid) rmSync(path, { force: true });
  };
}

/** Makes the lock; false when there is one. */
function claim(path: string): boolean {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Removes the lock of a process that is gone; not that of one that removed it first and now has its own there. */
function evict(path: string, gone: number | null): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (holderOf(aside) !== gone) renameSync(aside, path);
  else rmSync(aside, { force: true });
}

function isOther(pid: number): boolean {
  return pid !== process.pid && isAlive(pid);
}

/** The process that a lock names; null for no lock, or one that names none. */
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
    // It lives, but belongs to another user.
    return hasCode(error, 'EPERM');
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

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
