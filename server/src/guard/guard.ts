/**
 * What stands between a proposed write and the act. `perform` may be called again for the same tool call at any time,
 * by any instance, after any crash: it looks at the operation's row and goes on from there.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import { digestOf } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { Account, Mode } from '../tools/account.ts';
import {
  type ActContext,
  type Json,
  OutcomeUnknown,
  type Plan,
  ToolError,
  type ToolOutcome,
  type WriteTool,
} from '../tools/tool.ts';
import { approvalOf, requestApproval } from './approvals.ts';
import { idempotencyKeyOf, operationIdOf } from './operation.ts';
import { findOperation, insertOperation, moveOperation, type OperationRow } from './operations.ts';
import { decide, type Policy } from './policy.ts';

/** One proposed write, with everything that says where it would land. */
export interface WriteCall {
  readonly runId: string;
  readonly threadId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly connectionId: string;
  readonly account: Account;
  readonly mode: Mode;
  readonly policy: Policy;
  readonly toolCallId: string;
  readonly tool: WriteTool<unknown>;
  readonly input: Json;
  /** Stops the planning; an act that has begun is seen through. */
  readonly signal?: AbortSignal;
}

/** Why a call came to nothing, for the model and for people. */
export interface CallError {
  code: string;
  message: string;
  next?: string;
  details?: { [key: string]: Json };
}

export type Performed =
  | { status: 'done'; operationId: string; outcome: ToolOutcome }
  | { status: 'failed'; operationId: string | null; error: CallError; requestIds: readonly string[] }
  | { status: 'waiting'; operationId: string; approvalId: string }
  | { status: 'rejected'; operationId: string; reason: string };

export interface Guard {
  /** Plans, asks where policy asks, and acts at most once. Never throws for what a tool refuses. */
  perform(call: WriteCall): Promise<Performed>;
}

/** An unknown outcome is asked for again this often, with the same idempotency key, before a person must look. */
const resendLimit = 2;

