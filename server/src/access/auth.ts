import { apiKey } from '@better-auth/api-key';
import { oauthProvider } from '@better-auth/oauth-provider';
import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import { getMigrations } from 'better-auth/db/migration';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { magicLink } from 'better-auth/plugins/magic-link';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';

/** Everything the library keeps lives in this schema. */
export const authSchema = 'auth';
export const basePath = '/api/auth';
/** The library reads a session's address from here; only `access.ts` sets it. */
export const addressHeader = 'x-purser-address';
/** What the library calls the provider of the settings. */
export const providerId = 'oidc';

const day = 24 * 60 * 60;
const sessionSeconds = 7 * day;
const linkSeconds = day;
const tokenPrefix = 'purser_';
const shownTokenLength = tokenPrefix.length + 6;
export const shortestPassword = 12;
export const longestPassword = 128;
/** Any fixed number: instances that start together take turns on this lock. */
const migrationLock = 7_305_003;

/** What programs that a person connects are given: the tools of agents at `/mcp`, and to go on without asking again. */
export const appScopes = ['mcp', 'offline_access'] as const;
export const appTokenPrefix = 'purser_at_';
const hour = 60 * 60;

/** Programs sign a person in by OAuth 2.1: their tokens are random, kept as hashes, and end at once when they are revoked. */
function appsPlugin() {
  return oauthProvider({
    scopes: [...appScopes],
    loginPage: '/sign-in',
    consentPage: '/allow',
    grantTypes: ['authorization_code', 'refresh_token'],
    allowDynamicClientRegistration: true,
    allowUnauthenticatedClientRegistration: true,
    clientRegistrationRequirePKCE: true,
    disableJwtPlugin: true,
    codeExpiresIn: 5 * 60,
    accessTokenExpiresIn: hour,
    refreshTokenExpiresIn: 30 * day,
    prefix: { opaqueAccessToken: appTokenPrefix, refreshToken: 'purser_rt_', clientSecret: 'purser_cs_' },
  });
}

/**
 * Addresses in what is told to programs are those a request came to. Without a public address only this machine's own are
 * taken for one: elsewhere OAuth wants https.
 */
const ownAddresses = (secure: boolean) => ({
  allowedHosts: ['localhost', 'localhost:*', '127.0.0.1', '127.0.0.1:*', '[::1]', '[::1]:*'],
  fallback: 'http://127.0.0.1',
  protocol: secure ? ('https' as const) : ('http' as const),
});

/** Somebody else's sign-in: an OpenID Connect provider. */
export interface Provider {
  /** What people call it: on the button. */
  readonly name: string;
  /** `…/.well-known/openid-configuration` stands below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Addresses of these domains may come uninvited, as viewers. */
  readonly domains: readonly string[];
}

export interface AuthOptions {
  readonly pool: Pool;
  readonly log: Log;
  /** Signs the session cookies and encrypts second factors; at least 32 characters. */
  readonly secret: string;
  /** Set: cookies are bound to its scheme. Absent: whatever address a request came to. */
  readonly publicUrl?: string | undefined;
  /** Cookies only over TLS. */
  readonly secure: boolean;
  readonly provider?: Provider | undefined;
  /** Tests only: the library's own hashing is slow on purpose. */
  readonly passwords?: Passwords | undefined;
  /** Gets each sign-in link's token; the only way to learn it. */
  onLink(email: string, token: string): void;
}

export interface Passwords {
  hash(password: string): Promise<string>;
  verify(given: { hash: string; password: string }): Promise<boolean>;
}

const isRefusal = (fact: unknown): boolean => fact instanceof Error && fact.name === 'APIError';

/** How a session began. */
export type Method = 'link' | 'password' | 'code' | 'passkey' | 'provider';

const methods: Record<string, Method> = {
  '/magic-link/verify': 'link',
  '/sign-in/email': 'password',
  '/two-factor/verify-totp': 'code',
  '/two-factor/verify-backup-code': 'code',
  '/passkey/verify-authentication': 'passkey',
  '/callback/:id': 'provider',
};

/** A passkey stands for two factors only where the device has looked at the person. */
function mustHaveSeenThePerson(verified: boolean | undefined): void {
  if (!verified) throw new APIError('UNAUTHORIZED', { message: 'The device did not verify the person.' });
}

/** Whom of the provider's people to let in: who was invited, or whose domain is named in the settings. */
function providerPlugin(provider: Provider) {
  const { issuer, clientId, clientSecret, name, domains } = provider;
  return genericOAuth({
    config: [
      {
        ...{ providerId, name, clientId, clientSecret },
        discoveryUrl: `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        requireIdTokenVerification: true,
        requireEmailVerification: true,
        disableSignUp: domains.length === 0,
      },
    ],
  });
}

/** The library with our settings. Its endpoints are reached through `access.ts` alone. */
export function createAuth({
  pool,
  log,
  secret,
  publicUrl,
  secure,
  provider,
  passwords,
  onLink,
}: AuthOptions) {
  return betterAuth({
    appName: 'Purser',
    database: pool,
    secret,
    basePath,
    baseURL: publicUrl ?? ownAddresses(secure),
    trustedOrigins: (request) => (request ? [new URL(request.url).origin] : []),
    telemetry: { enabled: false },
    // Ours counts in the database and per account (guesses.ts).
    rateLimit: { enabled: false },
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
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: shortestPassword,
      maxPasswordLength: longestPassword,
      ...(passwords && { password: passwords }),
    },
    account: { encryptOAuthTokens: true },
    session: {
      expiresIn: sessionSeconds,
      updateAge: day,
      // Ours asks again by what is at stake, not by the session's age (step-up).
      freshAge: 0,
      additionalFields: {
        method: { type: 'string', required: false, input: false },
        /** When the person last proved who they are. */
        provenAt: { type: 'date', required: false, input: false },
        seenAt: { type: 'date', required: false, input: false },
      },
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => {
            const now = new Date();
            const method = methods[context?.path ?? ''] ?? 'password';
            return { data: { ...session, method, provenAt: now, seenAt: now } };
          },
        },
      },
      user: {
        create: {
          before: async (user, context) => {
            // Only the provider's sign-in makes people by itself.
            if (context?.path !== '/callback/:id') return;
            const domain = user.email.split('@').at(-1)?.toLowerCase() ?? '';
            return user.emailVerified && provider?.domains.includes(domain) ? undefined : false;
          },
        },
      },
    },
    advanced: {
      cookiePrefix: 'purser',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
      ipAddress: { ipAddressHeaders: [addressHeader] },
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
        keyExpiration: { minExpiresIn: 0, maxExpiresIn: 3_650 },
      }),
      appsPlugin(),
      twoFactor({ issuer: 'Purser', allowPasswordless: true }),
      passkey({
        rpName: 'Purser',
        rpID: rpIdOf(publicUrl),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: {
          afterVerification: async ({ verification }) =>
            mustHaveSeenThePerson(verification.registrationInfo?.userVerified),
        },
        authentication: {
          afterVerification: async ({ verification }) =>
            mustHaveSeenThePerson(verification.authenticationInfo.userVerified),
        },
      }),
      ...(provider ? [providerPlugin(provider)] : []),
    ],
  });
}

/** The name passkeys are bound to. Browsers take no address for one, so on this machine it is `localhost`. */
export function rpIdOf(publicUrl: string | undefined): string {
  return publicUrl ? new URL(publicUrl).hostname : 'localhost';
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
