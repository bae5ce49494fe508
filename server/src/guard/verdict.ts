/** What becomes of a planned write: policy's answer, made stricter by budgets, twins and provenance, never looser. */
import type { Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { Plan } from '../tools/tool.ts';
import { overBudget } from './budget.ts';
import { amountOf, type Decision, decide } from './policy.ts';
import { questionable, type ReadNumbers } from './provenance/provenance.ts';
import { asksAgain, findTwin, twinOf, twinReason } from './twins.ts';
import type { WriteCall } from './write-call.ts';

export interface Judged {
  readonly decision: Decision;
  /** Every reason that led there, in words, one a line, the gravest first. */
  readonly reason: string;
}

export const strictness: Record<Decision, number> = { allow: 0, ask: 1, deny: 2 };

/** Judges inside the transaction that will keep the operation, so that budgets hold. */
export async function judge(
  trx: Transaction<Schema>,
  call: WriteCall,
  plan: Plan,
  needs: { operationId: string; clock: Clock; readNumbers: ReadNumbers },
): Promise<Judged> {
  const now = needs.clock.now();
  const { tool, mode, policy, timeZone } = call;
  const amount = amountOf(plan.preview);
  const origin = call.origin();
  const { objects } = plan.preview;
  const found: Judged[] = [];
  const byPolicy = decide({ tool, mode, policy, now, timeZone, planned: { amount, objects } });
  if (!byPolicy) throw new Error('Policy has no answer to a planned call.');
  found.push(byPolicy);
  const spender = { agentId: call.agentId, connectionId: call.connectionId, requester: requesterOf(call) };
  const over = await overBudget(trx, policy.budgets ?? [], {
    ...{ spender, effect: tool.effect, amount, now, timeZone },
  });
  if (over) found.push(over);
  const twin = twinOf(tool, plan);
  const before =
    twin && (await findTwin(trx, { accountId: call.account.id, mode, twin, now, except: needs.operationId }));
  if (before && (before.state === 'unknown' || !asksAgain(origin.now)))
    found.push({ decision: 'ask', reason: twinReason(before, plan, now) });
  // Setting something back was chosen by a person on the operation itself; the steps of a playbook are chosen by code,
  // from settings and from fields of facts.
  const doubts =
    (call.undoes && !call.asked) || call.requester.type === 'playbook'
      ? []
      : questionable({
          ...{ ...(call.asked ?? { tool, input: call.input }), preview: plan.preview, origin },
          chosenAmount: tool.withAmount && !call.asked ? amount : null,
          readNumbers: needs.readNumbers,
        });
  for (const reason of doubts) found.push({ decision: 'ask', reason });
  return strictest(found);
}

function strictest(found: readonly Judged[]): Judged {
  const decision = found.reduce<Decision>(
    (strict, each) => (strictness[each.decision] > strictness[strict] ? each.decision : strict),
    'allow',
  );
  const reasons = found.filter((each) => each.decision === decision).map(({ reason }) => reason);
  // What the guard found weighs more than what policy says anyway.
  return { decision, reason: [...reasons.slice(1), ...reasons.slice(0, 1)].join('\n') };
}

/** The one person behind: whoever made a token asks and approves with it. */
export function personBehind({ type, id, madeBy }: { type: string; id: string; madeBy?: string }): string {
  return madeBy === undefined ? `${type}:${id}` : `person:${madeBy}`;
}

/** `person:usr_…`: who a write is made for, as budgets and approvals know them. */
export function requesterOf({ requester }: Pick<WriteCall, 'requester'>): string {
  return `${requester.type}:${requester.id}`;
}
