/** What a playbook's run did so far, read from the transcript of its thread. */
import type { Entry } from '../agents/journal.ts';
import type { CallError } from '../guard/plan.ts';
import type { Json, ObjectRef } from '../tools/tool.ts';

export interface Step {
  /** As the playbook named it: `mail_1`. */
  readonly id: string;
  readonly callId: string;
  readonly tool: string;
  readonly status: 'done' | 'failed' | 'rejected' | 'unknown';
  /** What the tool says of it; null where it is only assumed to have been done (dry run). */
  readonly view: Json;
  readonly error: CallError | null;
  readonly operationId: string | null;
  readonly objects: readonly ObjectRef[];
  readonly at: Date;
}

/** How an operation whose outcome was unknown stands by now. */
export type Settled = ReadonlyMap<string, { state: 'done' | 'failed'; view: Json; error: CallError | null }>;

export interface Steps {
  readonly all: readonly Step[];
  /** The last that counts under this id. */
  of(id: string): Step | undefined;
}

/** Nothing was done, and nothing was decided against it: it may be proposed again. */
const asIfNever = new Set(['approval_void', 'halted', 'did_not_happen']);

/** The id of a call of a step: unique in the thread however often the step is proposed. */
export const callIdOf = (step: string, attempt: number): string => `${step}-${attempt}`;

/** How often a step was proposed. */
export function attemptsAt(entries: readonly Entry[], step: string): number {
  return entries.filter(
    (entry) => entry.kind === 'model' && entry.content.calls.some(({ id }) => idOf(id) === step),
  ).length;
}

const idOf = (callId: string): string => callId.slice(0, callId.lastIndexOf('-'));

/** The entries that belong to a playbook's run: a person may talk with the agent in the same thread. */
export function entriesOf(entries: readonly Entry[], playbookRun: string): Entry[] {
  const own = new Set(
    entries.flatMap((entry) =>
      entry.kind === 'user' && entry.content.playbookRun === playbookRun ? [entry.runId] : [],
    ),
  );
  return entries.filter(({ runId }) => own.has(runId));
}

export function stepsOf(entries: readonly Entry[], settled: Settled = new Map()): Steps {
  return stepsFrom(entries.flatMap((entry) => (entry.kind === 'tool' ? [stepOf(entry, settled)] : [])));
}

export function stepsFrom(all: readonly Step[]): Steps {
  return {
    all,
    of: (id) => all.findLast((step) => step.id === id && !asIfNever.has(step.error?.code ?? '')),
  };
}

function stepOf({ content }: Entry & { kind: 'tool' }, settled: Settled): Step {
  const { callId, name: tool, operationId = null, objects, result } = content;
  const at = new Date(content.finishedAt);
  const base = { id: idOf(callId), callId, tool, operationId, objects, at };
  switch (result.status) {
    case 'completed':
      return { ...base, status: 'done', view: result.view, error: null };
    case 'rejected':
      return { ...base, status: 'rejected', view: null, error: { code: 'rejected', message: result.reason } };
    case 'failed': {
      const failed = { ...base, view: null, error: result.error };
      if (result.error.code !== 'outcome_unknown') return { ...failed, status: 'failed' };
      const now = settled.get(operationId ?? '');
      return now
        ? { ...base, status: now.state, view: now.view, error: now.error }
        : { ...failed, status: 'unknown' };
    }
  }
}
