/**
 * An operation is one write with a life of its own. Its id is the idempotency key, its row the only place that knows
 * how far it got.
 *
 *     planned → waiting → approved → claimed → sent → done
 *                  │          │                  ├──→ failed    refused: nothing happened
 *                  │          └─ drifted, halted: └──→ unknown   nobody can say
 *                  ├──→ rejected (also when the approval expired)
 *                  └─── sent           the far side wants an approval of its own; done or failed once it has decided
 */
import { createHash } from 'node:crypto';
import type { ApprovalStatus, OperationState } from '../database/schema.ts';
import type { Account, Mode } from '../tools/account.ts';
import type { Effect, Json, ObjectRef, Preview, Undo } from '../tools/tool.ts';

export type { ApprovalStatus, OperationState };

/** Where each state may go. A state that is no key's value is never left or entered otherwise. */
export const nextStates: Record<OperationState, readonly OperationState[]> = {
  planned: ['waiting', 'approved'],
  waiting: ['approved', 'rejected', 'done', 'failed'],
  approved: ['claimed', 'failed', 'rejected'],
  claimed: ['sent', 'failed'],
  sent: ['done', 'failed', 'unknown', 'waiting'],
  done: [],
  failed: [],
  rejected: [],
  unknown: ['done', 'failed'],
};

/** As people and clients see it. */
export interface Operation {
  id: string;
  tool: string;
  title: string;
  effect: Effect;
  state: OperationState;
  summary: string;
  preview: Preview;
  input: Json;
  mode: Mode;
  account: Account;
  connectionId: string;
  agentId: string;
  agentName: string;
  threadId: string;
  runId: string;
  toolCallId: string;
  approvalId: string | null;
  idempotencyKey: string;
  requestIds: string[];
  objects: ObjectRef[];
  error: { code: string; message: string; next?: string } | null;
  undo: Undo | null;
  /** The operation that sets this one back, under way or done. */
  undoneBy: { id: string; state: OperationState } | null;
  /** The operation that this one sets back. */
  undoes: string | null;
  /** Who asked for it. */
  requestedBy: string;
  /** What moves; null where nothing does. */
  amount: { decimal: string; currency: string } | null;
  createdAt: string;
  updatedAt: string;
}

/** A person's decision about one operation, asked for and, in time, given. */
export interface Approval {
  id: string;
  toolCallId: string;
  threadId: string;
  threadTitle: string;
  agentId: string;
  agentName: string;
  operationId: string;
  tool: string;
  title: string;
  effect: Effect;
  mode: Mode;
  account: Account;
  /** `Refund $29.99 of $29.99 to Bob Loblaw, charge ch_…`. */
  summary: string;
  preview: Preview;
  input: Json;
  /** Why a person is asked: the policy's and the guard's reasons in words, one a line, the gravest first. */
  reason: string;
  status: ApprovalStatus;
  requestedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReason: string | null;
  /** How many people must say yes, and who did so far. */
  needed: number;
  given: string[];
  /** Who asked for it. */
  requestedBy: string;
  /** Whoever asked for it may not decide. */
  notOwn: boolean;
  /** Whether less than the amount may be approved. */
  lowerable: boolean;
  /** Asked for by the far side and decided there: its id and page. null: decided here. */
  outside: { id: string; url: string } | null;
  /** What was let through of the amount, in major units; null: all of it. */
  loweredTo: string | null;
  /** How far the operation is by now, and what went wrong with it. */
  operationState: OperationState;
  problem: string | null;
}

/** The operation of a tool call, always the same for the same call: a resumed run finds it again and sends its key. */
export function operationIdOf(runId: string, toolCallId: string): string {
  return `op_${createHash('sha256').update(`${runId}:${toolCallId}`).digest('hex').slice(0, 24)}`;
}

/** The idempotency key of the n-th request of an operation: its id, then `id:1`, `id:2`, … */
export function idempotencyKeyOf(operationId: string, part = 0): string {
  return part === 0 ? operationId : `${operationId}:${part}`;
}
