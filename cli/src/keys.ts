import type { Command } from 'commander';

async function rotateMaster(): Promise<void> {
  const { createStderrLog, loadConfig, rotateLocalMasterKey } = await import('@purser/server/local');
  const config = loadConfig();
  const { keyId, rewrapped, putIn } = await rotateLocalMasterKey(config, createStderrLog(config));
  process.stdout.write(
    `The master key is a new one (${keyId}); ${rewrapped} stored secrets are wrapped with it.\n`,
  );
  if (putIn === 'PURSER_MASTER_KEY')
    process.stdout.write(
      `It is in ${config.dataDir}/master.key.next. Before the next start, put it in PURSER_MASTER_KEY everywhere, then delete that file.\n`,
    );
  else process.stdout.write('Copy master.key of the data folder to where you keep the old one.\n');
}

export function addKeys(program: Command): void {
  program
    .command('keys')
    .description('the key that encrypts stored secrets')
    .command('rotate-master')
    .description('replace the master key, also while Purser runs; begun again where it was interrupted')
    .action(rotateMaster);
}
