import { type Money, MoneyError, money, parseMoney, toDecimal } from '@purser/money';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { ApprovalsTable, Schema } from '../database/schema.ts';
import { conflict, forbidden, invalidInput, notFound, type Problem } from '../problem.ts';
import { haltInTheWay, haltReason } from './halts.ts';
import type { ApprovalStatus } from './operation.ts';
import { moveOperation } from './operations.ts';
import { personBehind } from './verdict.ts';

/** Who decided: a person at the console or the holder of an API token. Never an agent. */
export interface Decider {
  type: 'person' | 'token';
  id: string;
  name: string;
  /** Of a token: the person who made it. */
  madeBy?: string;
}

export interface ApprovalDecision {
  approve: boolean;
  reason?: string;
  /** Lets only so much through, in major units of the operation's currency. For one approval. */
  amount?: string;
  by: Decider;
}

export interface Approvals {
  /**
   * Takes a person's decision about one or several, all or none. The operations move on in the same transaction; where
   * two people must approve, the first only adds their name.
   * @throws Problem 404 when there is no such approval; 409 when one was decided, expired or void, or all is halted;
   * 403 when they asked for it themselves, or approved it already; 422 when the amount cannot be lowered so.
   */
  decide(ids: readonly string[], decision: ApprovalDecision): Promise<{ runId: string; threadId: string }[]>;
  /** Expires what nobody decided in time. @returns the runs that were waiting. */
  expire(): Promise<{ runId: string; threadId: string }[]>;
}

