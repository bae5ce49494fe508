/** Why the guard itself says no, in words. */
import { type Halt, haltReason } from './halts.ts';
import type { CallError } from './plan.ts';
import type { WriteCall } from './write-call.ts';

export function halted(halt: Halt): CallError {
  return {
    code: 'halted',
    message: haltReason(halt),
    next: 'Nothing is written until an owner lifts the halt.',
  };
}

export const otherApproval: CallError = {
  code: 'approval_void',
  message: 'What was approved is not what stands here now, so nothing was done.',
  next: 'Propose it again; it will be asked for again.',
};

export async function notWanted({ stillWanted }: WriteCall): Promise<CallError | null> {
  if (!stillWanted || (await stillWanted())) return null;
  return { code: 'approval_void', message: 'Things changed after this was approved, so nothing was done.' };
}

/** Policy holds when the act begins, too: an owner may have changed it since it was proposed. */
export function deniedByPolicy(reason: string): CallError {
  return {
    code: 'denied_by_policy',
    message: `Not allowed: ${reason.replaceAll('\n', ' ')}`,
    next: "Tell the person; an owner can change the agent's policy on its connections page.",
  };
}
