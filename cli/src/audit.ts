import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';

async function verify({ file, anchors }: { file?: string; anchors?: string }): Promise<void> {
  const { createStderrLog, loadConfig, verifyAudit, verifyAuditFile } = await import('@purser/server/local');
  const config = loadConfig();
  const verdict = file
    ? await verifyAuditFile((await open(file)).readLines(), anchors)
    : await verifyAudit(config, createStderrLog(config), anchors);
  if (!verdict.ok) {
    process.stdout.write(
      `The audit chain is broken at entry ${verdict.seq}: ${verdict.why}. The ${verdict.entries} before it are intact.\n`,
    );
    process.exitCode = 1;
    return;
  }
  const { entries, first, anchors: met } = verdict;
  process.stdout.write(`The audit chain is intact: ${entries} entries.\n`);
  if (first > 1) process.stdout.write(`It begins with entry ${first}: nothing is known of those before.\n`);
  if (met > 0) process.stdout.write(`It agrees with ${met} anchors.\n`);
}

interface ExportFlags {
  readonly format: 'jsonl' | 'csv';
  readonly output?: string;
}

async function exportAll({ format, output }: ExportFlags): Promise<void> {
  const { createStderrLog, exportAudit, loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  await exportAudit(config, createStderrLog(config), {
    format,
    write: (lines) =>
      pipeline(
        Readable.from(lines),
        output ? createWriteStream(output, { mode: 0o600, flags: 'wx' }) : process.stdout,
      ),
  });
}

export function addAudit(program: Command): void {
  const audit = program.command('audit').description('the record of everything that was done');
  audit
    .command('verify')
    .description('check the whole chain; exit 1 where it is broken')
    .option('--file <file>', 'of an export instead of the database, with nothing else needed')
    .option('--anchors <file>', 'also check that what was anchored is there')
    .action(verify);
  audit
    .command('export')
    .description('write all entries, oldest first')
    .addOption(
      new Option('--format <format>', 'JSON lines can be verified')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .option('--output <file>', 'a new file; otherwise standard output')
    .action(exportAll);
}
