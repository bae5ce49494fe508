import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VaultError } from './vault.ts';

const keyBytes = 32;
const base64 = /^[A-Za-z0-9+/_-]{43}=?$/;

/** 32 bytes from base64 or base64url. @throws VaultError naming where the text came from */
export function parseMasterKey(text: string, source: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  if (base64.test(trimmed) && key.length === keyBytes) return key;
  throw new VaultError(`${source} must hold 32 bytes in base64, as "openssl rand -base64 32" prints them.`);
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

/**
 * The key that encrypts credentials: `fromSettings` (PURSER_MASTER_KEY) or `dataDir/master.key`, which is created with
 * mode 0600 the first time. @throws VaultError when what is there is no key
 */
export async function loadMasterKey(options: {
  dataDir: string;
  fromSettings?: string | undefined;
}): Promise<Buffer> {
  const { dataDir, fromSettings } = options;
  if (fromSettings !== undefined) return parseMasterKey(fromSettings, 'PURSER_MASTER_KEY');
  const file = keyFile(dataDir);
  await mkdir(dataDir, { recursive: true });
  await writeMasterKey(file, randomBytes(keyBytes)).catch((error: unknown) => {
    if (!isCode(error, 'EEXIST')) throw error;
  });
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600);
  return parseMasterKey(await readFile(file, 'utf8'), file);
}

const keyFile = (dataDir: string): string => join(dataDir, 'master.key');

/** The master key that is in force, null where none was made yet. @throws VaultError when what is there is no key */
export async function findMasterKey(options: {
  dataDir: string;
  fromSettings?: string | undefined;
}): Promise<Buffer | null> {
  const isThere =
    options.fromSettings !== undefined ||
    (await stat(keyFile(options.dataDir)).catch((error: unknown) => {
      if (!isCode(error, 'ENOENT')) throw error;
    })) !== undefined;
  return isThere ? loadMasterKey(options) : null;
}

/** Writes a key to a new file that only its owner may read. @throws when the file exists */
export async function writeMasterKey(file: string, key: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(`${key.toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Puts a key into a data folder; another one that was there is kept beside it. */
export async function placeMasterKey(dataDir: string, key: Buffer): Promise<void> {
  const file = keyFile(dataDir);
  const old = await readFile(file, 'utf8').catch(() => null);
  if (old !== null && parseMasterKey(old, file).equals(key)) return;
  if (old !== null) await rename(file, `${file}.replaced-${Date.now()}`);
  await writeMasterKey(file, key);
}

/** The file that holds a new master key until everything is wrapped with it. */
export const nextKeyFile = (dataDir: string): string => join(dataDir, 'master.key.next');

/** Makes the next master key, durably, or finds the one that was made before a crash. */
export async function makeNextKey(dataDir: string): Promise<Buffer> {
  await mkdir(dataDir, { recursive: true });
  await writeMasterKey(nextKeyFile(dataDir), randomBytes(keyBytes)).catch((error: unknown) => {
    if (!isCode(error, 'EEXIST')) throw error;
  });
  const key = await readNextKey(dataDir);
  if (!key) throw new VaultError(`${nextKeyFile(dataDir)} cannot be read.`);
  return key;
}

/** null where no rotation was begun here. */
export async function readNextKey(dataDir: string): Promise<Buffer | null> {
  const file = nextKeyFile(dataDir);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  });
  return text === null ? null : parseMasterKey(text, file);
}

/** The next key is the key: in one step, so that there is always one. */
export async function promoteNextKey(dataDir: string): Promise<void> {
  await rename(nextKeyFile(dataDir), keyFile(dataDir));
  const folder = await open(dataDir, 'r');
  try {
    // Not every system lets a folder be synced; the rename itself is whole either way.
    await folder.sync().catch(() => undefined);
  } finally {
    await folder.close();
  }
}

export async function dropNextKey(dataDir: string): Promise<void> {
  await rm(nextKeyFile(dataDir), { force: true });
}