export function createGuard(needs: { db: Kysely<Schema>; audit: Audit; clock: Clock }): Guard {
  const { db, audit, clock } = needs;

  async function perform(call: WriteCall): Promise<Performed> {
    const operationId = operationIdOf(call.runId, call.toolCallId);
    const known = await findOperation(db, operationId);
    if (!known) return propose(call, operationId);
    switch (known.state) {
      case 'planned':
      case 'waiting':
        return waiting(known);
      case 'approved':
        return claim(call, known);
      case 'claimed':
      case 'sent':
        return act(call, known);
      case 'done':
        return { status: 'done', operationId, outcome: outcomeOf(known) };
      case 'failed':
      case 'unknown':
        return failed(known);
      case 'rejected':
        return rejected(known);
    }
  }

  async function propose(call: WriteCall, operationId: string): Promise<Performed> {
    const { decision, reason } = decide(call);
    if (decision === 'deny') {
      await note(call, 'operation.denied', operationId, { tool: call.tool.name, reason });
      return { status: 'failed', operationId: null, error: deniedByPolicy(reason), requestIds: [] };
    }
    const planned = await planOrError(call);
    if ('error' in planned) return { status: 'failed', operationId: null, ...planned };
    const digest = sealOf(call, planned.plan);
    const approvalId = await db.transaction().execute(async (trx) => {
      const state = decision === 'ask' ? 'waiting' : 'approved';
      await insertOperation(trx, { id: operationId, call, plan: planned.plan, digest, state });
      await note(call, `operation.${state}`, operationId, { tool: call.tool.name, digest, reason }, trx);
      return decision === 'ask'
        ? requestApproval(trx, { operationId, call, digest, reason, now: clock.now() })
        : null;
    });
    if (approvalId) return { status: 'waiting', operationId, approvalId };
    return perform(call);
  }

  async function waiting(operation: OperationRow): Promise<Performed> {
    const approval = await approvalOf(db, operation.id);
    if (!approval) throw new Error(`Operation ${operation.id} waits without an approval.`);
    return { status: 'waiting', operationId: operation.id, approvalId: approval.id };
  }

  /** Approved by a person: plan again from fresh reads, and only the very same plan may be claimed. */
  async function claim(call: WriteCall, operation: OperationRow): Promise<Performed> {
    const { decision, reason } = decide(call);
    if (decision === 'deny') return fail(call, operation, deniedByPolicy(reason), []);
    const approval = await approvalOf(db, operation.id);
    if (approval) {
      const drift = await driftOf(call, operation);
      if (drift) return fail(call, operation, drift, []);
    }
    const claimed = await db.transaction().execute(async (trx) => {
      if (approval && (approval.status !== 'approved' || approval.digest !== operation.digest)) return false;
      return moveOperation(trx, operation.id, { from: ['approved'], to: 'claimed' });
    });
    if (!claimed) return perform(call);
    return act(call, operation);
  }

  async function driftOf(call: WriteCall, operation: OperationRow): Promise<CallError | null> {
    const again = await planOrError(call);
    if ('error' in again) return again.error;
    if (sealOf(call, again.plan) === operation.digest) return null;
    return {
      code: 'approval_void',
      message: `Things changed after this was approved, so nothing was done. Approved was: ${operation.preview.summary} Now it would be: ${again.plan.preview.summary}`,
      next: 'Propose it again if it is still wanted; it will be asked for again.',
    };
  }

  /**
   * Sends what was sealed. After a crash the same keys go out again, and Stripe answers with the first result. A stop
   * does not reach in here: breaking off a request that was sent only makes its outcome unknown.
   */
  async function act(call: WriteCall, operation: OperationRow): Promise<Performed> {
    await moveOperation(db, operation.id, { from: ['claimed'], to: 'sent' });
    const context: ActContext = {
      operationId: operation.id,
      idempotencyKey: (part) => idempotencyKeyOf(operation.id, part),
    };
    for (let resends = 0; ; resends += 1) {
      try {
        const outcome = await call.tool.act(operation.sealed, context);
        return await done(call, operation, outcome);
      } catch (error) {
        if (error instanceof ToolError) return fail(call, operation, callError(error), error.requestIds);
        if (!(error instanceof OutcomeUnknown)) throw error;
        if (resends === resendLimit) return unknown(call, operation, error);
      }
    }
  }

  async function done(call: WriteCall, operation: OperationRow, outcome: ToolOutcome): Promise<Performed> {
    await db.transaction().execute(async (trx) => {
      await moveOperation(trx, operation.id, { from: ['sent', 'unknown'], to: 'done', outcome });
      const details = { tool: call.tool.name, summary: outcome.summary, requestIds: [...outcome.requestIds] };
      await note(call, 'operation.done', operation.id, details, trx);
    });
    return { status: 'done', operationId: operation.id, outcome };
  }

  async function fail(
    call: WriteCall,
    operation: OperationRow,
    error: CallError,
    requestIds: readonly string[],
  ): Promise<Performed> {
    await db.transaction().execute(async (trx) => {
      await moveOperation(trx, operation.id, { from: ['approved', 'sent'], to: 'failed', error, requestIds });
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
      next: `Do not do it again. Look in Stripe for metadata purser_op = ${operation.id}.`,
    };
    await db.transaction().execute(async (trx) => {
      const requestIds = cause.requestIds;
      await moveOperation(trx, operation.id, { from: ['sent'], to: 'unknown', error, requestIds });
      await note(call, 'operation.unknown', operation.id, { tool: call.tool.name }, trx);
    });
    return { status: 'failed', operationId: operation.id, error, requestIds: cause.requestIds };
  }

  async function rejected(operation: OperationRow): Promise<Performed> {
    const approval = await approvalOf(db, operation.id);
    const reason =
      approval?.status === 'expired'
        ? 'Nobody decided in time.'
        : (approval?.decision_reason ?? 'A person said no, without a reason.');
    return { status: 'rejected', operationId: operation.id, reason };
  }

  async function note(
    call: WriteCall,
    action: string,
    subject: string,
    details: { [key: string]: Json },
    trx?: Transaction<Schema>,
  ): Promise<void> {
    const where = {
      connectionId: call.connectionId,
      account: call.account.id,
      mode: call.mode,
      runId: call.runId,
    };
    const actor = { type: 'agent', id: call.agentId, name: call.agentName } as const;
    await audit.record({ actor, action, subject, details: { ...where, ...details } }, trx);
  }

  return { perform };
}

/** Policy holds when the act begins, too: an owner may have changed it since it was proposed. */
function deniedByPolicy(reason: string): CallError {
  return {
    code: 'denied_by_policy',
    message: `Not allowed: ${reason}`,
    next: "Tell the person; an owner can change the agent's policy on its connections page.",
  };
}

/** What an approval is bound to: where, what, with which inputs, and what the person was shown. */
function sealOf(call: WriteCall, plan: Plan): string {
  const { account, mode, tool, input } = call;
  return digestOf({
    account: account.id,
    mode,
    tool: tool.name,
    input,
    sealed: plan.sealed,
    preview: plan.preview,
  });
}

async function planOrError(
  call: WriteCall,
): Promise<{ plan: Plan } | { error: CallError; requestIds: readonly string[] }> {
  try {
    return { plan: await call.tool.plan(call.input, call.signal ? { signal: call.signal } : {}) };
  } catch (error) {
    if (error instanceof ToolError) return { error: callError(error), requestIds: error.requestIds };
    throw error;
  }
}

function outcomeOf(operation: OperationRow): ToolOutcome {
  if (!operation.outcome) throw new Error(`Operation ${operation.id} is done without an outcome.`);
  return operation.outcome;
}

function failed(operation: OperationRow): Performed {
  const error = operation.error ?? { code: 'failed', message: 'This failed.' };
  return { status: 'failed', operationId: operation.id, error, requestIds: operation.request_ids };
}

/** The facts of a tool's refusal, ready for the journal. */
export function callError(error: ToolError): CallError {
  return {
    code: error.code,
    message: error.message,
    ...(error.next ? { next: error.next } : {}),
    ...(Object.keys(error.details).length > 0 ? { details: { ...error.details } } : {}),
  };
}
