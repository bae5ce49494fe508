import type { Kysely, Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
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
  WaitsOutside,
  type WriteTool,
} from '../tools/tool.ts';
import { approvalOf, requestApproval } from './approvals.ts';
import { type Halt, haltInTheWay, haltReason } from './halts.ts';
import { idempotencyKeyOf, operationIdOf } from './operation.ts';
import {
  findOperation,
  insertOperation,
  moveOperation,
  type OperationRow,
  replacePlan,
} from './operations.ts';
import { outsideApprovalOf, requestOutside } from './outside.ts';
import { type CallError, callError, driftOf, lowerPlan, planOrError, sealOf } from './plan.ts';
import { decide, type Policy } from './policy.ts';
import type { Origin, ReadNumbers } from './provenance/provenance.ts';
import { findOutcome } from './reconcile.ts';
import { judge } from './verdict.ts';

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
  /** Who asked: budgets are theirs, and they may be barred from approving. */
  readonly requester: {
    readonly type: 'person' | 'token' | 'task' | 'playbook' | 'system';
    readonly id: string;
    readonly name: string;
  };
  /** IANA name, of the account: days and hours are meant in it. */
  readonly timeZone: string;
  /** Where the values of the input may come from. */
  origin(): Origin;
  /** The operation this one sets back: a person chose to. */
  readonly undoes?: string;
  /** What the model called, where that stands for this call: its words and values are what was asked for. */
  readonly asked?: { readonly tool: WriteTool<unknown>; readonly input: Json };
  /** Asked once more when it was approved: whether whoever proposed it would still. */
  stillWanted?(): Promise<boolean>;
  /** Stops the planning; an act that has begun is seen through. */
  readonly signal?: AbortSignal;
  /** Hears of waits that a person would notice. */
  onWait?(text: string): void;
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
/** The far side prunes idempotency keys after 24 hours; some are left for clocks that differ. */
const keysLastMs = 20 * 3_600_000;

export interface GuardNeeds {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  readNumbers: ReadNumbers;
}

