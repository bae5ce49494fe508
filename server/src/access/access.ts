import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { createPool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import { type Auth, authSchema, basePath, createAuth, migrateAuth } from './auth.ts';
import { isRole, type Role } from './roles.ts';
import { createTokens, type TokenInfo } from './tokens.ts';

/** Who makes a request. */
export interface Principal {
  readonly type: 'person' | 'token';
  readonly id: string;
  readonly name: string;
  /** People only. */
  readonly email?: string;
  readonly role: Role;
}

export interface Access {
  /** Answers what the sign-in library answers under `/api/auth`: the session, its list, its end. The rest is a 404. */
  handler(request: Request): Promise<Response>;
  /** A link that signs the owner in, once, within 24 hours: `…/sign-in?token=…`. Only its hash is kept. */
  ownerLink(baseUrl: string): Promise<string>;
  /** Consumes a link's token. The headers hold the session cookies; null when the token is used up, old or wrong. */
  signIn(token: string): Promise<{ headers: Headers } | null>;
  /** Who sends this request, by bearer token or session cookie; null for nobody. A wrong token is nobody. */
  whoIs(request: Request): Promise<Principal | null>;
  /** The person the one-time link signs in, made when there is none. */
  owner(): Promise<Principal>;
  createToken(token: { name: string; role: Role }): Promise<{ token: string; info: TokenInfo }>;
  listTokens(): Promise<TokenInfo[]>;
  /** False when there is none. */
  revokeToken(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface AccessOptions {
  readonly database: Pick<Database, 'url'>;
  readonly log: Log;
  /** From `vault.derive('sessions')`: instances that share a database must share it. */
  readonly secret: string;
  readonly publicUrl?: string | undefined;
  readonly clock?: Clock;
}

const ownerEmail = 'owner@purser.local';

/** Whether an address is the one that the first owner has until they enter their own: nobody reads it. */
export const isPlaceholder = (address: string) => address.toLowerCase() === ownerEmail;
const poolSize = 4;

/** What of the library may be reached over HTTP; everything else goes through our own routes or does not exist. */
const openPaths = new Set([
  '/get-session',
  '/sign-out',
  '/list-sessions',
  '/revoke-session',
  '/revoke-other-sessions',
]);

const person = z.object({ id: z.string(), name: z.string(), email: z.string(), role: z.unknown() });

function toPerson(user: unknown): Principal {
  const { id, name, email, role } = person.parse(user);
  return { type: 'person', id, name, email, role: isRole(role) ? role : 'viewer' };
}

async function findOwner(auth: Auth): Promise<Principal | null> {
  const { adapter } = await auth.$context;
  const where = [{ field: 'role', value: 'owner' }];
  const rows = await adapter.findMany({
    model: 'user',
    where,
    sortBy: { field: 'createdAt', direction: 'asc' },
    limit: 1,
  });
  return rows[0] ? toPerson(rows[0]) : null;
}

async function findOrCreateOwner(auth: Auth): Promise<Principal> {
  const found = await findOwner(auth);
  if (found) return found;
  const { internalAdapter } = await auth.$context;
  try {
    const user = { name: 'Owner', email: ownerEmail, emailVerified: true, role: 'owner' };
    return toPerson(await internalAdapter.createUser(user, { method: 'magic-link' }));
  } catch (error) {
    // Another instance was faster: the address is unique.
    const theirs = await findOwner(auth);
    if (theirs) return theirs;
    throw error;
  }
}

function bearer(request: Request): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

/** Sign-in, sessions, roles and API tokens, on the sign-in library's own tables. */
export async function createAccess(options: AccessOptions): Promise<Access> {
  const { database, log, secret, publicUrl, clock = systemClock } = options;
  const pool = createPool({ url: database.url, log, max: poolSize, searchPath: authSchema });
  // The library hands a link's token to a callback; this brings it back to who asked for it.
  const linkBox = new AsyncLocalStorage<{ token?: string }>();
  const auth = createAuth({
    pool,
    log,
    secret,
    publicUrl,
    onLink: (_email, token) => {
      const box = linkBox.getStore();
      if (box) box.token = token;
    },
  });
  await migrateAuth(auth, pool);
  const tokens = createTokens({ auth, pool, clock });

  return {
    async handler(request) {
      const path = new URL(request.url).pathname.slice(basePath.length);
      return openPaths.has(path) ? auth.handler(request) : new Response(null, { status: 404 });
    },
    async ownerLink(baseUrl) {
      const { email = ownerEmail } = await findOrCreateOwner(auth);
      const box: { token?: string } = {};
      await linkBox.run(box, () => auth.api.signInMagicLink({ body: { email }, headers: new Headers() }));
      if (!box.token) throw new Error('The sign-in link could not be made.');
      const link = new URL('/sign-in', baseUrl);
      link.searchParams.set('token', box.token);
      return link.href;
    },
    async signIn(token) {
      try {
        // asResponse: whatever the library answers to a wrong token, it is not a session cookie.
        const response = await auth.api.magicLinkVerify({
          query: { token },
          headers: new Headers(),
          asResponse: true,
        });
        const cookies = response.headers.getSetCookie();
        if (!response.ok || cookies.length === 0) return null;
        const headers = new Headers();
        for (const cookie of cookies) headers.append('set-cookie', cookie);
        return { headers };
      } catch (error) {
        if (error instanceof Error && error.name === 'APIError') return null;
        throw error;
      }
    },
    async whoIs(request) {
      const token = bearer(request);
      if (token !== undefined) {
        const holder = await tokens.verify(token);
        return holder && { type: 'token', ...holder };
      }
      if (!request.headers.has('cookie')) return null;
      const session = await auth.api.getSession({
        headers: request.headers,
        query: { disableRefresh: true },
      });
      return session && toPerson(session.user);
    },
    owner: () => findOrCreateOwner(auth),
    async createToken({ name, role }) {
      const { id } = await findOrCreateOwner(auth);
      return tokens.create({ name, role, belongsTo: id });
    },
    listTokens: tokens.list,
    revokeToken: tokens.revoke,
    close: () => pool.end(),
  };
}
