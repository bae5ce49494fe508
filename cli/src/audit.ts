import type { Command } from 'commander';

async function verify(): Promise<void> {
  const { createStderrLog, loadConfig, verifyAudit } = await import('@purser/server/local');
  const config = loadConfig();
  const verdict = await verifyAudit(config, createStderrLog(config));
  if (verdict.ok) {
    process.stdout.write(`The audit chain is intact: ${verdict.entries} entries.\n`);
    return;
  }
  process.stdout.write(
    `The audit chain is broken at entry ${verdict.seq}: ${verdict.why}. The ${verdict.entries} before it are intact.\n`,
  );
  process.exitCode = 1;
}

export function addAudit(program: Command): void {
  program
    .command('audit')
    .description('the record of everything that was done')
    .command('verify')
    .description('check the whole chain; exit 1 where it is broken')
    .action(verify);
}
