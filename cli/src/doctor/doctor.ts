import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Config, DatabaseReport } from '@purser/server/local';
import type { Command } from 'commander';
import { checkDatabaseUse } from './database.ts';
import { type Finding, reason } from './finding.ts';
import {
  checkAnchor,
  checkDataDir,
  checkDisk,
  checkMasterKey,
  checkSecretFiles,
  checkServer,
} from './machine.ts';
import { checkReachable, checkSandbox } from './network.ts';
import {
  checkAddress,
  checkDatabaseLine,
  checkMail,
  checkModels,
  checkNames,
  checkNode,
} from './settings.ts';

async function checkDatabase(config: Config): Promise<{ finding: Finding; report: DatabaseReport | null }> {
  const what = 'Database';
  const { createStderrLog, inspectDatabase } = await import('@purser/server/local');
  try {
    const report = await inspectDatabase(config, createStderrLog(config));
    const says = `${report.kind} PostgreSQL ${report.serverVersion}`;
    return { finding: { what, state: 'ok', says }, report };
  } catch (error) {
    const fix = config.databaseUrl
      ? 'Check DATABASE_URL, or unset it to use the embedded one.'
      : `Postgres writes its own reasons to ${join(config.dataDir, 'postgres.log')}.`;
    return { finding: { what, state: 'bad', says: reason(error), fix }, report: null };
  }
}

const marks = {
  ok: { sign: '✓', color: 'green' },
  off: { sign: '–', color: 'gray' },
  warn: { sign: '!', color: 'yellow' },
  bad: { sign: '✗', color: 'red' },
} as const;

function print({ what, state, says, fix }: Finding): void {
  const { sign, color } = marks[state];
  process.stdout.write(`${styleText(color, sign)} ${what}: ${says}\n`);
  if (fix) process.stdout.write(`    ${fix}\n`);
}

async function doctor(): Promise<void> {
  const { loadConfig, strayNames } = await import('@purser/server/local');
  const folder = process.cwd();
  const config = loadConfig(folder);
  const { unknown, mailFrom } = strayNames(folder);
  const dataDir = await checkDataDir(config);
  const { finding, report } =
    dataDir.state === 'bad' && config.databaseUrl === undefined
      ? { finding: { what: 'Database', state: 'bad', says: 'needs the data folder' } as const, report: null }
      : await checkDatabase(config);
  const findings: Finding[] = [
    checkNode(process.versions.node),
    ...checkNames(unknown),
    dataDir,
    await checkDisk(config),
    ...(await checkSecretFiles(config, folder)),
    finding,
    ...checkDatabaseLine(config),
    await checkMasterKey(config, report?.masterKeyMatches ?? null),
    await checkServer(config),
    checkAddress(config),
    await checkSandbox(config),
    ...checkModels(config),
    checkMail(config, mailFrom),
    ...(await checkAnchor(config)),
    ...(await checkReachable(config)),
    ...(report ? checkDatabaseUse(report, new Date()) : []),
  ];
  for (const one of findings) print(one);
  if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('what is configured, what is reachable, and how to fix what is not')
    .action(doctor);
}
