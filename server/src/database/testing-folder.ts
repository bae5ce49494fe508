import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const enoughBytes = 4 * 2 ** 30;

/** Memory that is a file system, where the machine has plenty of it. */
function inMemory(): string | null {
  if (!existsSync(memory) || !existsSync('/proc/mounts')) return null;
  const isTmpfs = readFileSync('/proc/mounts', 'utf8').includes(` ${memory} tmpfs `);
  const { bavail, bsize } = statfsSync(memory);
  return isTmpfs && bavail * bsize > enoughBytes ? memory : null;
}

/**
 * A new folder for a test's databases, which whoever asked deletes. In memory where that is possible: hundreds of
 * databases of seven hundred files each come and go, and a disk's file system takes most of a test's time for it.
 */
export function testFolder(): Promise<string> {
  return mkdtemp(join(inMemory() ?? tmpdir(), 'purser-test-'));
}
