import { money, toDecimal } from '@purser/money';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Account } from '../tools/account.ts';
import type { Preview } from '../tools/tool.ts';
import type { Decider } from './approvals.ts';
import type { Approval, ApprovalStatus } from './operation.ts';
import type { CallError } from './plan.ts';

/** Newest first, or those that wait longest; `after` is the last id of the page before. */
export async function listApprovals(
  db: Kysely<Schema>,
  filter: {
    /** `decided`: all that wait no more. */
    status?: ApprovalStatus | 'decided';
    threadId?: string;
    id?: string;
    ids?: readonly string[];
  },
  page: { limit: number; after?: string; oldestFirst?: boolean } = { limit: 500 },
): Promise<Approval[]> {
  let query = db
    .selectFrom('approvals')
    .innerJoin('operations', 'operations.id', 'approvals.operation_id')
    .innerJoin('agents', 'agents.id', 'operations.agent_id')
    .innerJoin('threads', 'threads.id', 'approvals.thread_id')
    .innerJoin('connections', 'connections.id', 'operations.connection_id')
    .selectAll('approvals')
    .select(['operations.agent_id', 'operations.tool', 'operations.title as tool_title', 'operations.effect'])
    .select(['operations.mode', 'operations.preview', 'operations.input', 'agents.name as agent_name'])
    .select(['operations.requester_name', 'operations.lowerable', 'operations.currency'])
    .select(['operations.state as operation_state', 'operations.error'])
    .select(['threads.title as thread_title', 'connections.account'])
    .where('threads.deleted_at', 'is', null);
  if (filter.status === 'decided') query = query.where('approvals.status', '!=', 'pending');
  else if (filter.status) query = query.where('approvals.status', '=', filter.status);
  if (filter.threadId) query = query.where('approvals.thread_id', '=', filter.threadId);
  if (filter.ids) query = query.where('approvals.id', 'in', filter.ids);
  if (filter.id) query = query.where('approvals.id', '=', filter.id);
  const { after, oldestFirst = false } = page;
  if (after) {
    query = query.where((where) =>
      where(
        where.refTuple('approvals.requested_at', 'approvals.id'),
        oldestFirst ? '>' : '<',
        where
          .selectFrom('approvals as last')
          .select(['last.requested_at', 'last.id'])
          .where('last.id', '=', after)
          .$asTuple('requested_at', 'id'),
      ),
    );
  }
  const rows = await query
    .orderBy('approvals.requested_at', oldestFirst ? 'asc' : 'desc')
    .orderBy('approvals.id', oldestFirst ? 'asc' : 'desc')
    .limit(page.limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    toolCallId: row.tool_call_id,
    threadId: row.thread_id,
    threadTitle: row.thread_title,
    agentId: row.agent_id,
    agentName: row.agent_name,
    operationId: row.operation_id,
    tool: row.tool,
    title: row.tool_title,
    effect: row.effect,
    mode: row.mode,
    account: row.account as unknown as Account,
    summary: (row.preview as unknown as Preview).summary,
    preview: row.preview as unknown as Preview,
    input: row.input,
    reason: row.reason,
    status: row.status,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: (row.decided_by as unknown as Decider | null)?.name ?? null,
    decisionReason: row.decision_reason,
    outside: row.outside_id && row.outside_url ? { id: row.outside_id, url: row.outside_url } : null,
    needed: row.needed,
    given: (row.given as unknown as Decider[]).map(({ name }) => name),
    requestedBy: row.requester_name,
    notOwn: row.barred !== null,
    lowerable: row.lowerable,
    loweredTo:
      row.lowered_to !== null && row.currency !== null
        ? toDecimal(money(BigInt(row.lowered_to), row.currency))
        : null,
    operationState: row.operation_state,
    problem: (row.error as unknown as CallError | null)?.message ?? null,
  }));
}
