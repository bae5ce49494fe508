/** When playbooks look by themselves for what no event told. */
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { namedPlaybook } from './decider.ts';
import type { Playbook } from './playbook.ts';

/** At once, where it looks at all. */
export const firstLook = ({ looksEveryHours }: Playbook, now: Date) => (looksEveryHours ? now : null);
const nextLook = ({ looksEveryHours }: Playbook, now: Date) =>
  looksEveryHours ? new Date(now.getTime() + looksEveryHours * 3_600_000) : null;

/** Takes one setup whose time to look has come, so that no other instance looks. */
export async function claimLook(
  db: Kysely<Schema>,
  playbooks: readonly Playbook[],
  now: Date,
): Promise<{ name: string; connectionId: string } | null> {
  return db.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom('playbooks')
      .innerJoin('connections', 'connections.id', 'playbooks.connection_id')
      .selectAll('playbooks')
      .where('enabled', '=', true)
      .where('look_at', '<=', now)
      .where('deleted_at', 'is', null)
      .orderBy('look_at')
      .limit(1)
      .forUpdate('playbooks')
      .skipLocked()
      .executeTakeFirst();
    if (!due) return null;
    await trx
      .updateTable('playbooks')
      .set({ look_at: nextLook(namedPlaybook(playbooks, due.name), now) })
      .where('name', '=', due.name)
      .where('connection_id', '=', due.connection_id)
      .execute();
    return { name: due.name, connectionId: due.connection_id };
  });
}
