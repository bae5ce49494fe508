/** The rows of our own approvals: asked for with an operation, void when its turn ends. */
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { ApprovalsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import type { Plan } from '../tools/tool.ts';
import { moveOperation } from './operations.ts';
import { amountOf, needsSecondPerson } from './policy.ts';
import { personBehind } from './verdict.ts';
import type { WriteCall } from './write-call.ts';

/** An approval nobody gives within a day is void: prices, balances and minds change. Policy may say otherwise. */
const defaultHours = 24;

export async function requestApproval(
  trx: Transaction<Schema>,
  request: { operationId: string; call: WriteCall; plan: Plan; digest: string; reason: string; now: Date },
): Promise<void> {
  const { policy } = request.call;
  const lifetimeMs = (policy.approval?.hours ?? defaultHours) * 3_600_000;
  await trx
    .insertInto('approvals')
    .values({
      id: newId('apr'),
      needed: needsSecondPerson(policy, amountOf(request.plan.preview)) ? 2 : 1,
      barred: policy.approval?.notOwn ? personBehind(request.call.requester) : null,
      operation_id: request.operationId,
      thread_id: request.call.threadId,
      run_id: request.call.runId,
      tool_call_id: request.call.toolCallId,
      digest: request.digest,
      reason: request.reason,
      status: 'pending',
      requested_at: request.now,
      expires_at: new Date(request.now.getTime() + lifetimeMs),
    })
    .execute();
}

export async function approvalOf(
  db: Kysely<Schema>,
  operationId: string,
): Promise<Selectable<ApprovalsTable> | undefined> {
  return db
    .selectFrom('approvals')
    .selectAll()
    .where('operation_id', '=', operationId)
    .where('kind', '=', 'own')
    .executeTakeFirst();
}

/**
 * Voids what a run that ends was still waiting for, and what was approved for it and not begun: an approval is given
 * for this turn, not for whenever.
 */
export async function voidApprovals(trx: Transaction<Schema>, runId: string, now: Date): Promise<void> {
  const open = await trx
    .selectFrom('approvals')
    .innerJoin('operations', 'operations.id', 'approvals.operation_id')
    .select('approvals.operation_id')
    .where('approvals.run_id', '=', runId)
    // What waits at the far side may still happen there: it is followed until that is known.
    .where('approvals.kind', '=', 'own')
    .where('operations.state', 'in', ['waiting', 'approved'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('approvals as outside')
            .select('outside.id')
            .whereRef('outside.operation_id', '=', 'operations.id')
            .where('outside.kind', '=', 'outside'),
        ),
      ),
    )
    .execute();
  for (const { operation_id } of open) {
    const voided = await moveOperation(trx, operation_id, {
      ...{ from: ['waiting', 'approved'], to: 'rejected', now },
    });
    if (!voided) continue;
    await trx
      .updateTable('approvals')
      .set({ status: 'void', decision_reason: 'The turn ended before it was done.' })
      .where('operation_id', '=', operation_id)
      .execute();
  }
}
