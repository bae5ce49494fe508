/** Programs that people connected by OAuth: who calls with their tokens, which there are, and their end. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { Principal } from './access.ts';
import { type From, headersOf } from './asking.ts';
import { type Auth, appTokenPrefix, basePath } from './auth.ts';
import { can, isRole, type Role } from './roles.ts';

/** What a program says it is. Nobody has checked it. */
export interface AppInfo {
  id: string;
  name: string;
  /** Where it wants people sent back to: hosts, and schemes of programs on this machine. */
  returnsTo: string[];
}

/** A program that somebody let in. */
export interface ConnectedApp extends AppInfo {
  person: { id: string; name: string };
  /** What it may do: never more than the person, and never approve. */
  role: Role;
  allowedAt: Date;
  /** When it last got a token, which lasts an hour. */
  seenAt: Date | null;
}

export interface Apps {
  /** Hands a request of the protocol to the library: below `/oauth2/`, or its metadata. */
  handle(request: Request, from: From): Promise<Response>;
  /** Null for a token that is unknown, over or revoked. */
  verify(token: string): Promise<Principal | null>;
  /** @returns null where there is none */
  info(id: string): Promise<AppInfo | null>;
  /** Somebody's, or everybody's; the last allowed first. */
  list(personId?: string): Promise<ConnectedApp[]>;
  /** Ends its tokens at once. @returns false where that person let no such program in */
  revoke(id: string, personId: string): Promise<boolean>;
  /** Whether another program may register: those that nobody lets in are forgotten after a day. */
  hasRoom(): Promise<boolean>;
  sweep(): Promise<void>;
}

/** Programs that registered and that nobody has let in yet. */
const mostWaiting = 200;

/** Tokens of programs do what their person may, and never approve: whoever proposes does not decide. */
export const roleOfApp = (role: Role): Role => (can(role, 'operate') ? 'requester' : 'viewer');

const list = z.preprocess(
  (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  z.array(z.string()).catch([]),
);
const holder = z.object({
  client: z.string(),
  client_name: z.string().nullable(),
  person: z.string(),
  person_name: z.string(),
  role: z.unknown(),
  scopes: list,
});
const appRow = z.object({ id: z.string(), name: z.string().nullable(), uris: list });
const connectedRow = appRow.extend({
  person: z.string(),
  person_name: z.string(),
  role: z.unknown(),
  allowed_at: z.date(),
  seen_at: z.date().nullable(),
});

const holderQuery = `
  select c."clientId" as client, c.name as client_name, u.id as person, u.name as person_name, u.role, t.scopes
  from "oauthAccessToken" t
  join "oauthClient" c on c."clientId" = t."clientId" and c.disabled is not true
  join "user" u on u.id = t."userId"
  where t.token = $1 and t."expiresAt" > $2 and t.revoked is null`;

const connectedQuery = `
  select c."clientId" as id, c.name, c."redirectUris" as uris, u.id as person, u.name as person_name, u.role,
    min(o."createdAt") as allowed_at,
    (select max("createdAt") from "oauthAccessToken" t where t."clientId" = c."clientId" and t."userId" = u.id) as seen_at
  from "oauthConsent" o
  join "oauthClient" c on c."clientId" = o."clientId"
  join "user" u on u.id = o."userId"
  where $1::text is null or u.id = $1
  group by 1, 2, 3, 4, 5, 6 order by allowed_at desc limit 200`;

/** One line, without what could pass for something else: programs name themselves. */
const plainName = (name: string | null): string =>
  (name ?? '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 60) || 'A program without a name';

const whereTo = (uri: string): string => {
  if (!URL.canParse(uri)) return 'elsewhere';
  const { protocol, host } = new URL(uri);
  return /^https?:$/.test(protocol) ? host : `${protocol}//`;
};

const toApp = ({ id, name, uris }: z.infer<typeof appRow>): AppInfo => ({
  ...{ id, name: plainName(name) },
  returnsTo: [...new Set(uris.map(whereTo))],
});

export function createApps({ auth, pool, clock }: { auth: Auth; pool: Pool; clock: Clock }): Apps {
  return {
    async handle(request, from) {
      const headers = headersOf(from);
      // With cookies the library wants to know from which page: programs have neither.
      if (!headers.get('cookie')) headers.delete('cookie');
      // Ours refuses pages elsewhere before anything gets here; browsers leave it out where a page sends no referrer.
      headers.set('origin', new URL(request.url).origin);
      for (const name of ['host', 'authorization', 'content-type', 'accept']) {
        const value = request.headers.get(name);
        if (value) headers.set(name, value);
      }
      const { method } = request;
      const body = method === 'POST' ? await request.text() : undefined;
      return auth.handler(new Request(request.url, { method, headers, ...(body !== undefined && { body }) }));
    },

    async verify(token) {
      const kept = createHash('sha256').update(token.slice(appTokenPrefix.length)).digest('base64url');
      const { rows } = await pool.query(holderQuery, [kept, clock.now()]);
      if (!rows[0]) return null;
      const found = holder.parse(rows[0]);
      if (!found.scopes.includes('mcp')) return null;
      return {
        ...{ type: 'token', id: `${found.client}:${found.person}`, madeBy: found.person },
        name: `${plainName(found.client_name)} of ${found.person_name}`,
        role: roleOfApp(isRole(found.role) ? found.role : 'viewer'),
      };
    },

    async info(id) {
      const { rows } = await pool.query(
        'select "clientId" as id, name, "redirectUris" as uris from "oauthClient" where "clientId" = $1',
        [id],
      );
      return rows[0] ? toApp(appRow.parse(rows[0])) : null;
    },

    async list(personId) {
      const { rows } = await pool.query(connectedQuery, [personId ?? null]);
      return rows.map((found) => {
        const row = connectedRow.parse(found);
        return {
          ...toApp(row),
          person: { id: row.person, name: row.person_name },
          role: roleOfApp(isRole(row.role) ? row.role : 'viewer'),
          ...{ allowedAt: row.allowed_at, seenAt: row.seen_at },
        };
      });
    },

    async revoke(id, personId) {
      for (const table of ['"oauthAccessToken"', '"oauthRefreshToken"'])
        await pool.query(`delete from ${table} where "clientId" = $1 and "userId" = $2`, [id, personId]);
      const gone = await pool.query('delete from "oauthConsent" where "clientId" = $1 and "userId" = $2', [
        ...[id, personId],
      ]);
      return (gone.rowCount ?? 0) > 0;
    },

    async hasRoom() {
      const { rows } = await pool.query(`
        select count(*)::int as waiting from "oauthClient" c
        where not exists (select 1 from "oauthConsent" o where o."clientId" = c."clientId")`);
      return z.object({ waiting: z.number() }).parse(rows[0]).waiting < mostWaiting;
    },

    async sweep() {
      await pool.query(
        `delete from "oauthClient" c where c."createdAt" < $1
           and not exists (select 1 from "oauthConsent" o where o."clientId" = c."clientId")`,
        [new Date(clock.now().getTime() - 24 * 3_600_000)],
      );
      for (const table of ['"oauthAccessToken"', '"oauthRefreshToken"'])
        await pool.query(`delete from ${table} where "expiresAt" < $1`, [clock.now()]);
    },
  };
}

/** Where the library's part of the protocol is. */
export const oauthPath = `${basePath}/oauth2`;