export function createGuard(needs: GuardNeeds): Guard {
  const { db, audit, clock, readNumbers } = needs;

  async function perform(asked: WriteCall): Promise<Performed> {
    const operationId = operationIdOf(asked.runId, asked.toolCallId);
    const call = await meant(asked, operationId);
    if (call instanceof ToolError)
      return { status: 'failed', operationId: null, error: callError(call), requestIds: [] };
    const known = await findOperation(db, operationId);
    if (!known) return propose(call, operationId);
    switch (known.state) {
      case 'planned':
      case 'waiting':
        return waiting(known);
      case 'approved':
        return claim(call, known);
      case 'claimed':
        return act(call, known);
      case 'sent':
        return takeUp(call, known);
      case 'done':
        return { status: 'done', operationId, outcome: outcomeOf(known) };
      case 'failed':
      case 'unknown':
        return failed(known);
      case 'rejected':
        return rejected(known);
    }
  }

  /** The call that is really made. */
  async function meant(call: WriteCall, operationId: string): Promise<WriteCall | ToolError> {
    const { tool, input, threadId } = call;
    if (!tool.standsFor) return call;
    try {
      const stood = await tool.standsFor(input, { operationId, threadId });
      return { ...call, ...stood, asked: { tool, input } };
    } catch (error) {
      if (error instanceof ToolError) return error;
      throw error;
    }
  }

  async function propose(call: WriteCall, operationId: string): Promise<Performed> {
    const refusal = await refusedBeforehand(call);
    if (refusal) return denied(call, operationId, refusal);
    const planned = await planOrError(call);
    if ('error' in planned) return { status: 'failed', operationId: null, ...planned };
    const { plan } = planned;
    const digest = sealOf(call, plan);
    const judged = await db.transaction().execute(async (trx) => {
      const { decision, reason } = await judge(trx, call, plan, { operationId, clock, readNumbers });
      if (decision === 'deny') return { denied: reason };
      const state = decision === 'ask' ? 'waiting' : 'approved';
      const now = clock.now();
      const isNew = await insertOperation(trx, { id: operationId, call, plan, digest, state, now });
      if (!isNew) return {};
      await note(call, `operation.${state}`, operationId, { tool: call.tool.name, digest, reason }, trx);
      if (decision === 'ask') await requestApproval(trx, { operationId, call, plan, digest, reason, now });
      return {};
    });
    if (judged.denied !== undefined) return denied(call, operationId, deniedByPolicy(judged.denied));
    return perform(call);
  }

  /** What is certain without a plan: that all stands still, or that policy says no whatever the amount. */
  async function refusedBeforehand(call: WriteCall): Promise<CallError | null> {
    const halt = await haltInTheWay(db, call);
    if (halt) return halted(halt);
    const verdict = decide({ ...call, now: clock.now() });
    return verdict?.decision === 'deny' ? deniedByPolicy(verdict.reason) : null;
  }

  async function denied(call: WriteCall, operationId: string, error: CallError): Promise<Performed> {
    await note(call, 'operation.denied', operationId, { tool: call.tool.name, reason: error.message });
    return { status: 'failed', operationId: null, error, requestIds: [] };
  }

  async function waiting(operation: OperationRow): Promise<Performed> {
    const approval = (await outsideApprovalOf(db, operation.id)) ?? (await approvalOf(db, operation.id));
    if (!approval) throw new Error(`Operation ${operation.id} waits without an approval.`);
    return { status: 'waiting', operationId: operation.id, approvalId: approval.id };
  }

  /** The far side has it and asks somebody there: what they say is found out by looking. */
  async function waitOutside(
    call: WriteCall,
    operation: OperationRow,
    waits: WaitsOutside,
  ): Promise<Performed> {
    await db.transaction().execute(async (trx) => {
      const { requestIds } = waits;
      if (!(await moveOperation(trx, operation.id, { from: ['sent'], to: 'waiting', requestIds }))) return;
      await requestOutside(trx, { operation, waits, now: clock.now() });
      const details = { tool: call.tool.name, outside: waits.id, requestIds: [...requestIds] };
      await note(call, 'operation.waiting_outside', operation.id, details, trx);
    });
    return perform(call);
  }

  /** Approved by a person: plan again from fresh reads, and only the very same plan may be claimed. */
  async function claim(call: WriteCall, operation: OperationRow): Promise<Performed> {
    const refusal = await refusedBeforehand(call);
    if (refusal) return fail(call, operation, refusal, []);
    const approval = await approvalOf(db, operation.id);
    let lowered: { input: Json; plan: Plan; digest: string } | null = null;
    if (approval) {
      const isSame = approval.digest === operation.digest;
      const drift = isSame ? ((await notWanted(call)) ?? (await driftOf(call, operation))) : otherApproval;
      if (drift) return fail(call, operation, drift, []);
      if (approval.lowered_to !== null) {
        const less = await lowerPlan(call, operation, BigInt(approval.lowered_to));
        if ('error' in less) return fail(call, operation, less.error, []);
        lowered = less;
      }
    }
    const claimed = await db.transaction().execute(async (trx) => {
      // Read here again: what approves and what it approves must be the same at the moment of the claim.
      const current = approval && (await approvalOf(trx, operation.id));
      if (current && (current.status !== 'approved' || current.digest !== operation.digest)) return false;
      if (lowered) await replacePlan(trx, operation.id, lowered);
      return moveOperation(trx, operation.id, { from: ['approved'], to: 'claimed' });
    });
    if (!claimed) return perform(call);
    return act(call, lowered ? { ...operation, sealed: lowered.plan.sealed } : operation);
  }

  /**
   * Goes on with an act that was broken off by a crash. What it left is looked for first: the far side forgets
   * idempotency keys after a day, and a request that is sent then is done a second time.
   */
  async function takeUp(call: WriteCall, operation: OperationRow): Promise<Performed> {
    const left = await findOutcome(call.tool, operation);
    if (left) return settle(call, operation, left);
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
    await moveOperation(db, operation.id, { from: ['claimed'], to: 'sent' });
    const context: ActContext = {
      ...(call.onWait && { onWait: call.onWait }),
      operationId: operation.id,
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
        if (resends === resendLimit) return unknown(call, operation, error);
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
      if (!(await moveOperation(trx, operation.id, { from: ['sent', 'unknown'], to: 'done', outcome })))
        return;
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
      const move = { from: ['approved', 'sent'], to: 'failed', error, requestIds } as const;
      if (!(await moveOperation(trx, operation.id, move))) return;
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
      const move = { from: ['sent'], to: 'unknown', error, requestIds } as const;
      if (!(await moveOperation(trx, operation.id, move))) return;
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
      ...(call.account.platform && { platform: call.account.platform.id }),
      mode: call.mode,
      runId: call.runId,
    };
    const actor = { type: 'agent', id: call.agentId, name: call.agentName } as const;
    await audit.record({ actor, action, subject, details: { ...where, ...details } }, trx);
  }

  return { perform };
}

function halted(halt: Halt): CallError {
  return {
    code: 'halted',
    message: haltReason(halt),
    next: 'Nothing is written until an owner lifts the halt.',
  };
}

const otherApproval: CallError = {
  code: 'approval_void',
  message: 'What was approved is not what stands here now, so nothing was done.',
  next: 'Propose it again; it will be asked for again.',
};

async function notWanted({ stillWanted }: WriteCall): Promise<CallError | null> {
  if (!stillWanted || (await stillWanted())) return null;
  return { code: 'approval_void', message: 'Things changed after this was approved, so nothing was done.' };
}

/** Policy holds when the act begins, too: an owner may have changed it since it was proposed. */
function deniedByPolicy(reason: string): CallError {
  return {
    code: 'denied_by_policy',
    message: `Not allowed: ${reason.replaceAll('\n', ' ')}`,
    next: "Tell the person; an owner can change the agent's policy on its connections page.",
  };
}

function outcomeOf(operation: OperationRow): ToolOutcome {
  if (!operation.outcome) throw new Error(`Operation ${operation.id} is done without an outcome.`);
  return operation.outcome;
}

function failed(operation: OperationRow): Performed {
  const error = operation.error ?? { code: 'failed', message: 'This failed.' };
  return { status: 'failed', operationId: operation.id, error, requestIds: operation.request_ids };
}
