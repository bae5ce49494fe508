import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseReport, loadConfig, strayNames } from '@purser/server/local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../ports.ts';
import { checkDatabaseUse } from './database.ts';
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

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-doctor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const config = (settings: Record<string, string> = {}) =>
  loadConfig(folder, { PURSER_DATA_DIR: folder, ...settings });

const now = new Date('2026-06-01T00:00:00Z');
const connection = {
  ...{ name: 'Shop', mode: 'live', status: 'ok', problem: null, checkedAt: now },
  ...{ keyKind: 'restricted', keyAddedAt: new Date('2026-01-01') },
};
const report = (changes: Partial<DatabaseReport> = {}): DatabaseReport => ({
  ...{ kind: 'external', serverVersion: '18', masterKeyMatches: true, auditIsGuarded: true, skewMs: 3 },
  ...{ lastBackupAt: new Date('2026-05-30'), failedEvents: 0, unknownOperations: 0, webhooks: [] },
  connections: [connection],
  ...changes,
});

describe('doctor, on settings', () => {
  it('finds nothing where there is nothing', () => {
    const findings = [
      ...[checkNode('24.1.0'), checkAddress(config()), checkMail(config(), undefined)],
      ...[...checkModels(config()), ...checkDatabaseLine(config()), ...checkNames([])],
      ...checkDatabaseUse(report(), now),
    ];
    expect(findings.filter(({ state }) => state === 'warn' || state === 'bad')).toEqual([]);
  });

  it('finds an old Node', () => {
    expect(checkNode('20.19.0')).toMatchObject({ state: 'bad', fix: expect.stringContaining('Node 24') });
  });

  it('finds misspelt settings, in the environment and in .env, and what was meant', async () => {
    const env = {
      PURSER_PROT: '80',
      PURSER_NOTHING_LIKE_IT: '1',
      OPENAI_API_KEYS: 'x',
      HOME: '/',
      PORT: '1',
    };
    await writeFile(join(folder, '.env'), 'DATABSE_URL=postgres://x/y\n');
    const { unknown } = strayNames(folder, env);
    expect(unknown).toEqual([
      { name: 'DATABSE_URL', meant: 'DATABASE_URL' },
      { name: 'PURSER_PROT', meant: 'PURSER_PORT' },
      { name: 'PURSER_NOTHING_LIKE_IT', meant: null },
      { name: 'OPENAI_API_KEYS', meant: 'OPENAI_API_KEY' },
    ]);
    expect(checkNames(unknown)[0]).toMatchObject({ state: 'warn', fix: 'Perhaps DATABASE_URL is meant.' });
    await rm(join(folder, '.env'));
  });

  it.each([
    [{ PURSER_PUBLIC_URL: 'https://a.example/purser' }, 'bad', 'without a path'],
    [{ PURSER_PUBLIC_URL: 'http://a.example' }, 'warn', 'certificate'],
    [{ PURSER_HOST: '0.0.0.0' }, 'warn', 'Set PURSER_PUBLIC_URL'],
    [{ PURSER_HOST: '0.0.0.0', PURSER_PUBLIC_URL: 'https://a.example' }, 'ok', undefined],
    [{ PURSER_PUBLIC_URL: 'http://localhost:4242' }, 'ok', undefined],
  ])('judges how it is reached: %j', (settings, state, fix) => {
    expect(checkAddress(config(settings))).toMatchObject({
      state,
      ...(fix && { fix: expect.stringContaining(fix) }),
    });
  });

  it('finds a model without its key, and a sender without a server', () => {
    const [model] = checkModels(config({ PURSER_MODEL: 'anthropic/claude-x' }));
    expect(model).toMatchObject({ state: 'bad', fix: expect.stringContaining('ANTHROPIC_API_KEY') });
    expect(checkMail(config(), 'shop@example.com')).toMatchObject({ state: 'warn' });
  });

  it.each([
    ['postgres://u:p@db.example.com/purser', 1],
    ['postgres://u:p@db.example.com/purser?sslmode=disable', 1],
    ['postgres://u:p@db.example.com/purser?sslmode=verify-full', 0],
    ['postgres://u:p@127.0.0.1/purser', 0],
  ])('wants the line to a database elsewhere encrypted: %s', (url, count) => {
    const findings = checkDatabaseLine(config({ DATABASE_URL: url }));
    expect(findings).toHaveLength(count);
    expect(JSON.stringify(findings)).not.toContain('u:p');
  });
});

