import { createReadStream, createWriteStream } from 'node:fs';
import { link, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { Command } from 'commander';
import { findServer } from './server-file.ts';

/** A file under a name that nothing has yet; it has that name only once it is whole and on disk. */
async function writeNew(file: string, text: AsyncIterable<Buffer>): Promise<void> {
  const half = `${file}.half-${process.pid}`;
  try {
    await pipeline(
      Readable.from(text),
      createGzip(),
      createWriteStream(half, { mode: 0o600, flags: 'wx', flush: true }),
    );
    await link(half, file);
  } finally {
    await rm(half, { force: true });
  }
}

const standardOutput = '-';

function explain(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EEXIST') return new Error(`${file} exists already; a backup replaces nothing.`);
  if (code === 'ENOSPC') return new Error('The disk is full. No backup was left behind.');
  return error;
}

async function backup(file: string, { masterKey }: { masterKey?: string }): Promise<void> {
  const { createBackup, createStderrLog, loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  const write = (text: AsyncIterable<Buffer>): Promise<void> =>
    file === standardOutput
      ? pipeline(Readable.from(text), createGzip(), process.stdout)
      : writeNew(resolve(file), text);
  const about = await createBackup(config, createStderrLog(config), { write, keyFile: masterKey }).catch(
    (error: unknown) => {
      throw explain(error, file);
    },
  );
  const key = masterKey ? `its master key in ${masterKey}` : 'without the master key';
  process.stderr.write(`Backed up as of ${about.madeAt}, ${key}.\n`);
}

interface RestoreFlags {
  readonly overwrite?: boolean;
  readonly masterKey?: string;
}

async function restore(file: string, { overwrite = false, masterKey }: RestoreFlags): Promise<void> {
  const { createStderrLog, loadConfig, restoreBackup } = await import('@purser/server/local');
  const config = loadConfig();
  const running = await findServer(config.dataDir);
  if (running)
    throw new Error(`Purser is running at ${running.url} (process ${running.pid}). Stop it first.`);
  const zipped = file === standardOutput ? process.stdin : createReadStream(file);
  const text = createGunzip();
  // An error of the file ends the unzipped text, too, where it is read.
  const unzipping = pipeline(zipped, text).catch(() => undefined);
  const done = await restoreBackup(config, createStderrLog(config), { text, overwrite, keyFile: masterKey });
  await unzipping;
  process.stdout.write(`Restored what was there at ${done.about.madeAt} (Purser ${done.about.purser}).\n`);
  if (!done.hasMasterKey)
    process.stdout.write(
      'The master key is not here: put it into PURSER_MASTER_KEY or master.key of the data folder before you start Purser.\n',
    );
  if (done.audit.ok) process.stdout.write(`The audit chain is intact: ${done.audit.entries} entries.\n`);
  else {
    process.stdout.write(`The audit chain is broken at entry ${done.audit.seq}: ${done.audit.why}.\n`);
    process.exitCode = 1;
  }
}

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('write everything but the master key to one file; works while the server runs')
    .argument('<file>', 'a new file, or - for standard output')
    .option('--master-key <file>', 'write the master key to this new file; keep it somewhere else')
    .action(backup);
  program
    .command('restore')
    .description('put a backup in the place of an empty Purser')
    .argument('<file>', 'a backup, or - for standard input')
    .option('--master-key <file>', 'the key that the backup was made with')
    .option('--overwrite', 'replace what is there')
    .action(restore);
}
