/**
 * Approvals that the far side asks for itself (Stripe's approval requests): the write was taken note of there and is done
 * once somebody there says yes. Here it waits beside our own approvals, and looking tells what became of it.
 */
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { ApprovalsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import type { OutsideVerdict, WaitsOutside } from '../tools/tool.ts';
import { findOperation, moveOperation, type OperationRow } from './operations.ts';
import type { CallError } from './plan.ts';
import { findOutcome, type OpenTool, settledBy } from './reconcile.ts';

export type AskOutside = (connectionId: string, outsideId: string) => Promise<OutsideVerdict>;

/** The far side gives up by itself; here nothing expires before it. */
const lifetimeMs = 60 * 86_400_000;

export async function requestOutside(
  trx: Transaction<Schema>,
  { operation, waits, now }: { operation: OperationRow; waits: WaitsOutside; now: Date },
): Promise<void> {
  await trx
    .insertInto('approvals')
    .values({
      ...{ id: newId('apr'), kind: 'outside', outside_id: waits.id, outside_url: waits.url },
      ...{ operation_id: operation.id, thread_id: operation.thread_id, run_id: operation.run_id },
      ...{ tool_call_id: operation.tool_call_id, digest: operation.digest, reason: waits.message },
      ...{ status: 'pending', requested_at: now, expires_at: new Date(now.getTime() + lifetimeMs) },
    })
    .onConflict((conflict) => conflict.columns(['operation_id', 'kind']).doNothing())
    .execute();
}

export async function outsideApprovalOf(
  db: Kysely<Schema>,
  operationId: string,
): Promise<Selectable<ApprovalsTable> | undefined> {
  return db
    .selectFrom('approvals')
    .selectAll()
    .where('operation_id', '=', operationId)
    .where('kind', '=', 'outside')
    .executeTakeFirst();
}

export interface OutsideWatch {
  /** Asks how each of them stands. @returns the runs that can go on now */
  look(): Promise<{ runId: string; threadId: string }[]>;
}

export function createOutsideWatch(needs: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  openTool: OpenTool;
  ask: AskOutside;
}): OutsideWatch {
  const { db, audit, clock, openTool, ask } = needs;

  async function settle(approval: Selectable<ApprovalsTable>): Promise<boolean> {
    const operation = await findOperation(db, approval.operation_id);
    if (!operation || approval.outside_id === null) return false;
    const verdict = await ask(operation.connection_id, approval.outside_id);
    if (verdict.status === 'waiting') return false;
    const move = verdict.status === 'done' ? await doneMove(operation, verdict) : refusedMove(verdict);
    return db.transaction().execute(async (trx) => {
      if (!(await moveOperation(trx, operation.id, { from: ['waiting'], ...move, now: clock.now() })))
        return false;
      await trx
        .updateTable('approvals')
        .set({
          status: verdict.status === 'done' ? 'approved' : 'rejected',
          decided_at: clock.now(),
          decision_reason: 'why' in verdict ? verdict.why : null,
        })
        .where('id', '=', approval.id)
        .execute();
      const actor = { type: 'system', id: 'purser', name: 'Purser' } as const;
      const details = { outside: approval.outside_id, verdict: verdict.status };
      await audit.record({ actor, action: 'approval.outside', subject: operation.id, details }, trx);
      return true;
    });
  }

  async function doneMove(operation: OperationRow, verdict: OutsideVerdict & { status: 'done' }) {
    const tool = await openTool(operation.connection_id, operation.tool);
    const found = tool && (await findOutcome(tool, operation));
    if (found) return settledBy(found);
    const objects = verdict.object ? [verdict.object] : operation.objects;
    const outcome = {
      ...{ view: { object: 'operation', done: operation.preview.summary }, record: null },
      ...{ summary: `Approved at Stripe and done: ${operation.preview.summary}`, objects, requestIds: [] },
    };
    return { to: 'done', outcome } as const;
  }

  return {
    async look() {
      const waiting = await db
        .selectFrom('approvals')
        .selectAll()
        .where('kind', '=', 'outside')
        .where('status', '=', 'pending')
        .orderBy('requested_at')
        .limit(50)
        .execute();
      const settled = [];
      for (const approval of waiting)
        if (await settle(approval)) settled.push({ runId: approval.run_id, threadId: approval.thread_id });
      return settled;
    },
  };
}

function refusedMove({ why, status }: { status: 'rejected' | 'failed'; why: string }) {
  const error: CallError = {
    code: status === 'rejected' ? 'rejected_outside' : 'failed_outside',
    message:
      status === 'rejected'
        ? `It was not approved at Stripe: ${why}`
        : `It was approved at Stripe and failed: ${why}`,
  };
  return { to: 'failed', error } as const;
}
