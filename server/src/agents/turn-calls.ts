/** The tool calls of one answer: each found, allowed, done and written down. */

import { type CallError, callError } from '../guard/plan.ts';
import { decide } from '../guard/policy.ts';
import type { WriteCall } from '../guard/write-call.ts';
import { observed } from '../telemetry.ts';
import { type Tool, ToolError, type WriteTool } from '../tools/tool.ts';
import { clientOf } from './client-calls.ts';
import { appendEntry, type Entry, type ToolStep } from './journal.ts';
import type { ModelCall } from './models/types.ts';
import { originOf, originOfCall } from './origin.ts';
import type { Reach, Reached } from './reach.ts';
import { playbookRunOf } from './script.ts';
import type { Toolbox } from './toolbox.ts';
import type { TurnFacts, TurnNeeds } from './turn.ts';
import { undoCallId, undoesOf } from './undo.ts';

/**
 * Reads go side by side; writes one after the other in the model's order, and each only after the one before it is
 * settled or waits.
 * @returns whether a person must decide before the turn can go on.
 */
export async function performCalls(
  needs: TurnNeeds,
  facts: TurnFacts,
  reach: Reach,
  {
    calls,
    entries,
    toolbox,
  }: { calls: readonly { call: ModelCall; step: number }[]; entries: readonly Entry[]; toolbox: Toolbox },
  signal: AbortSignal,
): Promise<boolean> {
  const prepared = calls.map(({ call, step }) => ({ call, step, ...findTool(toolbox, call) }));
  const isRead = ({ tool }: { tool?: Tool }) => !tool || tool.effect === 'read';
  await Promise.all(
    prepared.filter(isRead).map(async ({ call, step, tool, error }) => {
      const startedAt = needs.clock.now();
      const finish = (part: Finished) => recordCall(needs, facts, { call, step, tool, startedAt }, part);
      if (tool?.effect !== 'read')
        return finish({ result: { status: 'failed', error: error ?? noSuchTool } });
      await finish(
        await performRead(reach.ownerOf(tool), tool, call, {
          now: startedAt,
          signal,
          onWait: onWaitOf(needs, facts, call),
        }),
      );
    }),
  );
  let waiting = false;
  for (const { call, step, tool } of prepared.filter((item) => !isRead(item))) {
    if (signal.aborted) return false;
    const owner = tool && reach.ownerOf(tool);
    if (!tool || tool.effect === 'read' || !owner) continue;
    const startedAt = needs.clock.now();
    const done = await performWrite(needs, facts, owner, { tool, call, entries }, signal);
    if (done === 'waiting') waiting = true;
    else await recordCall(needs, facts, { call, step, tool, startedAt }, done);
    await needs.live.publish({ kind: 'changed', what: 'operations' });
  }
  return waiting;
}

/** What a finished call adds to its journal entry. */
type Finished = Pick<ToolStep, 'result'> &
  Partial<Pick<ToolStep, 'objects' | 'requestIds' | 'operationId'>> & { record?: unknown };

const noSuchTool: CallError = { code: 'no_such_tool', message: 'There is no such tool here.' };

/** The tool a call names, if it may be called with that input. */
function findTool(toolbox: Toolbox, call: ModelCall): { tool?: Tool; error?: CallError } {
  const tool = toolbox.tools.find((candidate) => candidate.name === call.name);
  if (call.invalid) return { error: { code: 'invalid_input', message: call.invalid } };
  if (!tool) return { error: { ...noSuchTool, message: `There is no tool called ${call.name}.` } };
  return { tool };
}

async function performRead(
  owner: Reached | undefined,
  tool: Extract<Tool, { effect: 'read' }>,
  call: ModelCall,
  { now, ...context }: { now: Date; signal: AbortSignal; onWait(text: string): void },
): Promise<Finished> {
  const verdict = decide({
    tool,
    mode: owner?.opened.mode ?? 'live',
    policy: owner?.policy ?? {},
    now,
    timeZone: owner?.opened.timeZone ?? 'UTC',
    planned: { amount: null, objects: [] },
  });
  // A read cannot wait for a person: what would ask is refused.
  if (verdict?.decision !== 'allow') {
    const message = `Not allowed: ${verdict?.reason}`;
    return { result: { status: 'failed', error: { code: 'denied_by_policy', message } } };
  }
  try {
    const { view, record, summary, objects, requestIds } = await observed(
      'tool',
      tool.name,
      { 'purser.call': call.id },
      () => tool.read(call.input, context),
    );
    return {
      result: { status: 'completed', view, summary },
      objects: [...objects],
      requestIds: [...requestIds],
      record,
    };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { result: { status: 'failed', error: callError(error) }, requestIds: [...error.requestIds] };
  }
}

