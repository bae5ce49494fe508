import { type Access, type AccessOptions, createAccess } from '../access/access.ts';
import type { Role } from '../access/roles.ts';
import { appCode, createDevice, type Device, quickPasswords } from '../access/testing.ts';
import { createAudit } from '../audit/audit.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { silentLog } from '../log.ts';
import { createApp } from './app.ts';
import { createInFlight } from './in-flight.ts';
import { createRates } from './rates.ts';
import type { ApiApp } from './route.ts';
import type { Service } from './service.ts';

/** Whatever a handler wants of the rest: it must not get as far. */
const unreachable: unknown = new Proxy(() => undefined, {
  get: () => unreachable,
  apply: () => {
    throw new Error('A handler was reached.');
  },
});

interface Behind {
  /** What there is behind the routes after all. */
  behind?: (database: Database) => Partial<Service>;
}

/** The whole of HTTP over real sign-in and nothing behind it: for what is decided before a handler. `close` it. */
export async function accessApp(
  database: Database,
  options: Partial<AccessOptions> & Behind & { clock?: Clock } = {},
): Promise<{ app: ApiApp; access: Access; close(): Promise<void> }> {
  const { clock = systemClock, behind, ...own } = options;
  const secret = Buffer.alloc(32, 5).toString('base64');
  const access = await createAccess({ database, log: silentLog, secret, clock, ...own });
  const about = {
    ...{ version: '0', sandbox: null, host: '127.0.0.1', isSecure: false },
    ...{ publicUrl: own.publicUrl ?? null, isTrustedProxy: () => false },
  };
  const known = {
    ...{
      access,
      database,
      clock,
      mailer: null,
      about,
      log: silentLog,
      rates: createRates(clock),
      inFlight: createInFlight(),
      consoleDir: null,
    },
    audit: createAudit(database.db, clock),
    ...behind?.(database),
  };
  const service = new Proxy(known, {
    get: (target, name) => (name in target ? Reflect.get(target, name) : unreachable),
  });
  return { app: createApp(service as unknown as Service), access, close: access.close };
}

/** A browser: keeps its cookies, and says where its requests come from. */
export function browser(app: ApiApp, origin = 'http://localhost') {
  const jar = new Map<string, string>();
  async function call(method: string, path: string, body?: unknown) {
    const headers = new Headers({ host: new URL(origin).host, origin });
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await app.request(`${origin}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === '' || /max-age=0/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json');
    return { status: answer.status, headers: answer.headers, body: isJson && text ? JSON.parse(text) : text };
  }
  return {
    cookies: jar,
    get: (path: string) => call('GET', path),
    post: (path: string, body: unknown = {}) => call('POST', path, body),
    put: (path: string, body: unknown) => call('PUT', path, body),
    patch: (path: string, body: unknown) => call('PATCH', path, body),
    remove: (path: string) => call('DELETE', path),
  };
}

export const origin = 'http://localhost';
export const password = 'correct horse battery';
type Browser = ReturnType<typeof browser>;

export interface Somebody {
  window: Browser;
  email: string;
  id: string;
}

/** A workspace and its people, in a database of its own. */
export interface World {
  readonly app: ApiApp;
  readonly access: Access;
  readonly database: Database;
  /** Milliseconds that the clock is ahead of the machine's: sessions get as old as a test wants. */
  ahead: number;
  browser(): Browser;
  /** The owner by the one-time link. */
  byLink(): Promise<Browser>;
  /** Somebody with a password, who came by invitation. */
  somebody(role?: Role): Promise<Somebody>;
  /** Somebody whose app shows codes; the first is used up. */
  withCodes(role?: Role): Promise<Somebody & { uri: string; recoveryCodes: string[] }>;
  withPasskey(role?: Role): Promise<Somebody & { device: Device }>;
  signIn(email: string, word?: string): ReturnType<Browser['post']>;
  /** The time is now, and nobody has guessed. */
  freshen(): Promise<void>;
  close(): Promise<void>;
}

export async function peopleWorld(options: Partial<AccessOptions> & Behind = {}): Promise<World> {
  const database = await testDatabase();
  const clock = { now: () => new Date(Date.now() + world.ahead) };
  const { app, access, close } = await accessApp(database, { clock, passwords: quickPasswords, ...options });
  let made = 0;
  const world: World = {
    ...{ app, access, database, ahead: 0 },
    browser: () => browser(app, origin),
    async byLink() {
      const window = browser(app, origin);
      const link = new URL(await access.ownerLink(origin));
      await window.get(`${link.pathname}${link.search}`);
      return window;
    },
    async somebody(role = 'operator') {
      made += 1;
      const email = `person${made}@example.com`;
      const { token } = await access.invitations.invite({ email, role }, { id: 'x', name: 'Ann' });
      const window = browser(app, origin);
      await window.post('/api/invitations/accept', { token, name: `Person ${made}`, password });
      const session = await window.get('/api/session');
      return { window, email, id: session.body.user.id };
    },
    async withCodes(role) {
      const person = await world.somebody(role);
      const { body } = await person.window.post('/api/account/codes', { password });
      const code = appCode(body.uri, new Date(), -1);
      await person.window.post('/api/account/codes/confirm', { code });
      return { ...person, uri: body.uri, recoveryCodes: body.recoveryCodes };
    },
    async withPasskey(role) {
      const person = await world.somebody(role);
      const device = createDevice({ rpId: 'localhost', origin });
      const { body } = await person.window.post('/api/account/passkeys/options');
      const response = device.create(body);
      await person.window.post('/api/account/passkeys', { name: 'Phone', response });
      return { ...person, device };
    },
    signIn: (email, word = password) =>
      browser(app, origin).post('/api/sign-in/password', { email, password: word }),
    async freshen() {
      world.ahead = 0;
      await database.pool.query('delete from guesses');
    },
    async close() {
      await close();
      await database.close();
    },
  };
  return world;
}
