import { createHash, randomBytes } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { InvitationsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { notFound, Problem } from '../problem.ts';
import type { People } from './people.ts';
import type { Role } from './roles.ts';

export interface InvitationInfo {
  id: string;
  email: string;
  role: Role;
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
}

/** People come by a link that works once. Looking at it uses nothing up: mail programs look at links by themselves. */
export interface Invitations {
  /** An earlier invitation of the same address no longer works. @returns the link's token, which is not kept */
  invite(
    whom: { email: string; role: Role },
    by: { id: string; name: string },
  ): Promise<{ token: string; info: InvitationInfo }>;
  /** The open ones, newest first. */
  list(): Promise<InvitationInfo[]>;
  /** @throws Problem 404 */
  revoke(id: string): Promise<InvitationInfo>;
  /** @throws Problem 404, the same whether it never was, was used, revoked or is too old */
  look(token: string): Promise<InvitationInfo>;
  /** Uses it up and makes the person. @throws Problem 404, 409 where the address is taken meanwhile */
  accept(
    token: string,
    given: { name: string; password: string },
  ): Promise<{ id: string; name: string; email: string; role: Role }>;
}

const lifetimeMs = 3 * 24 * 60 * 60_000;
const inviter = z.object({ name: z.string() });

const hashOf = (token: string): Buffer => createHash('sha256').update(`invitation ${token}`).digest();

function toInfo(row: Selectable<InvitationsTable>): InvitationInfo {
  const { id, email, role, invited_by, created_at, expires_at } = row;
  return {
    ...{ id, email, role, createdAt: created_at, expiresAt: expires_at },
    invitedBy: inviter.parse(invited_by).name,
  };
}

function spent(): Problem {
  return new Problem({
    status: 404,
    code: 'invitation_not_found',
    title: 'This invitation no longer works',
    detail: 'It was used, taken back, or is too old. Ask whoever invited you for a new one.',
  });
}

export function createInvitations(needs: { db: Kysely<Schema>; clock: Clock; people: People }): Invitations {
  const { db, clock, people } = needs;
  return {
    async invite({ email, role }, { id: personId, name }) {
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const fresh = {
        id: newId('inv'),
        role,
        token_hash: hashOf(token),
        invited_by: jsonb({ id: personId, name }),
        created_at: now,
        expires_at: new Date(now.getTime() + lifetimeMs),
      };
      const row = await db
        .insertInto('invitations')
        .values({ ...fresh, email: email.toLowerCase() })
        .onConflict((conflict) => conflict.column('email').doUpdateSet(fresh))
        .returningAll()
        .executeTakeFirstOrThrow();
      return { token, info: toInfo(row) };
    },

    async list() {
      await sql`delete from invitations where expires_at <= ${clock.now()}`.execute(db);
      const rows = await db
        .selectFrom('invitations')
        .selectAll()
        .orderBy('created_at', 'desc')
        .limit(500)
        .execute();
      return rows.map(toInfo);
    },

    async revoke(id) {
      const row = await db.deleteFrom('invitations').where('id', '=', id).returningAll().executeTakeFirst();
      if (!row) throw notFound('invitation', id);
      return toInfo(row);
    },

    async look(token) {
      const row = await db
        .selectFrom('invitations')
        .selectAll()
        .where('token_hash', '=', hashOf(token))
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      if (!row) throw spent();
      return toInfo(row);
    },

    async accept(token, { name, password }) {
      const { id, email, role } = await this.look(token);
      // Two at once: the second finds the address taken.
      const made = await people.create({ email, name, role, password });
      await db.deleteFrom('invitations').where('id', '=', id).execute();
      return { ...made, email, role };
    },
  };
}
