import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import type { Provider } from './access/auth.ts';
import { logLevels } from './log.ts';

/** Every setting, checked. Times and sizes have no setting until somebody needs one. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Absent: embedded Postgres. */
  readonly databaseUrl: string | undefined;
  /** 32 bytes, base64; absent: created in the data folder. */
  readonly masterKey: string | undefined;
  readonly allowPrivateAddresses: boolean;
  /** Without a slash at the end. */
  readonly publicUrl: string | undefined;
  readonly sandbox: { readonly port: number; readonly seed: 'demo' | 'empty' };
  /** `builtin`, `provider/model`, or absent: the best that is available. */
  readonly model: string | undefined;
  /** `provider/model`; absent: knowledge is searched by words alone. */
  readonly embeddingModel: string | undefined;
  readonly providers: {
    readonly anthropic: ProviderConfig | undefined;
    readonly openai: ProviderConfig | undefined;
    readonly google: ProviderConfig | undefined;
    readonly openaiCompatible: { readonly baseUrl: string; readonly apiKey: string | undefined } | undefined;
  };
  /** Absent: mail is kept in the outbox. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | undefined;
  /** Where OpenTelemetry spans go; absent: nowhere. */
  readonly traces:
    | { readonly endpoint: string; readonly headers: Record<string, string>; readonly serviceName: string }
    | undefined;
  /** Where the audit's newest entry is noted; absent: nowhere. */
  readonly auditAnchor: { readonly file: string } | { readonly url: string } | undefined;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** PEM files; absent: plain HTTP, for loopback or behind a proxy. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  /** Sign-in by somebody else: OpenID Connect. */
  readonly provider: Provider | undefined;
  readonly logLevel: (typeof logLevels)[number];
}

/** How a model provider is reached; the address only where it is not the provider's own. */
export interface ProviderConfig {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}

/** A setting that cannot be used. The message names each variable and what to do. */
export class ConfigError extends Error {
  constructor(complaints: readonly string[]) {
    super(complaints.join('\n'));
    this.name = 'ConfigError';
  }
}

const providers = ['anthropic', 'openai', 'google', 'openai-compatible'];

function port(standard: number, range: string) {
  const lowest = 0;
  const highest = 65_535;
  return z
    .string()
    .regex(/^\d{1,5}$/, `must be a port number, ${range}`)
    .transform(Number)
    .refine((number) => number >= lowest && number <= highest, `must be a port number, ${range}`)
    .default(standard);
}

function url(schemes: readonly string[], example: string) {
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol),
      `must be a URL such as ${example}`,
    );
}

const switchWords = new Map([
  ...['1', 'true', 'yes', 'on'].map((word) => [word, true] as const),
  ...['0', 'false', 'no', 'off'].map((word) => [word, false] as const),
]);

const onOff = z
  .string()
  .transform((text, context) => {
    const value = switchWords.get(text.toLowerCase());
    if (value === undefined) context.addIssue({ code: 'custom', message: 'must be "on" or "off"' });
    return value ?? false;
  })
  .default(false);

const model = z
  .string()
  .refine(
    (text) =>
      text === 'builtin' ||
      providers.some((name) => text.startsWith(`${name}/`) && text.length > name.length + 1),
    `must be "builtin" or provider/model, where provider is one of ${providers.join(', ')}`,
  );

const embeddingProviders = ['openai', 'google', 'openai-compatible'];

const embeddingModel = z
  .string()
  .refine(
    (text) => embeddingProviders.some((name) => text.startsWith(`${name}/`) && text.length > name.length + 1),
    `must be provider/model, where provider is one of ${embeddingProviders.join(', ')}`,
  );

const words = z
  .string()
  .default('')
  .transform((text) => text.split(/[\s,]+/).filter((word) => word !== ''));

function isNetwork(text: string): boolean {
  const [net = '', bits, ...more] = text.split('/');
  const longest = isIP(net) === 6 ? 128 : 32;
  return (
    isIP(net) > 0 &&
    more.length === 0 &&
    (bits === undefined || /^\d{1,3}$/.test(bits)) &&
    Number(bits ?? 0) <= longest
  );
}

