import type { Kysely, Selectable } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { OperationsTable, Schema } from '../database/schema.ts';
import type { Json, ObjectRef, Plan, Preview, ToolOutcome, Undo, WriteTool } from '../tools/tool.ts';
import { nextStates, type OperationState } from './operation.ts';
import type { CallError } from './plan.ts';
import { amountOf } from './policy.ts';
import { twinOf } from './twins.ts';
import { requesterOf } from './verdict.ts';
import type { WriteCall } from './write-call.ts';

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
  { tool, input, plan, digest }: { tool: WriteTool<unknown>; input: Json; plan: Plan; digest: string },
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
      twin: twinOf(tool, plan),
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
    now: Date;
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
      updated_at: move.now,
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
