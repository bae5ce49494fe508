import { access, constants, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { Config, DatabaseReport } from '@purser/server/local';
import type { Command } from 'commander';
import { isPortFree } from './ports.ts';
import { findServer } from './server-file.ts';

/** One thing looked at. `off` is a choice, not a fault. */
interface Finding {
  readonly what: string;
  readonly state: 'ok' | 'off' | 'warn' | 'bad';
  readonly says: string;
  /** What to do about it. */
  readonly fix?: string;
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function checkNode(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  const says = `version ${process.versions.node}`;
  if (major >= 24) return { what: 'Node', state: 'ok', says };
  return {
    what: 'Node',
    state: 'bad',
    says,
    fix: 'Start Purser by npm start or npx purser, which bring Node 24.',
  };
}

async function checkDataDir({ dataDir }: Config): Promise<Finding> {
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

async function checkMasterKey(config: Config, report: DatabaseReport | null): Promise<Finding> {
  const what = 'Master key';
  if (report?.masterKeyMatches === false) {
    const fix = 'Put the old key back: PURSER_MASTER_KEY, or master.key in the data folder.';
    return {
      what,
      state: 'bad',
      says: 'it is not the one that the stored credentials were encrypted with',
      fix,
    };
  }
  if (config.masterKey) return { what, state: 'ok', says: 'from PURSER_MASTER_KEY' };
  const file = join(config.dataDir, 'master.key');
  const found = await stat(file).catch(() => null);
  if (!found) return { what, state: 'ok', says: 'will be created at the first start' };
  const fix = 'Keep a copy elsewhere: without it, stored credentials are lost.';
  return { what, state: 'ok', says: file, fix };
}

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

async function checkServer(config: Config): Promise<Finding> {
  const what = 'Server';
  const running = await findServer(config.dataDir);
  if (running) return { what, state: 'ok', says: `running at ${running.url} (process ${running.pid})` };
  if (await isPortFree(config.port, config.host)) {
    return {
      what,
      state: 'ok',
      says: `not running; port ${config.port} is free`,
      fix: 'npm start starts it.',
    };
  }
  const fix = 'Stop that program, or set PURSER_PORT.';
  return { what, state: 'bad', says: `not running, and another program has port ${config.port}`, fix };
}

async function checkSandbox(config: Config): Promise<Finding> {
  const what = 'Stripe sandbox';
  const { port } = config.sandbox;
  if (port === 0) return { what, state: 'off', says: 'turned off (PURSER_SANDBOX_PORT=0)' };
  const url = `http://127.0.0.1:${port}`;
  try {
    // Stripe's own shape of a 401 tells that it is a sandbox and not just anything.
    const answer = await fetch(`${url}/v1/balance`, { signal: AbortSignal.timeout(2_000) });
    const body = await answer.text();
    if (answer.status === 401 && body.includes('"error"'))
      return { what, state: 'ok', says: `answers at ${url}` };
    return { what, state: 'bad', says: `another program has port ${port}`, fix: 'Set PURSER_SANDBOX_PORT.' };
  } catch {
    return { what, state: 'ok', says: `not running; port ${port} is free` };
  }
}

function checkModels({ providers, model }: Config): Finding[] {
  const keys: [string, string | undefined, string][] = [
    ['Anthropic', providers.anthropic?.apiKey, 'ANTHROPIC_API_KEY'],
    ['OpenAI', providers.openai?.apiKey, 'OPENAI_API_KEY'],
    ['Google', providers.google?.apiKey, 'GOOGLE_GENERATIVE_AI_API_KEY'],
    ['OpenAI-compatible', providers.openaiCompatible?.baseUrl, 'OPENAI_COMPATIBLE_BASE_URL'],
  ];
  const findings = keys.map(([name, value, variable]): Finding => {
    const what = `Model: ${name}`;
    return value
      ? { what, state: 'ok', says: `${variable} is set` }
      : { what, state: 'off', says: `set ${variable}` };
  });
  const chosen = model ?? (findings.some(({ state }) => state === 'ok') ? 'best available' : 'builtin');
  return [{ what: 'Model: default', state: 'ok', says: chosen }, ...findings];
}

function checkConnections(report: DatabaseReport | null): Finding[] {
  return (report?.connections ?? []).map(({ name, mode, status, problem, checkedAt }): Finding => {
    const what = `Connection: ${name}`;
    const when = `${mode} mode, checked ${checkedAt.toISOString()}`;
    if (status === 'ok') return { what, state: 'ok', says: when };
    const fix = 'Open it in the console, check it again or rotate its key.';
    return { what, state: 'warn', says: `${problem ?? 'failing'} (${when})`, fix };
  });
}

function checkMail({ mail }: Config): Finding {
  if (mail) return { what: 'Mail', state: 'ok', says: `from ${mail.from}` };
  return { what: 'Mail', state: 'off', says: 'kept in the outbox; set SMTP_URL and MAIL_FROM to send it' };
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
  const { loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  const dataDir = await checkDataDir(config);
  const { finding, report } =
    dataDir.state === 'bad' && config.databaseUrl === undefined
      ? { finding: { what: 'Database', state: 'bad', says: 'needs the data folder' } as const, report: null }
      : await checkDatabase(config);
  const findings: Finding[] = [
    checkNode(),
    dataDir,
    finding,
    await checkMasterKey(config, report),
    await checkServer(config),
    await checkSandbox(config),
    ...checkModels(config),
    checkMail(config),
    ...checkConnections(report),
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
