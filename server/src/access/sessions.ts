import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { type From, headersOf } from './asking.ts';
import type { Auth, Method } from './auth.ts';

/** A way a person can prove again who they are. */
export type Proof = 'password' | 'code' | 'passkey' | 'provider';

/** What a request's session says of the person behind it. */
export interface SessionFacts {
  readonly id: string;
  /** When the person last proved who they are. */
  readonly provenAt: Date;
  /** How they can do it again; empty while they have nothing to prove it with. */
  readonly proofs: readonly Proof[];
  /** A second factor is required of everyone, and this session has none behind it. */
  readonly owesSecondFactor: boolean;
}

/** One signed-in browser, as people see it. */
export interface SessionInfo {
  id: string;
  personId: string;
  personName: string;
  method: Method;
  address: string | null;
  /** What the browser calls itself. */
  userAgent: string | null;
  createdAt: Date;
  seenAt: Date;
  expiresAt: Date;
  /** The one that asks. */
  current: boolean;
}

export interface Sessions {
  /** The facts of a session that the library found good. `isRequired`: a second factor, of everyone. */
  facts(sessionId: string, isRequired: boolean): Promise<SessionFacts | null>;
  /** Somebody's, or everybody's; the last seen first. */
  list(filter: { personId?: string; current?: string | undefined }): Promise<SessionInfo[]>;
  /** @returns false where there is none, or it is somebody else's */
  revoke(id: string, personId?: string): Promise<boolean>;
  revokeOthers(personId: string, keep: string | undefined): Promise<number>;
  /** The person has just proven who they are. */
  prove(id: string): Promise<void>;
  /** Ends the session that a request carries, if any. */
  endOf(from: From): Promise<void>;
  endByToken(token: string): Promise<void>;
}

/** How exact the time of the last use is. */
const seenMs = 60_000;

const factsRow = z.object({
  method: z.string().nullable(),
  proven_at: z.date().nullable(),
  seen_at: z.date().nullable(),
  created_at: z.date(),
  has_code: z.boolean().nullable(),
  has_password: z.boolean(),
  has_passkey: z.boolean(),
  has_provider: z.boolean(),
});

const infoRow = z.object({
  id: z.string(),
  person_id: z.string(),
  person_name: z.string(),
  method: z.enum(['link', 'password', 'code', 'passkey', 'provider']).catch('link'),
  address: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: z.date(),
  seen_at: z.date(),
  expires_at: z.date(),
});

const factsQuery = `
  select s.method, s."provenAt" as proven_at, s."seenAt" as seen_at, s."createdAt" as created_at,
    u."twoFactorEnabled" as has_code,
    exists (select 1 from account where "userId" = u.id and password is not null) as has_password,
    exists (select 1 from passkey where "userId" = u.id) as has_passkey,
    exists (select 1 from account where "userId" = u.id and "providerId" = 'oidc') as has_provider
  from session s join "user" u on u.id = s."userId" where s.id = $1`;

const listQuery = `
  select s.id, u.id as person_id, u.name as person_name, s.method, s."ipAddress" as address,
    s."userAgent" as user_agent, s."createdAt" as created_at, coalesce(s."seenAt", s."createdAt") as seen_at,
    s."expiresAt" as expires_at
  from session s join "user" u on u.id = s."userId"
  where s."expiresAt" > now() and ($1::text is null or u.id = $1)
  order by seen_at desc limit 500`;

function proofsOf(row: z.infer<typeof factsRow>): Proof[] {
  return [
    ...(row.has_passkey ? (['passkey'] as const) : []),
    // Where there is a second factor, the password alone proves too little.
    ...(row.has_code ? (['code'] as const) : row.has_password ? (['password'] as const) : []),
    ...(row.has_provider ? (['provider'] as const) : []),
  ];
}

export function createSessions({ auth, pool, clock }: { auth: Auth; pool: Pool; clock: Clock }): Sessions {
  return {
    async facts(sessionId, isRequired) {
      const { rows } = await pool.query(factsQuery, [sessionId]);
      if (!rows[0]) return null;
      const row = factsRow.parse(rows[0]);
      const now = clock.now();
      if (!row.seen_at || now.getTime() - row.seen_at.getTime() > seenMs)
        await pool.query('update session set "seenAt" = $2 where id = $1', [sessionId, now]);
      return {
        id: sessionId,
        provenAt: row.proven_at ?? row.created_at,
        proofs: proofsOf(row),
        owesSecondFactor:
          isRequired && !row.has_code && row.method !== 'passkey' && row.method !== 'provider',
      };
    },

    async list({ personId, current }) {
      const { rows } = await pool.query(listQuery, [personId ?? null]);
      return rows.map((found) => {
        const row = infoRow.parse(found);
        return {
          id: row.id,
          personId: row.person_id,
          personName: row.person_name,
          method: row.method,
          address: row.address,
          userAgent: row.user_agent,
          createdAt: row.created_at,
          seenAt: row.seen_at,
          expiresAt: row.expires_at,
          current: row.id === current,
        };
      });
    },

    async revoke(id, personId) {
      const gone = await pool.query(
        'delete from session where id = $1 and ($2::text is null or "userId" = $2)',
        [id, personId ?? null],
      );
      return (gone.rowCount ?? 0) > 0;
    },

    async revokeOthers(personId, keep) {
      const gone = await pool.query('delete from session where "userId" = $1 and id <> $2', [
        personId,
        keep ?? '',
      ]);
      return gone.rowCount ?? 0;
    },

    async prove(id) {
      await pool.query('update session set "provenAt" = $2 where id = $1', [id, clock.now()]);
    },

    async endOf(from) {
      if (!from.headers.has('cookie')) return;
      const query = { disableRefresh: true };
      const before = await auth.api.getSession({ headers: headersOf(from), query });
      if (before) await this.revoke(before.session.id);
    },

    async endByToken(token) {
      await pool.query('delete from session where token = $1', [token]);
    },
  };
}