describe('doctor, on the machine', () => {
  it('finds a folder that is none', async () => {
    await writeFile(join(folder, 'file'), '');
    const broken = config({ PURSER_DATA_DIR: join(folder, 'file/data') });
    expect(await checkDataDir(broken)).toMatchObject({ state: 'bad' });
    expect(await checkDataDir(config())).toMatchObject({ state: 'ok' });
  });

  it('finds a disk that is nearly full', async () => {
    expect(await checkDisk(config(), 5e7)).toMatchObject({ state: 'bad' });
    expect(await checkDisk(config(), 5e8)).toMatchObject({ state: 'warn' });
    expect(await checkDisk(config(), 5e9)).toMatchObject({ state: 'ok' });
    expect(['ok', 'warn']).toContain((await checkDisk(config())).state);
  });

  it('finds secrets that others can read', async () => {
    await writeFile(join(folder, 'master.key'), 'x', { mode: 0o600 });
    expect(await checkSecretFiles(config(), folder)).toEqual([]);
    await chmod(join(folder, 'master.key'), 0o644);
    expect(await checkSecretFiles(config(), folder)).toMatchObject([
      { state: 'warn', fix: `chmod 600 ${join(folder, 'master.key')}` },
    ]);
  });

  it('finds a lost master key, and one too many', async () => {
    expect(await checkMasterKey(config(), false)).toMatchObject({ state: 'bad' });
    const other = config({ PURSER_MASTER_KEY: Buffer.alloc(32, 1).toString('base64') });
    expect(await checkMasterKey(other, true)).toMatchObject({ state: 'warn' });
    expect(await checkMasterKey(config(), true)).toMatchObject({
      state: 'ok',
      fix: expect.stringContaining('copy'),
    });
  });

  it('finds a new master key that waits, and says what is to be done with it', async () => {
    const file = join(folder, 'master.key.next');
    const [old, fresh] = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64'));
    await writeFile(file, `${fresh}\n`, { mode: 0o600 });
    const withKey = (key: string | undefined) => config(key ? { PURSER_MASTER_KEY: key } : {});
    for (const [key, matches, state, fix] of [
      [undefined, true, 'warn', 'goes on where it was'],
      [old, true, 'warn', 'Run purser keys rotate-master again'],
      [old, false, 'bad', 'into PURSER_MASTER_KEY everywhere'],
      [fresh, true, 'warn', 'Delete'],
    ] as const)
      expect(await checkMasterKey(withKey(key), matches)).toMatchObject({
        state,
        fix: expect.stringContaining(fix),
      });
    await chmod(file, 0o644);
    expect(await checkSecretFiles(config(), folder)).toEqual(
      expect.arrayContaining([expect.objectContaining({ fix: `chmod 600 ${file}` })]),
    );
    await rm(file);
  });

  it('finds ports that other programs have', async () => {
    const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const port = String(address && typeof address === 'object' ? address.port : 0);
    expect(await checkServer(config({ PURSER_PORT: port }))).toMatchObject({ state: 'bad' });
    expect(await checkSandbox(config({ PURSER_SANDBOX_PORT: port }))).toMatchObject({ state: 'bad' });
    stranger.close();
  });

  it('finds an anchor that cannot be written', async () => {
    const missing = join(folder, 'none/anchors');
    expect(await checkAnchor(config({ PURSER_AUDIT_ANCHOR: missing }))).toMatchObject([{ state: 'bad' }]);
    expect(await checkAnchor(config({ PURSER_AUDIT_ANCHOR: join(folder, 'a') }))).toMatchObject([
      { state: 'ok' },
    ]);
    expect(await checkAnchor(config())).toMatchObject([{ state: 'off' }]);
  });

  it('finds servers that are not there', async () => {
    const nobody = await freePort();
    const findings = await checkReachable(
      config({
        SMTP_URL: `smtp://u:secret@127.0.0.1:${nobody}`,
        MAIL_FROM: 'a@example.com',
        OPENAI_COMPATIBLE_BASE_URL: `http://127.0.0.1:${nobody}/v1`,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}`,
        PURSER_AUDIT_ANCHOR: `http://127.0.0.1:${nobody}/anchor`,
      }),
    );
    expect(findings.map(({ what, state }) => [what, state])).toEqual([
      ['Mail server', 'bad'],
      ['Model server', 'bad'],
      ['Trace collector', 'bad'],
      ['Audit anchor', 'bad'],
    ]);
    expect(JSON.stringify(findings)).not.toContain('secret');
  });
});

describe('doctor, on how it is used', () => {
  it.each<[string, Partial<DatabaseReport>, string]>([
    ['a record without a guard', { auditIsGuarded: false }, 'purser_writer'],
    ['clocks that differ', { skewMs: -120_000 }, 'NTP'],
    ['a live account without a backup', { lastBackupAt: null }, 'cron'],
    ['an old backup', { lastBackupAt: new Date('2026-05-01') }, 'cron'],
    ['events that were not handled', { failedEvents: 2 }, 'console'],
    ['writes of which nobody knows', { unknownOperations: 1 }, 'Stripe'],
    [
      'a key that stopped working',
      { connections: [{ ...connection, status: 'failing', problem: 'revoked' }] },
      'rotate',
    ],
    ['a full secret key', { connections: [{ ...connection, keyKind: 'secret' }] }, 'restricted key'],
    ['an old key', { connections: [{ ...connection, keyAddedAt: new Date('2024-01-01') }] }, 'Rotate'],
    [
      'deliveries that are refused',
      { webhooks: [{ connection: 'Shop', why: 'bad signature', count: 3 }] },
      'endpoint',
    ],
  ])('finds %s', (_what, changes, fix) => {
    const found = checkDatabaseUse(report(changes), now).filter(({ state }) => state !== 'ok');
    expect(found).toMatchObject([{ state: 'warn', fix: expect.stringContaining(fix) }]);
  });
});
