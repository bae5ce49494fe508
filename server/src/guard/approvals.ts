import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { ApprovalsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { conflict, notFound, type Problem } from '../problem.ts';
import type { Account } from '../tools/account.ts';
import type { Preview } from '../tools/tool.ts';
import type { WriteCall } from './guard.ts';
import type { Approval, ApprovalStatus } from './operation.ts';
import { moveOperation } from './operations.ts';

/** An approval nobody gives within a day is void: prices, balances and minds change. */
export const approvalLifetimeMs = 24 * 60 * 60 * 1000;

/** Who decided: a person at the console or the holder of an API token. Never an agent. */
export interface Decider {
  type: 'person' | 'token';
  id: string;
  name: string;
}

export async function requestApproval(
  trx: Transaction<Schema>,
  request: { operationId: string; call: WriteCall; digest: string; reason: string; now: Date },
): Promise<string> {
  const id = newId('apr');
  await trx
    .insertInto('approvals')
    .values({
      id,
      operation_id: request.operationId,
      thread_id: request.call.threadId,
      run_id: request.call.runId,
      tool_call_id: request.call.toolCallId,
      digest: request.digest,
      reason: request.reason,
      status: 'pending',
      requested_at: request.now,
      expires_at: new Date(request.now.getTime() + approvalLifetimeMs),
    })
    .execute();
  return id;
}

export async function approvalOf(
  db: Kysely<Schema>,
  operationId: string,
): Promise<Selectable<ApprovalsTable> | undefined> {
  return db.selectFrom('approvals').selectAll().where('operation_id', '=', operationId).executeTakeFirst();
}

export interface Approvals {
  /**
   * Takes a person's decision, once. The operation moves on in the same transaction.
   * @throws Problem 404 when there is no such approval, 409 when it was decided, expired or void.
   */
  decide(
    id: string,
    decision: { approve: boolean; reason?: string; by: Decider },
  ): Promise<{ runId: string; threadId: string }>;
  /** Expires what nobody decided in time. @returns the runs that were waiting. */
  expire(): Promise<{ runId: string; threadId: string }[]>;
}

export function createApprovals(needs: { db: Kysely<Schema>; audit: Audit; clock: Clock }): Approvals {
  const { db, audit, clock } = needs;

  return {
    async decide(id, { approve, reason, by }) {
      return db.transaction().execute(async (trx) => {
        const approval = await lockApproval(trx, id);
        const now = clock.now();
        if (approval.status !== 'pending') throw decidedAlready(approval.status);
        if (approval.expires_at <= now) throw decidedAlready('expired');
        await trx
          .updateTable('approvals')
          .set({
            status: approve ? 'approved' : 'rejected',
            decided_at: now,
            decided_by: jsonb(by),
            decision_reason: reason ?? null,
          })
          .where('id', '=', id)
          .execute();
        await moveOperation(trx, approval.operation_id, {
          from: ['waiting'],
          to: approve ? 'approved' : 'rejected',
        });
        const details = { approvalId: id, digest: approval.digest, ...(reason ? { reason } : {}) };
        const action = approve ? 'approval.approved' : 'approval.rejected';
        await audit.record({ actor: by, action, subject: approval.operation_id, details }, trx);
        return { runId: approval.run_id, threadId: approval.thread_id };
      });
    },

    async expire() {
      return db.transaction().execute(async (trx) => {
        const expired = await trx
          .updateTable('approvals')
          .set({ status: 'expired', decided_at: clock.now() })
          .where('status', '=', 'pending')
          .where('expires_at', '<=', clock.now())
          .returning(['operation_id', 'run_id', 'thread_id'])
          .execute();
        for (const approval of expired) {
          await moveOperation(trx, approval.operation_id, { from: ['waiting'], to: 'rejected' });
          const actor = { type: 'system', id: 'purser', name: 'Purser' } as const;
          await audit.record(
            { actor, action: 'approval.expired', subject: approval.operation_id, details: {} },
            trx,
          );
        }
        return expired.map((approval) => ({ runId: approval.run_id, threadId: approval.thread_id }));
      });
    },
  };
}

/**
 * Voids what a run that ends was still waiting for, and what was approved for it and not begun: an approval is given
 * for this turn, not for whenever.
 */
export async function voidApprovals(trx: Transaction<Schema>, runId: string): Promise<void> {
  const open = await trx
    .selectFrom('approvals')
    .innerJoin('operations', 'operations.id', 'approvals.operation_id')
    .select('approvals.operation_id')
    .where('approvals.run_id', '=', runId)
    .where('operations.state', 'in', ['waiting', 'approved'])
    .execute();
  for (const { operation_id } of open) {
    const voided = await moveOperation(trx, operation_id, { from: ['waiting', 'approved'], to: 'rejected' });
    if (!voided) continue;
    await trx
      .updateTable('approvals')
      .set({ status: 'void', decision_reason: 'The turn ended before it was done.' })
      .where('operation_id', '=', operation_id)
      .execute();
  }
}

/** Newest first; `before` is the last id of the page before. */
export async function listApprovals(
  db: Kysely<Schema>,
  filter: { status?: ApprovalStatus; threadId?: string; id?: string },
  page: { limit: number; before?: string } = { limit: 500 },
): Promise<Approval[]> {
  let query = db
    .selectFrom('approvals')
    .innerJoin('operations', 'operations.id', 'approvals.operation_id')
    .innerJoin('agents', 'agents.id', 'operations.agent_id')
    .innerJoin('threads', 'threads.id', 'approvals.thread_id')
    .innerJoin('connections', 'connections.id', 'operations.connection_id')
    .selectAll('approvals')
    .select(['operations.agent_id', 'operations.tool', 'operations.title as tool_title', 'operations.effect'])
    .select(['operations.mode', 'operations.preview', 'operations.input', 'agents.name as agent_name'])
    .select(['threads.title as thread_title', 'connections.account'])
    .where('threads.deleted_at', 'is', null);
  if (filter.status) query = query.where('approvals.status', '=', filter.status);
  if (filter.threadId) query = query.where('approvals.thread_id', '=', filter.threadId);
  if (filter.id) query = query.where('approvals.id', '=', filter.id);
  if (page.before) {
    const { before } = page;
    query = query.where((where) =>
      where(
        'approvals.requested_at',
        '<',
        where.selectFrom('approvals as last').select('last.requested_at').where('last.id', '=', before),
      ),
    );
  }
  const rows = await query.orderBy('approvals.requested_at', 'desc').limit(page.limit).execute();
  return rows.map((row) => ({
    id: row.id,
    toolCallId: row.tool_call_id,
    threadId: row.thread_id,
    threadTitle: row.thread_title,
    agentId: row.agent_id,
    agentName: row.agent_name,
    operationId: row.operation_id,
    tool: row.tool,
    title: row.tool_title,
    effect: row.effect,
    mode: row.mode,
    account: row.account as unknown as Account,
    summary: (row.preview as unknown as Preview).summary,
    preview: row.preview as unknown as Preview,
    input: row.input,
    reason: row.reason,
    status: row.status,
    requestedAt: row.requested_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: (row.decided_by as unknown as Decider | null)?.name ?? null,
    decisionReason: row.decision_reason,
  }));
}

/** Locks the run first, then the approval: the same order as a run that goes to rest. */
async function lockApproval(trx: Transaction<Schema>, id: string): Promise<Selectable<ApprovalsTable>> {
  const found = await trx.selectFrom('approvals').select('run_id').where('id', '=', id).executeTakeFirst();
  if (!found) throw notFound('approval', id);
  await trx.selectFrom('runs').select('id').where('id', '=', found.run_id).forUpdate().execute();
  return trx.selectFrom('approvals').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

function decidedAlready(status: ApprovalStatus): Problem {
  const why = {
    approved: 'It was approved already.',
    rejected: 'It was rejected already.',
    expired: 'It expired; ask the agent to propose it again.',
    void: 'It is void: the turn was stopped, or things changed.',
    pending: 'It is still pending.',
  }[status];
  return conflict('approval_decided', why);
}
