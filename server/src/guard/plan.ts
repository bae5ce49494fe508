/** A call planned from fresh reads, and what an approval of it is bound to. */
import { money, toDecimal } from '@purser/money';
import { digestOf } from '../canonical-json.ts';
import { type CallContext, type Json, type Plan, ToolError } from '../tools/tool.ts';
import type { OperationRow } from './operations.ts';
import { amountOf } from './policy.ts';
import type { WriteCall } from './write-call.ts';

/** Why a call came to nothing, for the model and for people. */
export interface CallError {
  code: string;
  message: string;
  next?: string;
  details?: { [key: string]: Json };
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

/** What an approval is bound to: where, what, with which inputs, and what the person was shown. */
export function sealOf(call: WriteCall, plan: Plan): string {
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

/** What a tool is told beside its input. */
export function contextOf({ signal, onWait }: WriteCall): CallContext {
  return { ...(signal && { signal }), ...(onWait && { onWait }) };
}

/** Plans a call; what the tool refuses comes back as a value. */
export async function planOrError(
  call: WriteCall,
): Promise<{ plan: Plan } | { error: CallError; requestIds: readonly string[] }> {
  try {
    return { plan: await call.tool.plan(call.input, contextOf(call)) };
  } catch (error) {
    if (error instanceof ToolError) return { error: callError(error), requestIds: error.requestIds };
    throw error;
  }
}

/** Why an approved call may not be done any more: a fresh plan is not the one that was approved. */
export async function driftOf(call: WriteCall, operation: OperationRow): Promise<CallError | null> {
  const again = await planOrError(call);
  if ('error' in again) return again.error;
  // What will be sent has to be what was planned, too: the digest is only as good as the row beside it.
  const isSame = digestOf(operation.sealed) === digestOf(again.plan.sealed);
  if (isSame && sealOf(call, again.plan) === operation.digest) return null;
  return {
    code: 'approval_void',
    message: `Things changed after this was approved, so nothing was done. Approved was: ${sentence(operation.preview.summary)} Now it would be: ${sentence(again.plan.preview.summary)}`,
    next: 'Propose it again if it is still wanted; it will be asked for again.',
  };
}

const sentence = (summary: string) => (/[.!?…]$/.test(summary) ? summary : `${summary}.`);

/** The plan for less money, as the approver said; all else must be what was approved. */
export async function lowerPlan(
  call: WriteCall,
  operation: OperationRow,
  minor: bigint,
): Promise<{ input: Json; plan: Plan; digest: string } | { error: CallError }> {
  const { tool } = call;
  if (!tool.withAmount || operation.currency === null) return { error: cannotLower };
  const input = tool.withAmount(call.input, toDecimal(money(minor, operation.currency))) as Json;
  const less = { ...call, input };
  const planned = await planOrError(less);
  if ('error' in planned) return { error: planned.error };
  const amount = amountOf(planned.plan.preview);
  if (amount?.minor !== minor || amount.currency !== operation.currency) return { error: cannotLower };
  return { input, plan: planned.plan, digest: sealOf(less, planned.plan) };
}

const cannotLower: CallError = {
  code: 'cannot_lower',
  message: 'This could not be done for the lower amount that was approved, so nothing was done.',
  next: 'Propose it again with the amount that is wanted.',
};
