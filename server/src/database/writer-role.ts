import type pg from 'pg';
import type { Log } from '../log.ts';

/**
 * The role that requests are served with. It may do everything with Purser's tables, but the audit record it can only read
 * and add to: what the triggers refuse, its rights refuse as well, and it can take neither away, since it owns nothing.
 */
export const writerRole = 'purser_writer';

/** Instances, also of other databases of the server, may do this at once. */
const madeByOthers = new Set(['42710', '23505', 'XX000']);
const notAllowed = '42501';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

async function makeRole(client: pg.ClientBase): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [writerRole]);
  if (rowCount === 1) return;
  await client.query(`create role ${writerRole} nologin`).catch((error: unknown) => {
    if (!madeByOthers.has(codeOf(error))) throw error;
  });
}

const canBecome = `select pg_has_role(current_user, $1, 'set') as can`;

async function mayBecome(client: pg.ClientBase): Promise<boolean> {
  const version = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  const isOld = (version.rows[0]?.version ?? 0) < 160_000;
  const { rows } = await client.query<{ can: boolean }>(
    isOld ? canBecome.replace("'set'", "'member'") : canBecome,
    [writerRole],
  );
  return rows[0]?.can ?? false;
}

const rights = `
  grant usage on schema public to ${writerRole};
  grant select, insert, update, delete on all tables in schema public to ${writerRole};
  revoke update, delete, truncate on audit from ${writerRole};
  revoke insert, update, delete on migrations from ${writerRole};`;

/**
 * Makes the role and gives it its rights, after every migration anew. False where the server's administrator has to do it
 * (docs/audit.md says how); then requests are served with the role of DATABASE_URL, and the triggers alone stand guard.
 */
export async function prepareWriter(client: pg.ClientBase, log: Log): Promise<boolean> {
  try {
    await makeRole(client);
    if (!(await mayBecome(client))) await client.query(`grant ${writerRole} to current_user`);
    // In one transaction that no other instance's crosses: two that change the same rights at once would fail.
    await client.query(`begin; select pg_advisory_xact_lock(7305004); ${rights} commit`);
    return true;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    if (codeOf(error) !== notAllowed) throw error;
    log.info('The database role may not make another: the audit record is guarded by triggers only');
    return false;
  }
}
