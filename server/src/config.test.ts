import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from './config.ts';

describe('settings', () => {
  it('have the documented defaults', () => {
    expect(parseConfig({}, '/srv/purser')).toEqual({
      port: 4242,
      host: '127.0.0.1',
      dataDir: '/srv/purser/.purser',
      databaseUrl: undefined,
      masterKey: undefined,
      allowPrivateAddresses: false,
      publicUrl: undefined,
      sandbox: { port: 12111, seed: 'demo' },
      model: undefined,
      providers: {
        anthropicApiKey: undefined,
        openaiApiKey: undefined,
        googleApiKey: undefined,
        openaiCompatible: undefined,
      },
      mail: undefined,
      trustedProxies: [],
      tls: undefined,
      provider: undefined,
      logLevel: 'warn',
    });
  });

  it('are all read', () => {
    const config = parseConfig(
      {
        PURSER_PORT: '0',
        PURSER_HOST: '0.0.0.0',
        PURSER_DATA_DIR: '/var/purser',
        DATABASE_URL: 'postgresql://db/purser',
        PURSER_MASTER_KEY: Buffer.alloc(32).toString('base64'),
        PURSER_ALLOW_PRIVATE_ADDRESSES: 'on',
        PURSER_PUBLIC_URL: 'https://purser.example.com/',
        PURSER_SANDBOX_PORT: '0',
        PURSER_SANDBOX_SEED: 'empty',
        PURSER_MODEL: 'openai-compatible/llama',
        OPENAI_COMPATIBLE_BASE_URL: 'http://127.0.0.1:11434/v1',
        SMTP_URL: 'smtps://mail.example.com',
        MAIL_FROM: 'billing@example.com',
      },
      '/',
    );
    expect(config).toMatchObject({
      port: 0,
      dataDir: '/var/purser',
      allowPrivateAddresses: true,
      publicUrl: 'https://purser.example.com',
      sandbox: { port: 0, seed: 'empty' },
      model: 'openai-compatible/llama',
      mail: { from: 'billing@example.com' },
    });
  });

  it.each([
    ['PURSER_PORT', 'eighty'],
    ['PURSER_PORT', '70000'],
    ['PURSER_PORT', '-1'],
    ['PURSER_SANDBOX_PORT', '1.5'],
    ['DATABASE_URL', 'mysql://db/purser'],
    ['PURSER_MASTER_KEY', 'too short'],
    ['PURSER_ALLOW_PRIVATE_ADDRESSES', 'maybe'],
    ['PURSER_PUBLIC_URL', 'purser.example.com'],
    ['PURSER_SANDBOX_SEED', 'full'],
    ['PURSER_MODEL', 'gpt'],
    ['PURSER_MODEL', 'openai/'],
    ['OPENAI_COMPATIBLE_BASE_URL', 'localhost'],
    ['SMTP_URL', 'mail.example.com'],
    ['PURSER_LOG_LEVEL', 'loud'],
    ['PURSER_TRUSTED_PROXIES', 'everyone'],
    ['PURSER_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['PURSER_TRUSTED_PROXIES', '127.0.0.1, 10.0.0.0/8/8'],
    ['PURSER_OIDC_ISSUER', 'login.example.com'],
  ])('say by name that %s=%s cannot be used', (name, value) => {
    expect(() => parseConfig({ [name]: value }, '/')).toThrow(new RegExp(`^${name} must be`));
  });

  it('name everything that is wrong at once', () => {
    expect(() => parseConfig({ PURSER_PORT: 'x', PURSER_MODEL: 'y' }, '/')).toThrow(
      /PURSER_PORT.*\n.*PURSER_MODEL/,
    );
  });

  it('do not repeat a wrong secret', () => {
    expect(() => parseConfig({ PURSER_MASTER_KEY: 'my-secret' }, '/')).not.toThrow('my-secret');
  });

  it('miss what belongs together', () => {
    expect(() => parseConfig({ SMTP_URL: 'smtp://mail' }, '/')).toThrow('MAIL_FROM is missing');
    expect(() => parseConfig({ PURSER_MODEL: 'openai-compatible/x' }, '/')).toThrow(
      'OPENAI_COMPATIBLE_BASE_URL',
    );
  });

  const oidc = {
    PURSER_OIDC_ISSUER: 'https://login.example.com',
    PURSER_OIDC_CLIENT_ID: 'purser',
    PURSER_OIDC_CLIENT_SECRET: 'hush-hush',
  };

  it('miss what a sign-in provider needs', () => {
    const publicUrl = { PURSER_PUBLIC_URL: 'https://purser.example.com' };
    expect(() => parseConfig(oidc, '/')).toThrow('PURSER_PUBLIC_URL is missing');
    expect(() => parseConfig({ ...publicUrl, PURSER_OIDC_CLIENT_ID: 'x' }, '/')).toThrow('belong together');
    const plain = { ...oidc, ...publicUrl, PURSER_OIDC_ISSUER: 'http://login.example.com' };
    expect(() => parseConfig(plain, '/')).toThrow('must be https');
    const domains = { PURSER_OIDC_DOMAINS: 'Example.com, example.org' };
    expect(parseConfig({ ...oidc, ...publicUrl, ...domains }, '/').provider).toMatchObject({
      clientId: 'purser',
      domains: ['example.com', 'example.org'],
    });
  });

  it('take certificate files, both or none', () => {
    expect(() => parseConfig({ PURSER_TLS_CERT: 'cert.pem' }, '/')).toThrow('belong together');
    expect(parseConfig({ PURSER_TLS_CERT: 'cert.pem', PURSER_TLS_KEY: '/etc/key.pem' }, '/srv').tls).toEqual({
      cert: '/srv/cert.pem',
      key: '/etc/key.pem',
    });
  });

  it('take an empty variable as not set', () => {
    expect(parseConfig({ PURSER_PORT: '', DATABASE_URL: ' ' }, '/')).toMatchObject({
      port: 4242,
      databaseUrl: undefined,
    });
  });
});

describe('the .env file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'purser-env-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read, and the environment goes before it', () => {
    writeFileSync(
      join(folder, '.env'),
      '# comment\nPURSER_PORT=1234\nPURSER_HOST="::1"\nPURSER_SANDBOX_PORT=5\n',
    );
    const config = loadConfig(folder, { PURSER_PORT: '4321', PURSER_SANDBOX_PORT: '' });
    expect(config).toMatchObject({ port: 4321, host: '::1', sandbox: { port: 5 } });
  });

  it('may be missing', () => {
    expect(loadConfig(folder, {}).port).toBe(4242);
  });
});
