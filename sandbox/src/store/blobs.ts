import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the bytes of an account's files are kept, apart from its journal. Names are letters, digits and underscores. */
export interface Blobs {
  /** Keeps bytes under a name that is new; they are on disk when this returns. Throws what the disk refused with. */
  put(name: string, bytes: Uint8Array): void;
  get(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

/** Keeps bytes as long as the process lives. */
export function memoryBlobs(): Blobs {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    put: (name, bytes) => kept.set(name, new Uint8Array(bytes)),
    get: async (name) => kept.get(name),
    clear: async () => kept.clear(),
  };
}

/** Keeps each blob as a file of a folder, which is made when the first is put. */
export function folderBlobs(folder: string): Blobs {
  const pathOf = (name: string) => {
    if (!/^\w{1,100}$/.test(name)) throw new Error(`${name} is no name for a blob`);
    return join(folder, name);
  };
  return {
    put(name, bytes) {
      mkdirSync(folder, { recursive: true });
      // Renamed when whole, so that a crash leaves no half of it under its name.
      const temporary = `${pathOf(name)}.new`;
      const file = openSync(temporary, 'w', 0o600);
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, pathOf(name));
      syncFolder(folder);
    },
    async get(name) {
      return existsSync(pathOf(name)) ? new Uint8Array(await readFile(pathOf(name))) : undefined;
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
