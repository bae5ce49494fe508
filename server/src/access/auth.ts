import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { magicLink } from 'better-auth/plugins/magic-link';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';

/** Everything the library keeps lives in this schema. */
export const authSchema = 'auth';
export const basePath = '/api/auth';

const day = 24 * 60 * 60;
const sessionSeconds = 7 * day;
const linkSeconds = day;
const tokenPrefix = 'purser_';
const shownTokenLength = tokenPrefix.length + 6;
/** Any fixed number: instances that start together take turns on this lock. */
const migrationLock = 7_305_003;

export interface AuthOptions {
  readonly pool: Pool;
  readonly log: Log;
  /** Signs the session cookies; at least 32 characters. */
  readonly secret: string;
  /** Set: cookies are bound to its scheme. Absent: whatever address a request came to. */
  readonly publicUrl?: string | undefined;
  /** Gets each sign-in link's token; the only way to learn it. */
  onLink(email: string, token: string): void;
}

const isRefusal = (fact: unknown): boolean => fact instanceof Error && fact.name === 'APIError';

/** The library with our settings. Its other endpoints exist, but `access.ts` lets nobody reach them. */
export function createAuth({ pool, log, secret, publicUrl, onLink }: AuthOptions) {
  return betterAuth({
    appName: 'Purser',
    database: pool,
    secret,
    basePath,
    ...(publicUrl ? { baseURL: publicUrl } : { baseURL: 'http://127.0.0.1' }),
    trustedOrigins: (request) => (request ? [new URL(request.url).origin] : []),
    telemetry: { enabled: false },
    logger: {
      log(level, message, ...facts) {
        // What the library refuses (a wrong token) it calls an error too; that is everyday.
        const isTrouble = level === 'error' && !facts.some(isRefusal);
        log[isTrouble ? 'warn' : 'debug'](
          { err: facts.find((fact) => fact instanceof Error) },
          `Sign-in: ${message}`,
        );
      },
    },
    user: {
      additionalFields: { role: { type: 'string', required: true, input: false, defaultValue: 'viewer' } },
    },
    session: { expiresIn: sessionSeconds, updateAge: day },
    advanced: {
      cookiePrefix: 'purser',
      useSecureCookies: publicUrl?.startsWith('https:') ?? false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    plugins: [
      magicLink({
        expiresIn: linkSeconds,
        disableSignUp: true,
        storeToken: 'hashed',
        sendMagicLink: ({ email, token }) => onLink(email, token),
      }),
      apiKey({
        defaultPrefix: tokenPrefix,
        enableMetadata: true,
        maximumNameLength: 200,
        startingCharactersConfig: { charactersLength: shownTokenLength },
        rateLimit: { enabled: false },
      }),
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;

/** Makes or updates the library's tables. */
export async function migrateAuth(auth: Auth, pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query(`create schema if not exists ${authSchema}`);
    const { runMigrations } = await getMigrations(auth.options);
    await runMigrations();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
    client.release();
  }
}
