/** What the machine says: folders, files, disk, ports. */
import { access, constants, mkdir, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '@purser/server/local';
import { isPortFree } from '../ports.ts';
import { findServer } from '../server-file.ts';
import { type Finding, reason } from './finding.ts';

export async function checkDataDir({ dataDir }: Config): Promise<Finding> {
  const what = 'Data folder';
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    await access(dataDir, constants.W_OK);
    return { what, state: 'ok', says: dataDir };
  } catch (error) {
    const fix = 'Make it writable, or set PURSER_DATA_DIR to a folder that is.';
    return { what, state: 'bad', says: `${dataDir} cannot be written: ${reason(error)}`, fix };
  }
}

const scarceBytes = 1_000_000_000;
const tooFewBytes = 100_000_000;

/** @param freeBytes of the disk, where it is known already */
export async function checkDisk({ dataDir }: Config, freeBytes?: number): Promise<Finding> {
  const what = 'Disk';
  const free =
    freeBytes ??
    (await statfs(dataDir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ));
  if (free === null) return { what, state: 'warn', says: 'nobody can say how much is free' };
  const says = `${(free / 1e9).toFixed(1)} GB free at ${dataDir}`;
  const fix = 'Make room, or set PURSER_DATA_DIR to a larger disk: a full one stops everything.';
  if (free < tooFewBytes) return { what, state: 'bad', says, fix };
  return free < scarceBytes ? { what, state: 'warn', says, fix } : { what, state: 'ok', says };
}

/** Files with secrets that others on this machine can read. */
export async function checkSecretFiles({ dataDir }: Config, folder: string): Promise<Finding[]> {
  const files = ['master.key', 'master.key.next', 'postgres-password']
    .map((name) => join(dataDir, name))
    .concat(join(folder, '.env'));
  const found = await Promise.all(
    files.map(async (file): Promise<Finding[]> => {
      const facts = await stat(file).catch(() => null);
      if (!facts || process.platform === 'win32' || (facts.mode & 0o077) === 0) return [];
      const says = `${file} can be read by others on this machine`;
      return [{ what: 'Secrets', state: 'warn', says, fix: `chmod 600 ${file}` }];
    }),
  );
  return found.flat();
}

const textOf = (file: string): Promise<string | null> =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );

/** @param matches whether it is the one that the database was used with; null where none was */
export async function checkMasterKey(config: Config, matches: boolean | null): Promise<Finding> {
  const what = 'Master key';
  const nextFile = join(config.dataDir, 'master.key.next');
  const next = await textOf(nextFile);
  if (next !== null)
    return checkNextKey(config, matches, { file: nextFile, isUsed: next === config.masterKey });
  if (matches === false) {
    const fix = 'Put the old key back: PURSER_MASTER_KEY, or master.key in the data folder.';
    const says = 'it is not the one that the stored credentials were encrypted with';
    return { what, state: 'bad', says, fix };
  }
  const file = join(config.dataDir, 'master.key');
  const inFile = await textOf(file);
  if (config.masterKey && inFile !== null && inFile !== config.masterKey) {
    const fix = `Remove ${file} once nothing else uses it, so that nobody takes it for the key.`;
    return {
      what,
      state: 'warn',
      says: 'PURSER_MASTER_KEY is used, and another key lies in the data folder',
      fix,
    };
  }
  if (config.masterKey) return { what, state: 'ok', says: 'from PURSER_MASTER_KEY' };
  if (inFile === null) return { what, state: 'ok', says: 'will be created at the first start' };
  const fix =
    'Keep a copy elsewhere (purser backup … --master-key FILE): without it, stored credentials are lost.';
  return { what, state: 'ok', says: file, fix };
}

/** A new master key that `purser keys rotate-master` made: unfinished, finished but not in the setting, or in it. */
function checkNextKey(
  { masterKey }: Config,
  matches: boolean | null,
  { file, isUsed }: { file: string; isUsed: boolean },
): Finding {
  const what = 'Master key';
  if (isUsed && matches !== false)
    return {
      what,
      state: 'warn',
      says: `the new one is in use, and a copy lies in ${file}`,
      fix: `Delete ${file}.`,
    };
  if (masterKey && matches === false) {
    const fix = `Put what is in ${file} into PURSER_MASTER_KEY everywhere, start, then delete the file.`;
    return { what, state: 'bad', says: 'it was replaced: PURSER_MASTER_KEY is still the old one', fix };
  }
  const fix = masterKey
    ? `Run purser keys rotate-master again; once it is done, put what is in ${file} into PURSER_MASTER_KEY before the next start.`
    : 'Run purser keys rotate-master again: it goes on where it was.';
  return { what, state: 'warn', says: 'a rotation was begun and has not ended', fix };
}

export async function checkServer(config: Config): Promise<Finding> {
  const what = 'Server';
  const running = await findServer(config.dataDir);
  if (running) return { what, state: 'ok', says: `running at ${running.url} (process ${running.pid})` };
  if (await isPortFree(config.port, config.host)) {
    const says = `not running; port ${config.port} is free`;
    return { what, state: 'ok', says, fix: 'npm start starts it.' };
  }
  const fix = 'Stop that program, or set PURSER_PORT.';
  return { what, state: 'bad', says: `not running, and another program has port ${config.port}`, fix };
}

export async function checkAnchor({ auditAnchor }: Config): Promise<Finding[]> {
  const what = 'Audit anchor';
  if (!auditAnchor) return [{ what, state: 'off', says: 'set PURSER_AUDIT_ANCHOR (docs/audit.md)' }];
  if ('url' in auditAnchor) return [{ what, state: 'ok', says: new URL(auditAnchor.url).host }];
  const { file } = auditAnchor;
  const target = (await stat(file).catch(() => null)) ? file : dirname(file);
  const problem = await access(target, constants.W_OK).then(() => null, reason);
  if (problem === null) return [{ what, state: 'ok', says: file }];
  const fix = 'Make the folder, writable for Purser, or change PURSER_AUDIT_ANCHOR.';
  return [{ what, state: 'bad', says: `${file} cannot be written: ${problem}`, fix }];
}
