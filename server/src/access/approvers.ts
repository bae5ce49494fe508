import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { authSchema } from './auth.ts';
import { can, isRole } from './roles.ts';

/** Somebody who may decide approvals. */
export interface Approver {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Everybody whose role lets them approve, who came first first. */
export async function listApprovers(db: Kysely<Schema>): Promise<Approver[]> {
  const { rows } = await sql<Approver & { role: string | null }>`
    select id, name, email, role from ${sql.table(`${authSchema}.user`)} order by "createdAt", id`.execute(
    db,
  );
  return rows
    .filter(({ role }) => isRole(role) && can(role, 'approve'))
    .map(({ id, name, email }) => ({ id, name, email }));
}
