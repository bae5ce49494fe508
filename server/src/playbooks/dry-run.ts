/** Walks through a playbook without doing anything: each call is planned, and assumed to go well. */
import type { OpenTool } from '../guard/reconcile.ts';
import { type Json, type Preview, ToolError } from '../tools/tool.ts';
import { callOf } from './decider.ts';
import type { Playbook, RunView } from './playbook.ts';
import { callIdOf, type Step, stepsFrom } from './steps.ts';

export interface DryStep {
  /** When it would come, if nothing else happens. */
  at: string;
  say: string;
  /** What it would do, as it would be shown for approval; null for a wait or the end. */
  call: { tool: string; title: string; input: Json; preview: Preview | null; problem: string | null } | null;
  outcome: string | null;
}

export interface DryRun {
  subject: string;
  title: string;
  steps: DryStep[];
  /** It would go on beyond what is shown, or waits for something to happen. */
  isOpen: boolean;
}

/** A playbook that has not ended by then is shown as far as that. */
const mostSteps = 20;

/** @throws ToolError when the account cannot be read */
export async function dryRun(
  playbook: Playbook,
  start: Omit<RunView<unknown, unknown>, 'steps'>,
  openTool: OpenTool,
): Promise<DryRun> {
  const { input, connectionId } = start;
  const told: DryStep[] = [];
  const done: Step[] = [];
  let now = start.now;
  const result = (isOpen: boolean): DryRun => ({
    ...{ subject: playbook.subjectOf(input) ?? '', title: playbook.titleOf(input), steps: told, isOpen },
  });
  while (told.length < mostSteps) {
    const next = await playbook.next({ ...start, now, steps: stepsFrom(done) });
    const at = now.toISOString();
    if (next.do === 'end') {
      told.push({ at, say: next.say, call: null, outcome: next.outcome });
      return result(false);
    }
    if (next.do === 'wait') {
      told.push({ at, say: next.say, call: null, outcome: null });
      if (!next.until) return result(true);
      now = next.until > now ? next.until : new Date(now.getTime() + 60_000);
      continue;
    }
    const tool = await openTool(connectionId, next.tool);
    const callId = callIdOf(next.id, 1);
    const planned = tool
      ? await plan(tool, callId, next)
      : { preview: null, problem: 'There is no such tool.' };
    const { id, tool: name, input: given } = next;
    told.push({
      at,
      say: next.say,
      call: { tool: name, title: tool?.title ?? name, input: given, ...planned },
      outcome: null,
    });
    const error = planned.problem === null ? null : { code: 'failed', message: planned.problem };
    done.push({
      ...{ id, callId, tool: name, status: error ? 'failed' : 'done', view: null, error },
      ...{ operationId: null, objects: planned.preview?.objects ?? [], at: now },
    });
  }
  return result(true);
}

async function plan(
  tool: NonNullable<Awaited<ReturnType<OpenTool>>>,
  id: string,
  { tool: name, input }: { tool: string; input: { [key: string]: Json } },
): Promise<{ preview: Preview | null; problem: string | null }> {
  const { invalid } = callOf([tool], { id, tool: name, input });
  if (invalid) return { preview: null, problem: invalid };
  try {
    return { preview: (await tool.plan(input, {})).preview, problem: null };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { preview: null, problem: error.message };
  }
}