const environment = z.object({
  PURSER_PORT: port(4242, '0 to 65535 (0 takes a free one)'),
  PURSER_HOST: z.string().default('127.0.0.1'),
  PURSER_DATA_DIR: z.string().default('./.purser'),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/purser').optional(),
  PURSER_MASTER_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/_-]{43}=?$/, 'must be 32 bytes in base64: make one with "openssl rand -base64 32"')
    .optional(),
  PURSER_ALLOW_PRIVATE_ADDRESSES: onOff,
  PURSER_PUBLIC_URL: url(['http:', 'https:'], 'https://purser.example.com').optional(),
  PURSER_SANDBOX_PORT: port(12_111, '0 to 65535 (0 turns the sandbox off)'),
  PURSER_SANDBOX_SEED: z.enum(['demo', 'empty'], 'must be "demo" or "empty"').default('demo'),
  PURSER_MODEL: model.optional(),
  PURSER_EMBEDDING_MODEL: embeddingModel.optional(),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: url(['http:', 'https:'], 'https://api.anthropic.com/v1').optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: url(['http:', 'https:'], 'https://api.openai.com/v1').optional(),
  GOOGLE_GENERATIVE_AI_API_KEY: z.string().optional(),
  GOOGLE_GENERATIVE_AI_BASE_URL: url(
    ['http:', 'https:'],
    'https://generativelanguage.googleapis.com/v1beta',
  ).optional(),
  OPENAI_COMPATIBLE_BASE_URL: url(['http:', 'https:'], 'http://127.0.0.1:11434/v1').optional(),
  OPENAI_COMPATIBLE_API_KEY: z.string().optional(),
  SMTP_URL: url(['smtp:', 'smtps:'], 'smtps://user:password@mail.example.com').optional(),
  MAIL_FROM: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'], 'http://127.0.0.1:4318').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^\s*[^=,\s]+=[^,]*(,\s*[^=,\s]+=[^,]*)*\s*$/, 'must be name=value, separated by commas')
    .optional(),
  OTEL_SERVICE_NAME: z.string().default('purser'),
  PURSER_AUDIT_ANCHOR: z.string().optional(),
  PURSER_TRUSTED_PROXIES: words.refine(
    (list) => list.every(isNetwork),
    'must be addresses or networks, such as "127.0.0.1, 10.0.0.0/8"',
  ),
  PURSER_TLS_CERT: z.string().optional(),
  PURSER_TLS_KEY: z.string().optional(),
  PURSER_OIDC_ISSUER: url(['http:', 'https:'], 'https://login.example.com').optional(),
  PURSER_OIDC_CLIENT_ID: z.string().optional(),
  PURSER_OIDC_CLIENT_SECRET: z.string().optional(),
  PURSER_OIDC_NAME: z.string().max(60).default('your company account'),
  PURSER_OIDC_DOMAINS: words.transform((list) => list.map((domain) => domain.toLowerCase())),
  PURSER_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('warn'),
});

type Environment = z.infer<typeof environment>;

/** What fits one variable, but not the others. */
function crossComplaints(env: Environment): string[] {
  const complaints = [];
  if (env.SMTP_URL && !env.MAIL_FROM) {
    complaints.push('MAIL_FROM is missing: with SMTP_URL, set the address that mail comes from.');
  }
  if (env.PURSER_MODEL?.startsWith('openai-compatible/') && !env.OPENAI_COMPATIBLE_BASE_URL) {
    complaints.push('OPENAI_COMPATIBLE_BASE_URL is missing: PURSER_MODEL names a model of such a server.');
  }
  if (!env.PURSER_TLS_CERT !== !env.PURSER_TLS_KEY)
    complaints.push('PURSER_TLS_CERT and PURSER_TLS_KEY belong together: set both, or neither.');
  return [...complaints, ...providerComplaints(env)];
}

function providerComplaints(env: Environment): string[] {
  const { PURSER_OIDC_ISSUER: issuer, PURSER_OIDC_CLIENT_ID: id, PURSER_OIDC_CLIENT_SECRET: secret } = env;
  if (!issuer && !id && !secret) return [];
  const complaints = [];
  if (!issuer || !id || !secret)
    complaints.push(
      'PURSER_OIDC_ISSUER, PURSER_OIDC_CLIENT_ID and PURSER_OIDC_CLIENT_SECRET belong together: set all, or none.',
    );
  if (!env.PURSER_PUBLIC_URL)
    complaints.push('PURSER_PUBLIC_URL is missing: the sign-in provider sends people back to it.');
  // Who can read or change what it says can sign in as anybody.
  if (issuer && !isSafe(new URL(issuer)))
    complaints.push('PURSER_OIDC_ISSUER must be https, except on this machine.');
  return complaints;
}

const isSafe = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

function signInProvider(env: Environment): Provider | undefined {
  const {
    PURSER_OIDC_ISSUER: issuer,
    PURSER_OIDC_CLIENT_ID: clientId,
    PURSER_OIDC_CLIENT_SECRET: clientSecret,
  } = env;
  if (!issuer || !clientId || !clientSecret) return undefined;
  return { issuer, clientId, clientSecret, name: env.PURSER_OIDC_NAME, domains: env.PURSER_OIDC_DOMAINS };
}

function provider(apiKey: string | undefined, baseUrl: string | undefined): ProviderConfig | undefined {
  return apiKey ? { apiKey, baseUrl } : undefined;
}

