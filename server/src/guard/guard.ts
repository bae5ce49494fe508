import type { Kysely } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { type Json, type Plan, ToolError, type ToolOutcome } from '../tools/tool.ts';
import { createActing } from './acting.ts';
import { approvalOf, requestApproval } from './approval-rows.ts';
import { haltInTheWay } from './halts.ts';
import { createNotes } from './notes.ts';
import { operationIdOf } from './operation.ts';
import {
  findOperation,
  insertOperation,
  moveOperation,
  type OperationRow,
  replacePlan,
} from './operations.ts';
import { outsideApprovalOf } from './outside.ts';
import { type CallError, callError, driftOf, lowerPlan, planOrError, sealOf } from './plan.ts';
import { amountOf, decide } from './policy.ts';
import type { ReadNumbers } from './provenance/provenance.ts';
import { deniedByPolicy, halted, notWanted, otherApproval } from './refusals.ts';
import { judge } from './verdict.ts';
import type { Performed, WriteCall } from './write-call.ts';

export interface Guard {
  /** Plans, asks where policy asks, and acts at most once. Never throws for what a tool refuses. */
  perform(call: WriteCall): Promise<Performed>;
}

export interface GuardNeeds {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  readNumbers: ReadNumbers;
}

export function createGuard(needs: GuardNeeds): Guard {
  const { db, clock, readNumbers } = needs;
  const note = createNotes(needs.audit);
  const { act, takeUp, fail } = createActing({ db, note, clock });

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
        return begin(call, known);
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

  /** That all stands still, or that policy says no: before there is a plan, whatever the amount; then, to that plan. */
  async function refusedBeforehand(
    call: WriteCall,
    planned?: Pick<OperationRow, 'preview'>,
  ): Promise<CallError | null> {
    const halt = await haltInTheWay(db, call);
    if (halt) return halted(halt);
    const verdict = decide({
      ...{ ...call, now: clock.now() },
      ...(planned && { planned: { ...planned.preview, amount: amountOf(planned.preview) } }),
    });
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

  /** Approved by a person: plan again from fresh reads, and only the very same plan may be claimed. */
  async function claim(call: WriteCall, operation: OperationRow): Promise<Performed> {
    const refusal = await refusedBeforehand(call, operation);
    if (refusal) return fail(call, operation, refusal);
    const approval = await approvalOf(db, operation.id);
    let lowered: { input: Json; plan: Plan; digest: string } | null = null;
    if (approval) {
      const isGiven = approval.status === 'approved' && approval.digest === operation.digest;
      const drift = isGiven ? ((await notWanted(call)) ?? (await driftOf(call, operation))) : otherApproval;
      if (drift) return fail(call, operation, drift);
      if (approval.lowered_to !== null) {
        const less = await lowerPlan(call, operation, BigInt(approval.lowered_to));
        if ('error' in less) return fail(call, operation, less.error);
        lowered = less;
      }
    }
    const claimed = await db.transaction().execute(async (trx) => {
      // Read here again: what approves and what it approves must be the same at the moment of the claim.
      const current = approval && (await approvalOf(trx, operation.id));
      if (current && (current.status !== 'approved' || current.digest !== operation.digest)) return false;
      if (lowered) await replacePlan(trx, operation.id, { tool: call.tool, ...lowered });
      return moveOperation(trx, operation.id, { from: ['approved'], to: 'claimed', now: clock.now() });
    });
    if (!claimed) return perform(call);
    return act(call, lowered ? { ...operation, sealed: lowered.plan.sealed } : operation);
  }

  /** Claimed and not sent: broken off in between. Whatever was halted since is not sent any more. */
  async function begin(call: WriteCall, operation: OperationRow): Promise<Performed> {
    const halt = await haltInTheWay(db, call);
    return halt ? fail(call, operation, halted(halt)) : act(call, operation);
  }

  async function rejected(operation: OperationRow): Promise<Performed> {
    const approval = await approvalOf(db, operation.id);
    const reason =
      approval?.status === 'expired'
        ? 'Nobody decided in time.'
        : (approval?.decision_reason ?? 'A person said no, without a reason.');
    return { status: 'rejected', operationId: operation.id, reason };
  }

  return { perform };
}

function outcomeOf(operation: OperationRow): ToolOutcome {
  if (!operation.outcome) throw new Error(`Operation ${operation.id} is done without an outcome.`);
  return operation.outcome;
}

function failed(operation: OperationRow): Performed {
  const error = operation.error ?? { code: 'failed', message: 'This failed.' };
  return { status: 'failed', operationId: operation.id, error, requestIds: operation.request_ids };
}
