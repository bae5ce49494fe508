import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';

/**
 * What an entry about an operation says of it, whoever recorded it: which call, decided by whom, in which account, by
 * which key. Null when `subject` is no operation.
 */
export async function operationFacts(
  db: Kysely<Schema>,
  subject: string,
): Promise<{ [key: string]: unknown } | null> {
  if (!subject.startsWith('op_')) return null;
  const found = await db
    .selectFrom('operations as o')
    .innerJoin('connections as c', 'c.id', 'o.connection_id')
    .leftJoin('approvals as a', 'a.operation_id', 'o.id')
    .select(['o.tool', 'o.effect', 'o.state', 'o.digest', 'o.account_id', 'o.mode', 'o.connection_id'])
    .select(['o.agent_id', 'o.requester', 'o.thread_id', 'o.run_id', 'o.tool_call_id', 'o.request_ids'])
    .select(['c.key_fingerprint', 'c.key_last4', 'a.id as approval_id', 'a.decided_by'])
    .where('o.id', '=', subject)
    .executeTakeFirst();
  if (!found) return null;
  return {
    ...{ tool: found.tool, effect: found.effect, state: found.state },
    inputs: found.digest,
    ...{ connection: found.connection_id, account: found.account_id, mode: found.mode },
    key: { fingerprint: found.key_fingerprint, last4: found.key_last4 },
    ...{ agent: found.agent_id, requester: found.requester },
    ...{ thread: found.thread_id, run: found.run_id, call: found.tool_call_id },
    approval: found.approval_id && { id: found.approval_id, by: found.decided_by },
    requests: found.request_ids,
  };
}
