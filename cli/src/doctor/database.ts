/** What the database tells of how Purser is used. */
import type { DatabaseReport } from '@purser/server/local';
import type { Finding } from './finding.ts';

const dayMs = 24 * 60 * 60 * 1000;
const oldKeyDays = 365;
const backupDays = 7;
/** Webhook signatures are good for five minutes: before that comes near, somebody should know. */
const skewMs = 30_000;

function checkConnection(
  { name, mode, status, problem, checkedAt, keyKind, keyAddedAt }: DatabaseReport['connections'][number],
  now: Date,
): Finding[] {
  const what = `Connection: ${name}`;
  const when = `${mode} mode, checked ${checkedAt.toISOString()}`;
  if (status !== 'ok') {
    const fix = 'Open it in the console, check it again or rotate its key.';
    return [{ what, state: 'warn', says: `${problem ?? 'failing'} (${when})`, fix }];
  }
  const findings: Finding[] = [];
  if (mode === 'live' && keyKind === 'secret') {
    const fix = 'Make a restricted key with the rows of docs/permissions.md, and rotate to it.';
    findings.push({ what, state: 'warn', says: 'it has a full secret key, which may do anything', fix });
  }
  const age = Math.floor((now.getTime() - keyAddedAt.getTime()) / dayMs);
  if (age > oldKeyDays)
    findings.push({
      what,
      state: 'warn',
      says: `its key is ${age} days old`,
      fix: 'Rotate it in the console.',
    });
  return findings.length > 0 ? findings : [{ what, state: 'ok', says: when }];
}

function checkWebhooks({ webhooks }: DatabaseReport): Finding[] {
  return webhooks.map(({ connection, why, count }) => ({
    what: `Webhook: ${connection}`,
    state: 'warn',
    says: `${count} deliveries were refused, the last because: ${why}`,
    fix: 'Open the connection in the console: it says how its endpoint has to be set.',
  }));
}

export function checkDatabaseUse(report: DatabaseReport, now: Date): Finding[] {
  const findings: Finding[] = [];
  if (!report.auditIsGuarded)
    findings.push({
      what: 'Audit',
      state: 'warn',
      says: 'its database role could switch its triggers off',
      fix: 'Have an administrator make the role purser_writer: docs/audit.md says how.',
    });
  if (Math.abs(report.skewMs) > skewMs)
    findings.push({
      what: 'Clock',
      state: 'warn',
      says: `this machine and the database differ by ${Math.round(Math.abs(report.skewMs) / 1000)} seconds`,
      fix: 'Let both keep time (NTP): schedules, expiry and webhook signatures depend on it.',
    });
  const isLive = report.connections.some(({ mode }) => mode === 'live');
  const { lastBackupAt } = report;
  if (isLive && (lastBackupAt === null || now.getTime() - lastBackupAt.getTime() > backupDays * dayMs))
    findings.push({
      what: 'Backup',
      state: 'warn',
      says:
        lastBackupAt === null
          ? 'none was made with purser backup'
          : `the last was made ${lastBackupAt.toISOString().slice(0, 10)}`,
      fix: 'Run purser backup by cron (docs/running.md).',
    });
  if (report.failedEvents > 0)
    findings.push({
      what: 'Events',
      state: 'warn',
      says: `${report.failedEvents} events from Stripe could not be handled`,
      fix: 'The connection’s page in the console says why, and handles them again.',
    });
  if (report.unknownOperations > 0)
    findings.push({
      what: 'Operations',
      state: 'warn',
      says: `of ${report.unknownOperations} nobody can say whether they happened`,
      fix: 'Open them in the console, and look in Stripe.',
    });
  return [
    ...findings,
    ...report.connections.flatMap((each) => checkConnection(each, now)),
    ...checkWebhooks(report),
  ];
}
