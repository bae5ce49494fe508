import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BackupDamaged, type BackupFile } from './backup-file.ts';

export const sandboxFolder = (dataDir: string): string => join(dataDir, 'sandbox');

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

/** Whether the sandbox of a data folder holds anything. */
export async function hasSandbox(dataDir: string): Promise<boolean> {
  return (await namesIn(sandboxFolder(dataDir))).some((name) => name.endsWith('.journal'));
}

/** What a file holds now: it stays what it is once opened, also when another takes its name. Null when it is gone or empty. */
async function contentOf(path: string): Promise<AsyncIterable<Buffer> | null> {
  const file = await open(path).catch(() => null);
  if (!file) return null;
  const { size } = await file.stat();
  if (size > 0) return file.createReadStream({ end: size - 1 });
  await file.close();
  return null;
}

/**
 * The sandbox's files while it may go on writing. A journal only grows, or is replaced whole by another. Bytes of uploaded
 * files are on disk before their journal names them, so they come after it.
 */
export async function* readSandbox(dataDir: string): AsyncGenerator<BackupFile> {
  const folder = sandboxFolder(dataDir);
  const names = (await namesIn(folder)).sort();
  const journals = names.filter((name) => name.endsWith('.journal'));
  for (const name of journals) {
    const bytes = await contentOf(join(folder, name));
    if (bytes) yield { kind: 'file', name, bytes };
  }
  for (const name of names.filter((each) => each.endsWith('.files'))) {
    for (const blob of (await namesIn(join(folder, name))).filter((each) => /^\w+$/.test(each))) {
      const bytes = await contentOf(join(folder, name, blob));
      if (bytes) yield { kind: 'file', name: `${name}/${blob}`, bytes };
    }
  }
}

const safeName = /^acct_\w+(?:\.live)?(?:\.journal|\.files\/\w+)$/;

/** Takes in a backup's files beside the sandbox's folder, which is replaced only by `keep`. */
export interface SandboxRestore {
  /** @throws BackupDamaged for a name that would lead elsewhere */
  add(file: BackupFile): Promise<void>;
  keep(): Promise<void>;
  drop(): Promise<void>;
}

export function restoreSandbox(dataDir: string): SandboxRestore {
  const fresh = join(dataDir, `sandbox-restored-${process.pid}`);
  const old = join(dataDir, `sandbox-replaced-${process.pid}`);
  const folder = sandboxFolder(dataDir);
  return {
    async add({ name, bytes }) {
      if (!safeName.test(name)) throw new BackupDamaged(`it has a file "${name}"`);
      const path = join(fresh, name);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await pipeline(bytes, createWriteStream(path, { mode: 0o600, flush: true }));
    },
    async keep() {
      await mkdir(fresh, { recursive: true, mode: 0o700 });
      await rename(folder, old).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      });
      await rename(fresh, folder);
      await rm(old, { recursive: true, force: true });
    },
    drop: () => rm(fresh, { recursive: true, force: true }),
  };
}
