import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { createPool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import { type Account, createAccount } from './account.ts';
import { type Apps, createApps } from './apps.ts';
import { type From, headersOf } from './asking.ts';
import {
  type Auth,
  addressHeader,
  appTokenPrefix,
  authSchema,
  basePath,
  createAuth,
  migrateAuth,
  type Passwords,
  type Provider,
  rpIdOf,
} from './auth.ts';
import { createGuesses } from './guesses.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createPeople, type People } from './people.ts';
import { isRole, type Role } from './roles.ts';
import { readSecurity, type Security, writeSecurity } from './security.ts';
import { createSessions, type SessionFacts, type Sessions } from './sessions.ts';
import { createSignIn, type SignIn } from './sign-in.ts';
import { createTokens, type TokenInfo } from './tokens.ts';

/** Who makes a request. */
export interface Principal {
  readonly type: 'person' | 'token';
  readonly id: string;
  readonly name: string;
  /** People only. */
  readonly email?: string;
  readonly role: Role;
  /** Tokens only: the person who made it. */
  readonly madeBy?: string;
  /** People only: the session they come with. */
  readonly session?: SessionFacts;
}

export interface Access {
  /** Answers what the library does itself under `/api/auth`: the session, its end, coming back from a provider. */
  handler(request: Request, address: string): Promise<Response>;
  /** A link that signs the owner in, once, within 24 hours: `…/sign-in?token=…`. Only its hash is kept. */
  ownerLink(baseUrl: string): Promise<string>;
  /** The same for somebody who lost what they sign in with. @throws Problem 404 */
  personLink(id: string, baseUrl: string): Promise<string>;
  /** Consumes a link's token. The headers hold the session cookies; null when the token is used up, old or wrong. */
  signIn(token: string, from?: From): Promise<{ headers: Headers } | null>;
  /** Who sends this request, by bearer token or session cookie; null for nobody. A wrong token is nobody. */
  whoIs(request: Request): Promise<Principal | null>;
  /** Who has a program call `/mcp`: a token of ours, or one that a person gave it by OAuth, which opens nothing else. */
  whoCalls(request: Request): Promise<Principal | null>;
  readonly apps: Apps;
  /** Whose address that is; null for nobody's. Whoever asks must know that the address is really theirs. */
  personByEmail(email: string): Promise<Principal | null>;
  /** The person the one-time link signs in, made when there is none. */
  owner(): Promise<Principal>;
  createToken(token: {
    name: string;
    role: Role;
    madeBy?: string | undefined;
    days?: number | undefined;
  }): Promise<{ token: string; info: TokenInfo }>;
  listTokens(): Promise<TokenInfo[]>;
  /** False when there is none. */
  revokeToken(id: string): Promise<boolean>;
  readonly ways: SignIn;
  readonly account: Account;
  readonly sessions: Sessions;
  readonly people: People;
  readonly invitations: Invitations;
  readonly security: { read(): Promise<Security>; write(security: Security): Promise<void> };
  /** What the sign-in page has to know; nothing in it says who has an account. */
  readonly offer: { passkeys: { rpId: string }; provider: { name: string } | null };
  /** Forgets counted guesses that are too old to matter. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export interface AccessOptions {
  readonly database: Pick<Database, 'url' | 'db'>;
  readonly log: Log;
  /** Instances that share a database must share it. */
  readonly secret: string;
  readonly publicUrl?: string | undefined;
  /** Cookies only over TLS; default: where the public address says https. */
  readonly secure?: boolean;
  readonly provider?: Provider | undefined;
  readonly clock?: Clock;
  /** Tests only. */
  readonly passwords?: Passwords;
}

const ownerEmail = 'owner@purser.local';

/** Whether an address is the one that the first owner has until they enter their own: nobody reads it. */
export const isPlaceholder = (address: string) => address.toLowerCase() === ownerEmail;
const poolSize = 4;

/** What of the library may be reached over HTTP; everything else goes through our own routes or does not exist. */
const openPaths: Readonly<Record<string, string>> = {
  '/sign-out': 'POST',
  '/callback/oidc': 'GET',
};

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

/** Sign-in, sessions, people, roles and API tokens, on the sign-in library's own tables. */
export async function createAccess(options: AccessOptions): Promise<Access> {
  const { database, log, secret, publicUrl, provider, clock = systemClock } = options;
  const { db } = database;
  const pool = createPool({ url: database.url, log, max: poolSize, searchPath: authSchema });
  // The library hands a link's token to a callback; this brings it back to who asked for it.
  const linkBox = new AsyncLocalStorage<{ token?: string }>();
  const auth = createAuth({
    ...{ pool, log, secret, publicUrl, provider, passwords: options.passwords },
    secure: options.secure ?? publicUrl?.startsWith('https:') ?? false,
    onLink: (_email, token) => {
      const box = linkBox.getStore();
      if (box) box.token = token;
    },
  });
  await migrateAuth(auth, pool);
  const tokens = createTokens({ auth, pool, clock });
  const guesses = createGuesses(db, clock);
  const sessions = createSessions({ auth, pool, clock });
  const people = createPeople({ auth, pool });
  const apps = createApps({ auth, pool, clock });
  const known = { auth, db, pool, clock, guesses, sessions };

  async function linkFor(email: string, baseUrl: string): Promise<string> {
    const box: { token?: string } = {};
    await linkBox.run(box, () => auth.api.signInMagicLink({ body: { email }, headers: new Headers() }));
    if (!box.token) throw new Error('The sign-in link could not be made.');
    const link = new URL('/sign-in', baseUrl);
    link.searchParams.set('token', box.token);
    return link.href;
  }

  async function whoIs(request: Request): Promise<Principal | null> {
    const token = bearer(request);
    if (token !== undefined) {
      const holder = await tokens.verify(token);
      return holder && { type: 'token', ...holder };
    }
    if (!request.headers.has('cookie')) return null;
    const found = await auth.api.getSession({
      headers: request.headers,
      query: { disableRefresh: true },
    });
    if (!found) return null;
    const { requireSecondFactor } = await readSecurity(db);
    const session = await sessions.facts(found.session.id, requireSecondFactor);
    return session && { ...toPerson(found.user), session };
  }

  return {
    ways: createSignIn({ ...known, hasProvider: provider !== undefined }),
    account: createAccount(known),
    sessions,
    people: {
      ...people,
      async setRole(id, role) {
        await people.setRole(id, role);
        tokens.forget();
      },
      async remove(id) {
        const removed = await people.remove(id);
        tokens.forget();
        return removed;
      },
    },
    invitations: createInvitations({ db, clock, people }),
    security: { read: () => readSecurity(db), write: (security) => writeSecurity(db, security) },
    offer: {
      passkeys: { rpId: rpIdOf(publicUrl) },
      provider: provider ? { name: provider.name } : null,
    },
    async sweep() {
      await guesses.sweep();
      await apps.sweep();
    },

    async handler(request, address) {
      const path = new URL(request.url).pathname.slice(basePath.length);
      if (openPaths[path] !== request.method) return new Response(null, { status: 404 });
      const headers = new Headers(request.headers);
      headers.set(addressHeader, address);
      return auth.handler(new Request(request, { headers }));
    },
    async ownerLink(baseUrl) {
      const { email = ownerEmail } = await findOrCreateOwner(auth);
      return linkFor(email, baseUrl);
    },
    async personLink(id, baseUrl) {
      return linkFor((await people.get(id)).email, baseUrl);
    },
    async signIn(token, from) {
      try {
        // asResponse: whatever the library answers to a wrong token, it is not a session cookie.
        const response = await auth.api.magicLinkVerify({
          query: { token },
          headers: from ? headersOf(from, { withoutSession: true }) : new Headers(),
          asResponse: true,
        });
        const cookies = response.headers.getSetCookie();
        if (!response.ok || cookies.length === 0) return null;
        if (from) await sessions.endOf(from);
        const headers = new Headers();
        for (const cookie of cookies) headers.append('set-cookie', cookie);
        return { headers };
      } catch (error) {
        if (error instanceof Error && error.name === 'APIError') return null;
        throw error;
      }
    },
    whoIs,
    async whoCalls(request) {
      const token = bearer(request);
      return token?.startsWith(appTokenPrefix) ? apps.verify(token) : whoIs(request);
    },
    apps,
    async personByEmail(email) {
      const { internalAdapter } = await auth.$context;
      const found = await internalAdapter.findUserByEmail(email.toLowerCase());
      return found && toPerson(found.user);
    },
    owner: () => findOrCreateOwner(auth),
    async createToken(token) {
      const { id } = await findOrCreateOwner(auth);
      return tokens.create({ ...token, belongsTo: id });
    },
    listTokens: tokens.list,
    revokeToken: tokens.revoke,
    close: () => pool.end(),
  };
}
