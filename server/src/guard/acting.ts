/** Does what was decided, at most once, and writes down how it ended. */
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { type ActContext, OutcomeUnknown, ToolError, type ToolOutcome, WaitsOutside } from '../tools/tool.ts';
import { haltInTheWay } from './halts.ts';
import type { Notes } from './notes.ts';
import { idempotencyKeyOf } from './operation.ts';
import { moveOperation, type OperationRow } from './operations.ts';
import { outsideApprovalOf, requestOutside } from './outside.ts';
import { type CallError, callError } from './plan.ts';
import { findOutcome } from './reconcile.ts';
import type { Performed, WriteCall } from './write-call.ts';

/** An unknown outcome is asked for again this often, with the same idempotency key, before a person must look. */
const resendLimit = 2;
/** The far side prunes idempotency keys after 24 hours; some are left for clocks that differ. */
const keysLastMs = 20 * 3_600_000;

export interface Acting {
  /** Sends what was sealed. */
  act(call: WriteCall, operation: OperationRow): Promise<Performed>;
  /** Goes on with what was broken off while it was sent. */
  takeUp(call: WriteCall, operation: OperationRow): Promise<Performed>;
  /** Ends what was not sent, or was refused. */
  fail(
    call: WriteCall,
    operation: OperationRow,
    error: CallError,
    requestIds?: readonly string[],
  ): Promise<Performed>;
}

export function createActing({ db, note, clock }: { db: Kysely<Schema>; note: Notes; clock: Clock }): Acting {
  /**
   * Goes on with an act that was broken off by a crash. What it left is looked for first: the far side forgets
   * idempotency keys after a day, and a request that is sent then is done a second time.
   */
  async function takeUp(call: WriteCall, operation: OperationRow): Promise<Performed> {
    const left = await findOutcome(call.tool, operation);
    if (left) return settle(call, operation, left);
    if (call.tool.neverResent)
      return unknown(call, operation, new OutcomeUnknown('it was broken off and may have been sent'));
    if (await haltInTheWay(db, call))
      return unknown(call, operation, new OutcomeUnknown('it was broken off, and all is halted since'));
    const isKnown = left === null || clock.now().getTime() - operation.updated_at.getTime() < keysLastMs;
    if (isKnown) return act(call, operation);
    return unknown(call, operation, new OutcomeUnknown('it was broken off too long ago to be sent again'));
  }

  /**
   * Sends what was sealed. Where no answer tells what became of it, it looks before it sends again, under the same
   * keys, which the far side answers with the first result. A stop does not reach in here: breaking off a request that
   * was sent only makes its outcome unknown.
   */
  async function act(call: WriteCall, operation: OperationRow): Promise<Performed> {
    await moveOperation(db, operation.id, { from: ['claimed'], to: 'sent', now: clock.now() });
    const context: ActContext = {
      ...(call.onWait && { onWait: call.onWait }),
      operationId: operation.id,
      threadId: operation.thread_id,
      idempotencyKey: (part) => idempotencyKeyOf(operation.id, part),
    };
    for (let resends = 0; ; resends += 1) {
      try {
        const outcome = await call.tool.act(operation.sealed, context);
        return await done(call, operation, outcome);
      } catch (error) {
        if (error instanceof ToolError) return fail(call, operation, callError(error), error.requestIds);
        if (error instanceof WaitsOutside) return waitOutside(call, operation, error);
        if (!(error instanceof OutcomeUnknown)) throw error;
        const left = await findOutcome(call.tool, operation);
        if (left) return await settle(call, operation, left);
        if (call.tool.neverResent || resends === resendLimit) return unknown(call, operation, error);
      }
    }
  }

  function settle(
    call: WriteCall,
    operation: OperationRow,
    left: ToolOutcome | ToolError,
  ): Promise<Performed> {
    return left instanceof ToolError
      ? fail(call, operation, callError(left), left.requestIds)
      : done(call, operation, left);
  }

  async function done(call: WriteCall, operation: OperationRow, outcome: ToolOutcome): Promise<Performed> {
    await db.transaction().execute(async (trx) => {
      // Noted once, by whoever moved it.
      if (
        !(await moveOperation(trx, operation.id, {
          from: ['sent', 'unknown'],
          to: 'done',
          outcome,
          now: clock.now(),
        }))
      )
        return;
      // Ids and no words: names in the record could never be erased.
      const objects = outcome.objects.map(({ type, id }) => ({ type, id }));
      const details = { tool: call.tool.name, objects, requestIds: [...outcome.requestIds] };
      await note(call, 'operation.done', operation.id, details, trx);
    });
    return { status: 'done', operationId: operation.id, outcome };
  }

  async function fail(
    call: WriteCall,
    operation: OperationRow,
    error: CallError,
    requestIds: readonly string[] = [],
  ): Promise<Performed> {
    await db.transaction().execute(async (trx) => {
      const move = { from: ['approved', 'claimed', 'sent'], to: 'failed', error, requestIds } as const;
      if (!(await moveOperation(trx, operation.id, { ...move, now: clock.now() }))) return;
      const details = { tool: call.tool.name, code: error.code, requestIds: [...requestIds] };
      await note(call, 'operation.failed', operation.id, details, trx);
    });
    return { status: 'failed', operationId: operation.id, error, requestIds };
  }

  async function unknown(
    call: WriteCall,
    operation: OperationRow,
    cause: OutcomeUnknown,
  ): Promise<Performed> {
    const error: CallError = {
      code: 'outcome_unknown',
      message: `Nobody can say yet whether this happened: ${cause.message}`,
      next: `Do not do it again. Look at the far side for what bears purser_op ${operation.id}.`,
    };
    await db.transaction().execute(async (trx) => {
      const requestIds = cause.requestIds;
      const move = { from: ['sent'], to: 'unknown', error, requestIds } as const;
      if (!(await moveOperation(trx, operation.id, { ...move, now: clock.now() }))) return;
      await note(call, 'operation.unknown', operation.id, { tool: call.tool.name }, trx);
    });
    return { status: 'failed', operationId: operation.id, error, requestIds: cause.requestIds };
  }

  /** The far side has it and asks somebody there: what they say is found out by looking. */
  async function waitOutside(
    call: WriteCall,
    operation: OperationRow,
    waits: WaitsOutside,
  ): Promise<Performed> {
    await db.transaction().execute(async (trx) => {
      const { requestIds } = waits;
      if (
        !(await moveOperation(trx, operation.id, {
          from: ['sent'],
          to: 'waiting',
          requestIds,
          now: clock.now(),
        }))
      )
        return;
      await requestOutside(trx, { operation, waits, now: clock.now() });
      const details = { tool: call.tool.name, outside: waits.id, requestIds: [...requestIds] };
      await note(call, 'operation.waiting_outside', operation.id, details, trx);
    });
    const approval = await outsideApprovalOf(db, operation.id);
    if (!approval) throw new Error(`Operation ${operation.id} waits outside without an approval.`);
    return { status: 'waiting', operationId: operation.id, approvalId: approval.id };
  }

  return { act, takeUp, fail };
}