export function createApprovals(needs: { db: Kysely<Schema>; audit: Audit; clock: Clock }): Approvals {
  const { db, audit, clock } = needs;

  async function decideOne(
    trx: Transaction<Schema>,
    approval: Selectable<ApprovalsTable>,
    { approve, reason, amount, by }: ApprovalDecision,
  ): Promise<void> {
    const { id } = approval;
    const now = clock.now();
    if (approval.outside_url !== null) throw decidedOutside(approval.outside_url);
    if (approval.status !== 'pending') throw decidedAlready(approval.status);
    if (approval.expires_at <= now) throw decidedAlready('expired');
    const given = [...(approval.given as unknown as Decider[]), by];
    if (approve) await mayApprove(trx, approval, by);
    const loweredTo =
      amount !== undefined && approve ? await lowerAmount(trx, approval, amount) : approval.lowered_to;
    const isLast = !approve || given.length >= approval.needed;
    await trx
      .updateTable('approvals')
      .set({
        ...(approve && { given: jsonb(given), lowered_to: loweredTo }),
        ...(isLast && {
          status: approve ? 'approved' : 'rejected',
          decided_at: now,
          decided_by: jsonb(by),
          decision_reason: reason ?? null,
        }),
      })
      .where('id', '=', id)
      .execute();
    if (isLast) {
      const to = approve ? 'approved' : 'rejected';
      await moveOperation(trx, approval.operation_id, { from: ['waiting'], to, now });
    }
    const action = approve ? (isLast ? 'approval.approved' : 'approval.seconded') : 'approval.rejected';
    const details = {
      approvalId: id,
      digest: approval.digest,
      ...(reason ? { reason } : {}),
      ...(amount !== undefined && approve ? { loweredTo: amount } : {}),
    };
    await audit.record({ actor: by, action, subject: approval.operation_id, details }, trx);
  }

  return {
    async decide(ids, decision) {
      return db.transaction().execute(async (trx) => {
        const runs = new Map<string, string>();
        for (const approval of await lockApprovals(trx, ids)) {
          await decideOne(trx, approval, decision);
          runs.set(approval.run_id, approval.thread_id);
        }
        return [...runs].map(([runId, threadId]) => ({ runId, threadId }));
      });
    },

    async expire() {
      return db.transaction().execute(async (trx) => {
        const now = clock.now();
        // Whoever decides one at this moment is let through: it is looked at again in the next round.
        const expired = await trx
          .selectFrom('approvals')
          .select(['id', 'operation_id', 'run_id', 'thread_id'])
          .where('kind', '=', 'own')
          .where('status', '=', 'pending')
          .where('expires_at', '<=', now)
          .forUpdate()
          .skipLocked()
          .execute();
        if (expired.length === 0) return [];
        await trx
          .updateTable('approvals')
          .set({ status: 'expired', decided_at: now })
          .where(
            'id',
            'in',
            expired.map(({ id }) => id),
          )
          .execute();
        for (const approval of expired) {
          await moveOperation(trx, approval.operation_id, { from: ['waiting'], to: 'rejected', now });
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

/** @throws Problem 403 for who may not say yes to this, 409 while it is halted. */
async function mayApprove(
  trx: Transaction<Schema>,
  approval: Selectable<ApprovalsTable>,
  by: Decider,
): Promise<void> {
  if (approval.barred === personBehind(by))
    throw forbidden("You asked for this yourself; the agent's policy wants somebody else to approve it.");
  const given = approval.given as unknown as Decider[];
  if (given.some((other) => personBehind(other) === personBehind(by)))
    throw forbidden('You approved this already; the amount needs a second person.');
  const { agent_id, connection_id } = await trx
    .selectFrom('operations')
    .select(['agent_id', 'connection_id'])
    .where('id', '=', approval.operation_id)
    .executeTakeFirstOrThrow();
  const halt = await haltInTheWay(trx, { agentId: agent_id, connectionId: connection_id });
  if (halt) throw conflict('halted', `${haltReason(halt)} Nothing can be approved until it is lifted.`);
}

/** @returns minor units. @throws Problem 422 when it is no amount, not less, or the tool takes no other amount. */
async function lowerAmount(
  trx: Transaction<Schema>,
  approval: Selectable<ApprovalsTable>,
  amount: string,
): Promise<string> {
  const operation = await trx
    .selectFrom('operations')
    .select(['amount_minor', 'currency', 'lowerable'])
    .where('id', '=', approval.operation_id)
    .executeTakeFirstOrThrow();
  const refuse = (message: string) => invalidInput([{ path: 'amount', message }]);
  if (!operation.lowerable || operation.currency === null || operation.amount_minor === null)
    throw refuse('The amount of this cannot be lowered: approve or reject it as it is.');
  const asked = money(BigInt(approval.lowered_to ?? operation.amount_minor), operation.currency);
  const lower = parsedAmount(amount, operation.currency);
  if (!lower || lower.minor <= 0n)
    throw refuse(`Write an amount in ${operation.currency.toUpperCase()}, such as "${toDecimal(asked)}".`);
  if (lower.minor > asked.minor)
    throw refuse(`An approver may lower the amount, never raise it: at most ${toDecimal(asked)}.`);
  return lower.minor.toString();
}

function parsedAmount(amount: string, currency: string): Money | null {
  try {
    return parseMoney(amount, currency);
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

/**
 * Locks their runs first, then the approvals, as a run that goes to rest does, and each in one order, so that two
 * decisions about some of the same never wait for each other.
 */
async function lockApprovals(
  trx: Transaction<Schema>,
  ids: readonly string[],
): Promise<Selectable<ApprovalsTable>[]> {
  const found = await trx.selectFrom('approvals').select(['id', 'run_id']).where('id', 'in', ids).execute();
  const missing = ids.find((id) => !found.some((approval) => approval.id === id));
  if (missing !== undefined) throw notFound('approval', missing);
  const runs = found.map(({ run_id }) => run_id);
  await trx.selectFrom('runs').select('id').where('id', 'in', runs).orderBy('id').forUpdate().execute();
  return trx.selectFrom('approvals').selectAll().where('id', 'in', ids).orderBy('id').forUpdate().execute();
}

function decidedOutside(url: string): Problem {
  return conflict('decided_outside', `Stripe itself asks for this approval; it is decided there: ${url}`);
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