function traceSettings(env: Environment): Config['traces'] {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: list } = env;
  if (endpoint === undefined) return undefined;
  const headers = (list ?? '').split(',').flatMap((pair) => {
    const [, name, value = ''] = /^\s*([^=\s]+)=(.*)$/.exec(pair) ?? [];
    return name === undefined ? [] : [[name, value.trim()] as const];
  });
  return { endpoint, headers: Object.fromEntries(headers), serviceName: env.OTEL_SERVICE_NAME };
}

function anchorTarget(text: string | undefined, folder: string): Config['auditAnchor'] {
  if (text === undefined) return undefined;
  return /^https?:\/\//i.test(text) && URL.canParse(text) ? { url: text } : { file: resolve(folder, text) };
}

function toConfig(env: Environment, folder: string): Config {
  const { OPENAI_COMPATIBLE_BASE_URL: baseUrl, SMTP_URL: smtpUrl, MAIL_FROM: from } = env;
  const { PURSER_TLS_CERT: cert, PURSER_TLS_KEY: key } = env;
  return {
    port: env.PURSER_PORT,
    host: env.PURSER_HOST,
    dataDir: resolve(folder, env.PURSER_DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    masterKey: env.PURSER_MASTER_KEY,
    allowPrivateAddresses: env.PURSER_ALLOW_PRIVATE_ADDRESSES,
    publicUrl: env.PURSER_PUBLIC_URL?.replace(/\/+$/, ''),
    sandbox: { port: env.PURSER_SANDBOX_PORT, seed: env.PURSER_SANDBOX_SEED },
    model: env.PURSER_MODEL,
    embeddingModel: env.PURSER_EMBEDDING_MODEL,
    providers: {
      anthropic: provider(env.ANTHROPIC_API_KEY, env.ANTHROPIC_BASE_URL),
      openai: provider(env.OPENAI_API_KEY, env.OPENAI_BASE_URL),
      google: provider(env.GOOGLE_GENERATIVE_AI_API_KEY, env.GOOGLE_GENERATIVE_AI_BASE_URL),
      openaiCompatible: baseUrl ? { baseUrl, apiKey: env.OPENAI_COMPATIBLE_API_KEY } : undefined,
    },
    mail: smtpUrl && from ? { smtpUrl, from } : undefined,
    traces: traceSettings(env),
    auditAnchor: anchorTarget(env.PURSER_AUDIT_ANCHOR, folder),
    trustedProxies: env.PURSER_TRUSTED_PROXIES,
    tls: cert && key ? { cert: resolve(folder, cert), key: resolve(folder, key) } : undefined,
    provider: signInProvider(env),
    logLevel: env.PURSER_LOG_LEVEL,
  };
}

/** A variable set to nothing (`KEY=`) counts as not set. */
function withoutEmpty(variables: NodeJS.Dict<string>): NodeJS.Dict<string> {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

/** @throws ConfigError naming every variable that is wrong */
export function parseConfig(variables: NodeJS.Dict<string>, folder: string): Config {
  const parsed = environment.safeParse(withoutEmpty(variables));
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`));
  }
  const complaints = crossComplaints(parsed.data);
  if (complaints.length > 0) throw new ConfigError(complaints);
  return toConfig(parsed.data, folder);
}

function readEnvFile(folder: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`The file .env in ${folder} cannot be read: ${why}`]);
  }
}

/**
 * Reads the environment, and the `.env` file of the working folder for what the environment does not set.
 * @throws ConfigError
 */
export function loadConfig(folder: string = process.cwd(), env: NodeJS.Dict<string> = process.env): Config {
  return parseConfig({ ...readEnvFile(folder), ...withoutEmpty(env) }, folder);
}

/** How many single changes make one word of another; more than two are not told apart. */
function distance(a: string, b: string): number {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    row = next;
  }
  return row[b.length] ?? 3;
}

/**
 * Variables that look like settings of Purser and are none, with the one that was perhaps meant; and MAIL_FROM, which says
 * nothing without SMTP_URL.
 */
export function strayNames(
  folder: string = process.cwd(),
  env: NodeJS.Dict<string> = process.env,
): { unknown: { name: string; meant: string | null }[]; mailFrom: string | undefined } {
  const variables = { ...readEnvFile(folder), ...withoutEmpty(env) };
  const known = Object.keys(environment.shape);
  const unknown = Object.keys(variables)
    .filter((name) => !known.includes(name) && !notSettings.has(name))
    .flatMap((name) => {
      const meant = known.find((each) => distance(each, name) <= 2) ?? null;
      return name.startsWith('PURSER_') || meant !== null ? [{ name, meant }] : [];
    });
  return { unknown, mailFrom: variables.MAIL_FROM };
}

/** Read by tests and scripts. */
const notSettings = new Set(['PURSER_PICTURES']);
