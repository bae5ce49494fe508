import type { Command } from 'commander';
import { findServer, removeServerFile, writeServerFile } from './server-file.ts';
import { untilStopped } from './stopping.ts';

async function start(): Promise<void> {
  const stopped = untilStopped();
  // Loaded when needed, here and in the other commands: wrong usage and help answer at once.
  const { createStderrLog, loadConfig, startPurser } = await import('@purser/server/local');
  const config = loadConfig();
  const running = config.databaseUrl === undefined ? await findServer(config.dataDir) : null;
  if (running && running.pid !== process.pid) {
    throw new Error(
      `Purser is running already, at ${running.url} (process ${running.pid}). Stop it first, or set PURSER_DATA_DIR and PURSER_PORT for a second one.`,
    );
  }
  const purser = await startPurser(config, createStderrLog(config));
  try {
    await writeServerFile(config.dataDir, { url: purser.url, pid: process.pid });
    process.stdout.write(`Purser is ready at ${purser.url}\n`);
    process.stdout.write(`Sign in, once and within a day: ${purser.signInLink}\n`);
    await stopped;
  } finally {
    await purser.close();
    await removeServerFile(config.dataDir, process.pid);
  }
}

export function addStart(program: Command): void {
  program.command('start').description('start everything and print where').action(start);
}
