import { z } from 'zod';
import type { Pool, PoolClient } from '../database/pool.ts';
import { conflict, notFound } from '../problem.ts';
import type { Auth } from './auth.ts';
import { isRole, type Role } from './roles.ts';

/** Somebody who works here, as the owners see them. */
export interface PersonInfo {
  id: string;
  name: string;
  email: string;
  role: Role;
  /** Codes of an app are on, or there is a passkey. */
  hasSecondFactor: boolean;
  /** null: not since sessions remember it. */
  seenAt: Date | null;
  createdAt: Date;
}

export interface People {
  /** The first who came first. */
  list(): Promise<PersonInfo[]>;
  /** @throws Problem 404 */
  get(id: string): Promise<PersonInfo>;
  /** @throws Problem 404; 409 for the last owner */
  setRole(id: string, role: Role): Promise<void>;
  /** Their sessions end, and the tokens they made. @throws Problem 404; 409 for the last owner. @returns revoked tokens */
  remove(id: string): Promise<{ tokens: number }>;
  /** Takes away password, codes, passkeys and programs and ends all sessions, for somebody who lost them. @throws Problem 404 */
  reset(id: string): Promise<void>;
  /** Somebody new; the address must be free. @throws Problem 409 */
  create(person: {
    email: string;
    name: string;
    role: Role;
    password: string;
  }): Promise<{ id: string; name: string }>;
}

const row = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.string().nullable(),
  has_second_factor: z.boolean(),
  seen_at: z.date().nullable(),
  createdAt: z.date(),
});

const peopleQuery = `
  select u.id, u.name, u.email, u.role, u."createdAt",
    coalesce(u."twoFactorEnabled", false) or exists (select 1 from passkey where "userId" = u.id) as has_second_factor,
    (select max(coalesce(s."seenAt", s."createdAt")) from session s where s."userId" = u.id) as seen_at
  from "user" u where $1::text is null or u.id = $1 order by u."createdAt", u.id`;

function toPerson(found: unknown): PersonInfo {
  const { has_second_factor, seen_at, role, ...rest } = row.parse(found);
  return {
    ...rest,
    role: isRole(role) ? role : 'viewer',
    hasSecondFactor: has_second_factor,
    seenAt: seen_at,
  };
}

/** What programs got that somebody let in. */
const ofPrograms = ['"oauthAccessToken"', '"oauthRefreshToken"', '"oauthConsent"'] as const;

export function createPeople({ auth, pool }: { auth: Auth; pool: Pool }): People {
  /** Changes a person while nobody else changes owners: one owner always stays. */
  async function changing<T>(
    id: string,
    loses: boolean,
    work: (client: PoolClient) => Promise<T>,
  ): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      const { rows } = await client.query(
        `select id, role from "user" where role = 'owner' or id = $1 order by id for update`,
        [id],
      );
      const found = z.array(z.object({ id: z.string(), role: z.string().nullable() })).parse(rows);
      const subject = found.find((each) => each.id === id);
      if (!subject) throw notFound('person', id);
      const others = found.filter((each) => each.role === 'owner' && each.id !== id);
      if (loses && subject.role === 'owner' && others.length === 0)
        throw conflict('last_owner', 'Somebody must own this workspace: make another person owner first.');
      const done = await work(client);
      await client.query('commit');
      return done;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  return {
    async list() {
      const { rows } = await pool.query(peopleQuery, [null]);
      return rows.map(toPerson);
    },

    async get(id) {
      const { rows } = await pool.query(peopleQuery, [id]);
      if (!rows[0]) throw notFound('person', id);
      return toPerson(rows[0]);
    },

    async setRole(id, role) {
      await changing(id, role !== 'owner', (client) =>
        client.query('update "user" set role = $2, "updatedAt" = now() where id = $1', [id, role]),
      );
    },

    async remove(id) {
      return changing(id, true, async (client) => {
        const made = await client.query(
          `delete from apikey where metadata::jsonb->>'madeBy' = $1 returning id`,
          [id],
        );
        // What was made at the terminal belongs to the first owner: it passes to the next.
        await client.query(
          `update apikey set "referenceId" = (select id from "user" where role = 'owner' and id <> $1
             order by "createdAt" limit 1) where "referenceId" = $1`,
          [id],
        );
        for (const table of [...ofPrograms, 'session', 'account', 'passkey', '"twoFactor"'])
          await client.query(`delete from ${table} where "userId" = $1`, [id]);
        await client.query('delete from "user" where id = $1', [id]);
        return { tokens: made.rowCount ?? 0 };
      });
    },

    async reset(id) {
      await changing(id, false, async (client) => {
        for (const table of [...ofPrograms, 'session', 'passkey', '"twoFactor"'])
          await client.query(`delete from ${table} where "userId" = $1`, [id]);
        await client.query(`delete from account where "userId" = $1 and "providerId" = 'credential'`, [id]);
        await client.query('update "user" set "twoFactorEnabled" = false where id = $1', [id]);
      });
    },

    async create({ email, name, role, password }) {
      const context = await auth.$context;
      const { internalAdapter } = context;
      const taken = conflict('address_taken', 'Somebody here has this e-mail address already.');
      if (await internalAdapter.findUserByEmail(email)) throw taken;
      const hash = await context.password.hash(password);
      const made = await internalAdapter
        .createUser({ name, email, role, emailVerified: true }, { method: 'email' })
        .catch(async (error: unknown) => {
          // Somebody was faster: the address is unique.
          if (await internalAdapter.findUserByEmail(email)) throw taken;
          throw error;
        });
      await internalAdapter.linkAccount({
        userId: made.id,
        providerId: 'credential',
        accountId: made.id,
        password: hash,
      });
      return { id: made.id, name };
    },
  };
}