async function performWrite(
  needs: TurnNeeds,
  facts: TurnFacts,
  { connectionId, policy, opened }: Reached,
  { tool, call, entries }: { tool: WriteTool<unknown>; call: ModelCall; entries: readonly Entry[] },
  signal: AbortSignal,
): Promise<Finished | 'waiting'> {
  const own = entries.filter((entry) => entry.runId === facts.runId);
  const undoes = undoneBy(own, call);
  const playbookRun = playbookRunOf(own);
  const write: WriteCall = {
    runId: facts.runId,
    threadId: facts.threadId,
    agentId: facts.agent.id,
    agentName: facts.agent.name,
    connectionId,
    account: opened.account,
    mode: opened.mode,
    policy,
    toolCallId: call.id,
    tool,
    input: call.input,
    requester: facts.requester,
    timeZone: opened.timeZone,
    origin: () =>
      clientOf(own) === undefined
        ? originOf(entries, facts.runId, facts.agent.instructions)
        : originOfCall(entries, { tool, input: call.input }, facts.agent.instructions),
    ...(undoes ? { undoes } : {}),
    ...(playbookRun && {
      stillWanted: () => needs.decider.stillWants({ playbookRun, entries }, call),
    }),
    signal,
    onWait: onWaitOf(needs, facts, call),
  };
  const performed = await observed('tool', tool.name, { 'purser.call': call.id }, () =>
    needs.guard.perform(write),
  );
  switch (performed.status) {
    case 'waiting':
      return 'waiting';
    case 'done': {
      const { view, record, summary, objects, requestIds } = performed.outcome;
      return {
        result: { status: 'completed', view, summary },
        objects: [...objects],
        requestIds: [...requestIds],
        operationId: performed.operationId,
        record,
      };
    }
    case 'failed':
      return {
        result: { status: 'failed', error: performed.error },
        requestIds: [...performed.requestIds],
        ...(performed.operationId ? { operationId: performed.operationId } : {}),
      };
    case 'rejected':
      return { result: { status: 'rejected', reason: performed.reason }, operationId: performed.operationId };
  }
}

/** Tells whoever watches what a call is waiting for. */
function onWaitOf({ live }: TurnNeeds, { threadId, runId }: TurnFacts, { id }: ModelCall) {
  return (text: string): void => {
    // Passing news: whoever misses it sees a call that runs.
    void live.publish({ kind: 'progress', threadId, runId, toolCallId: id, text }).catch(() => undefined);
  };
}

/** The operation that a prepared call sets back, if this is such a call. */
function undoneBy(own: readonly Entry[], call: ModelCall): string | undefined {
  const undoes = undoesOf(own);
  return undoes !== undefined && call.id === undoCallId(undoes) ? undoes : undefined;
}

async function recordCall(
  needs: TurnNeeds,
  facts: TurnFacts,
  made: { call: ModelCall; step: number; tool?: Tool | undefined; startedAt: Date },
  { record, ...part }: Finished,
): Promise<void> {
  const { threadId, runId } = facts;
  const content: ToolStep = {
    callId: made.call.id,
    name: made.call.name,
    title: made.tool?.title ?? made.call.name,
    effect: made.tool?.effect ?? 'read',
    startedAt: made.startedAt.toISOString(),
    finishedAt: needs.clock.now().toISOString(),
    requestIds: [],
    objects: [],
    ...part,
  };
  await appendEntry(
    needs.db,
    { threadId, runId, step: made.step },
    { kind: 'tool', content },
    record as never,
  );
  await needs.live.publish({ kind: 'run', threadId, runId });
}
