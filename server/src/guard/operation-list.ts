/** Operations as people and clients see them. */
import { money, toDecimal } from '@purser/money';
import { type Kysely, sql } from 'kysely';
import type { Schema, WriteEffect } from '../database/schema.ts';
import type { Account } from '../tools/account.ts';
import { idempotencyKeyOf, type Operation, type OperationState } from './operation.ts';
import type { OperationRow } from './operations.ts';

function selectOperations(db: Kysely<Schema>) {
  return db
    .selectFrom('operations')
    .innerJoin('agents', 'agents.id', 'operations.agent_id')
    .innerJoin('connections', 'connections.id', 'operations.connection_id')
    .leftJoin('approvals', (join) =>
      join.onRef('approvals.operation_id', '=', 'operations.id').on('approvals.kind', '=', 'own'),
    )
    .leftJoin('approvals as outside', (join) =>
      join.onRef('outside.operation_id', '=', 'operations.id').on('outside.kind', '=', 'outside'),
    )
    .leftJoin('operations as setback', (join) =>
      join
        .onRef('setback.undoes', '=', 'operations.id')
        .on('setback.state', 'not in', ['failed', 'rejected']),
    )
    .selectAll('operations')
    .select(['agents.name as agent_name', 'connections.account as account'])
    .select(({ fn }) => fn.coalesce('outside.id', 'approvals.id').as('approval_id'))
    .select(['setback.id as undone_by', 'setback.state as undone_state']);
}

type JoinedRow = OperationRow & {
  agent_name: string;
  account: Account;
  approval_id: string | null;
  undone_by: string | null;
  undone_state: OperationState | null;
};

function toOperation(row: JoinedRow): Operation {
  return {
    id: row.id,
    tool: row.tool,
    title: row.title,
    effect: row.effect,
    state: row.state,
    summary: row.outcome?.summary ?? row.preview.summary,
    preview: row.preview,
    input: row.input,
    mode: row.mode,
    account: row.account,
    connectionId: row.connection_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    threadId: row.thread_id,
    runId: row.run_id,
    toolCallId: row.tool_call_id,
    approvalId: row.approval_id,
    idempotencyKey: idempotencyKeyOf(row.id),
    requestIds: row.request_ids,
    objects: row.objects,
    error: row.error
      ? {
          code: row.error.code,
          message: row.error.message,
          ...(row.error.next ? { next: row.error.next } : {}),
        }
      : null,
    undo: row.undo,
    undoneBy: row.undone_by && row.undone_state ? { id: row.undone_by, state: row.undone_state } : null,
    undoes: row.undoes,
    requestedBy: row.requester_name,
    amount:
      row.amount_minor !== null && row.currency !== null
        ? { decimal: toDecimal(money(BigInt(row.amount_minor), row.currency)), currency: row.currency }
        : null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export interface OperationFilter {
  state?: OperationState;
  agentId?: string;
  connectionId?: string;
  effect?: WriteEffect;
  tool?: string;
  /** Proposed at this moment or later. */
  from?: Date;
  /** Proposed before it. */
  to?: Date;
  /** Part of what it says, or the id of an object it touched. */
  text?: string;
  /** At least this much, with the currency it is meant in. */
  least?: { minor: bigint; currency: string };
}

/** Newest first; `before` is the last id of the page before. */
export async function listOperations(
  db: Kysely<Schema>,
  filter: OperationFilter,
  page: { limit: number; before?: string },
): Promise<Operation[]> {
  let query = selectOperations(db);
  if (filter.state) query = query.where('operations.state', '=', filter.state);
  if (filter.agentId) query = query.where('operations.agent_id', '=', filter.agentId);
  if (filter.connectionId) query = query.where('operations.connection_id', '=', filter.connectionId);
  if (filter.tool) query = query.where('operations.tool', '=', filter.tool);
  if (filter.from) query = query.where('operations.created_at', '>=', filter.from);
  if (filter.to) query = query.where('operations.created_at', '<', filter.to);
  if (filter.effect) query = query.where('operations.effect', '=', filter.effect);
  if (filter.text) {
    const pattern = `%${filter.text.replace(/[\\%_]/g, (special) => `\\${special}`)}%`;
    query = query.where((where) =>
      where.or([
        where('operations.id', '=', filter.text ?? ''),
        where(sql<string>`operations.preview->>'summary'`, 'ilike', pattern),
        where(sql<string>`operations.objects::text`, 'ilike', pattern),
      ]),
    );
  }
  if (filter.least) {
    query = query
      .where('operations.currency', '=', filter.least.currency)
      .where('operations.amount_minor', '>=', filter.least.minor.toString());
  }
  if (page.before) {
    const before = page.before;
    query = query.where((where) =>
      where(
        where.refTuple('operations.created_at', 'operations.id'),
        '<',
        where
          .selectFrom('operations as last')
          .select(['last.created_at', 'last.id'])
          .where('last.id', '=', before)
          .$asTuple('created_at', 'id'),
      ),
    );
  }
  const rows = await query
    .orderBy('operations.created_at', 'desc')
    .orderBy('operations.id', 'desc')
    .limit(page.limit)
    .execute();
  return rows.map((row) => toOperation(row as unknown as JoinedRow));
}

export async function getOperation(db: Kysely<Schema>, id: string): Promise<Operation | undefined> {
  const row = await selectOperations(db).where('operations.id', '=', id).executeTakeFirst();
  return row && toOperation(row as unknown as JoinedRow);
}
