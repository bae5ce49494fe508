import { money, toDecimal } from '@purser/money';
import { type Kysely, type Selectable, sql } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { OperationsTable, Schema, WriteEffect } from '../database/schema.ts';
import type { Account } from '../tools/account.ts';
import type { Json, ObjectRef, Plan, Preview, ToolOutcome, Undo } from '../tools/tool.ts';
import type { WriteCall } from './guard.ts';
import { idempotencyKeyOf, nextStates, type Operation, type OperationState } from './operation.ts';
import type { CallError } from './plan.ts';
import { amountOf } from './policy.ts';
import { twinOf } from './twins.ts';
import { requesterOf } from './verdict.ts';

/** A row with the shapes this folder wrote into its jsonb columns. */
export type OperationRow = Omit<Selectable<OperationsTable>, keyof OperationJson> & OperationJson;

interface OperationJson {
  input: Json;
  sealed: Json;
  preview: Preview;
  request_ids: string[];
  objects: ObjectRef[];
  outcome: ToolOutcome | null;
  error: CallError | null;
  undo: Undo | null;
}

/** @returns undefined when no such operation was ever proposed. */
export async function findOperation(db: Kysely<Schema>, id: string): Promise<OperationRow | undefined> {
  const row = await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst();
  return row as OperationRow | undefined;
}

/** @returns false when the operation is there already: the first plan stays. */
export async function insertOperation(
  db: Kysely<Schema>,
  operation: {
    id: string;
    call: WriteCall;
    plan: Plan;
    digest: string;
    state: 'waiting' | 'approved';
    now: Date;
  },
): Promise<boolean> {
  const { id, call, plan, digest, state, now } = operation;
  const amount = amountOf(plan.preview);
  const inserted = await db
    .insertInto('operations')
    .values({
      id,
      requester: requesterOf(call),
      requester_name: call.requester.name,
      amount_minor: amount?.minor.toString() ?? null,
      currency: amount?.currency ?? null,
      lowerable: amount !== null && call.tool.withAmount !== undefined,
      twin: twinOf(call.tool, plan),
      undoes: call.undoes ?? null,
      created_at: now,
      updated_at: now,
      run_id: call.runId,
      tool_call_id: call.toolCallId,
      thread_id: call.threadId,
      agent_id: call.agentId,
      connection_id: call.connectionId,
      account_id: call.account.id,
      mode: call.mode,
      tool: call.tool.name,
      title: call.tool.title,
      effect: call.tool.effect,
      state,
      input: jsonb(call.input),
      sealed: jsonb(plan.sealed),
      preview: jsonb(plan.preview),
      digest,
      request_ids: '[]',
      objects: jsonb(plan.preview.objects),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Puts another plan in the place of the first, while the operation is approved and nothing was sent. */
export async function replacePlan(
  db: Kysely<Schema>,
  id: string,
  { input, plan, digest }: { input: Json; plan: Plan; digest: string },
): Promise<void> {
  const amount = amountOf(plan.preview);
  await db
    .updateTable('operations')
    .set({
      input: jsonb(input),
      sealed: jsonb(plan.sealed),
      preview: jsonb(plan.preview),
      objects: jsonb(plan.preview.objects),
      amount_minor: amount?.minor.toString() ?? null,
      currency: amount?.currency ?? null,
      digest,
    })
    .where('id', '=', id)
    .where('state', '=', 'approved')
    .execute();
}

/**
 * Moves an operation on, if it still is where the caller thinks.
 * @returns false when it was not: somebody else moved it first.
 */
export async function moveOperation(
  db: Kysely<Schema>,
  id: string,
  move: {
    from: readonly OperationState[];
    to: OperationState;
    outcome?: ToolOutcome;
    error?: CallError;
    requestIds?: readonly string[];
  },
): Promise<boolean> {
  const { outcome, error } = move;
  const requestIds = outcome?.requestIds ?? move.requestIds;
  const from = move.from.filter((state) => nextStates[state].includes(move.to));
  if (from.length === 0) return false;
  const moved = await db
    .updateTable('operations')
    .set({
      state: move.to,
      updated_at: new Date(),
      ...(requestIds ? { request_ids: jsonb(requestIds) } : {}),
      ...(error ? { error: jsonb(error) } : {}),
      ...(outcome
        ? {
            outcome: jsonb(outcome),
            objects: jsonb(outcome.objects),
            undo: outcome.undo ? jsonb(outcome.undo) : null,
          }
        : {}),
    })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

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
