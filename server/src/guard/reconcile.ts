/**
 * Operations whose outcome nobody knows: a time-out, a dropped connection, a saved 500. They are settled by reading
 * the far side, by the mark every operation leaves there, and never by sending them again.
 */
import type { Kysely } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { type Found, ToolError, type WriteTool } from '../tools/tool.ts';
import { findOperation, moveOperation, type OperationRow } from './operations.ts';
import { type CallError, callError } from './plan.ts';

/** Every so often an unknown outcome is looked into. */
const checkEveryMs = 60_000;
/** What left no mark after this long did not happen: no request is still on its way then. */
const givenUpMs = 60 * 60_000;

/** Finds the write tool of an operation; null when its connection or the tool is gone. */
export type OpenTool = (connectionId: string, tool: string) => Promise<WriteTool<unknown> | null>;

export interface Reconciler {
  /** Looks into the unknown outcomes whose turn it is. @returns how many are settled now. */
  settle(): Promise<number>;
  /** Looks into one at once. @returns whether it is settled now. */
  check(operationId: string): Promise<boolean>;
}

export function createReconciler(needs: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  openTool: OpenTool;
}): Reconciler {
  const { db, audit, clock, openTool } = needs;

  async function settleOne(operation: OperationRow): Promise<boolean> {
    const now = clock.now();
    await db.updateTable('operations').set({ checked_at: now }).where('id', '=', operation.id).execute();
    const tool = await openTool(operation.connection_id, operation.tool);
    if (!tool?.find) return false;
    const outcome = await findOutcome(tool, operation);
    if (outcome === undefined) return false;
    const isOld = now.getTime() - operation.updated_at.getTime() > givenUpMs;
    if (outcome === null && !isOld) return false;
    return db.transaction().execute(async (trx) => {
      const move = settledBy(outcome);
      if (!(await moveOperation(trx, operation.id, { from: ['unknown'], ...move, now: clock.now() })))
        return false;
      const actor = { type: 'system', id: 'purser', name: 'Purser' } as const;
      const details = { tool: operation.tool, outcome: move.to };
      await audit.record({ actor, action: 'operation.reconciled', subject: operation.id, details }, trx);
      return true;
    });
  }

  return {
    async settle() {
      const due = await db
        .selectFrom('operations')
        .select('id')
        .where('state', '=', 'unknown')
        .where((where) =>
          where.or([
            where('checked_at', 'is', null),
            where('checked_at', '<', new Date(clock.now().getTime() - checkEveryMs)),
          ]),
        )
        .orderBy('updated_at')
        .limit(20)
        .execute();
      let settled = 0;
      for (const { id } of due) if (await this.check(id)) settled += 1;
      return settled;
    },
    async check(operationId) {
      const operation = await findOperation(db, operationId);
      return operation?.state === 'unknown' && (await settleOne(operation));
    },
  };
}

const neverHappened: CallError = {
  code: 'did_not_happen',
  message: 'It did not happen: nothing at the far side bears its mark.',
  next: 'Propose it again if it is still wanted.',
};

/** How an operation ends that left this. */
export function settledBy(outcome: Found) {
  if (outcome === null) return { to: 'failed', error: neverHappened } as const;
  if (!(outcome instanceof ToolError)) return { to: 'done', outcome } as const;
  return { to: 'failed', error: callError(outcome), requestIds: outcome.requestIds } as const;
}

/** @returns what the operation left, undefined when that cannot be found out now. */
export async function findOutcome(
  tool: WriteTool<unknown>,
  operation: Pick<OperationRow, 'id' | 'sealed' | 'created_at'>,
): Promise<Found | undefined> {
  if (!tool.find) return undefined;
  try {
    return await tool.find(operation.sealed, { operationId: operation.id, since: operation.created_at });
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}
