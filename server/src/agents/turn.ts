/**
 * One turn of an agent: model, tools, model, … until it has nothing more to do or waits for a person. Everything it
 * knows it reads from the journal, so it can be dropped at any instruction and taken up by anyone.
 */
import type { Kysely } from 'kysely';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { Guard } from '../guard/guard.ts';
import type { WriteCall } from '../guard/write-call.ts';
import { observed } from '../telemetry.ts';
import type { Tool } from '../tools/tool.ts';
import { createAnswerWriter } from './answer-writer.ts';
import { clientOf, sessionEntries } from './client-calls.ts';
import { instructionsFor } from './house-rules.ts';
import { appendEntry, type Entry, readEntries } from './journal.ts';

import { overLimit } from './limits.ts';
import type { Live } from './live.ts';
import { type ModelStepRequest, modelStep } from './models/model-step.ts';
import type { Models } from './models/models.ts';
import type { RunError } from './models/types.ts';
import { type Attachment, openReach } from './reach.ts';
import { type CodedStep, type Decider, stepByCode } from './script.ts';
import { type OpenConnection, type OpenedConnection, toolboxFor } from './toolbox.ts';
import { contextOf, nextAction } from './transcript.ts';
import { performCalls } from './turn-calls.ts';

/** A turn that has not come to an end after so many model calls is going round in circles. */
const maxModelSteps = 24;
/** So many identical rounds of calls are a loop, not a plan. */
const maxSameAnswers = 3;
/** Characters of transcript a model is given at most; about 100,000 tokens. */
const maxContextCharacters = 400_000;

/** The row of a run, with what a turn needs beside it. */
export interface TurnFacts {
  runId: string;
  threadId: string;
  model: string;
  agent: { id: string; name: string; instructions: string };
  /** What the thread is about; null: no account. */
  account: Attachment | null;
  /** What the agent has beside any account. */
  beside: readonly Attachment[];
  /** The thread belongs to an account that was since detached from the agent, or disconnected. */
  lostConnection: boolean;
  requester: WriteCall['requester'];
}

export type TurnEnd =
  | { status: 'completed' }
  | { status: 'cancelled' }
  | { status: 'waiting' }
  | { status: 'failed'; error: RunError };

export interface TurnNeeds {
  db: Kysely<Schema>;
  guard: Guard;
  models: Models;
  decider: Decider;
  openConnection: OpenConnection;
  /** What an agent has whatever it is connected to: its knowledge. */
  ownTools(agentId: string): Promise<readonly Tool[]>;
  live: Live;
  clock: Clock;
}

/** Goes on until the run rests or waits. @throws whatever is nobody's fault: the database, a bug. */
export async function takeTurn(needs: TurnNeeds, facts: TurnFacts, signal: AbortSignal): Promise<TurnEnd> {
  if (facts.lostConnection) return { status: 'failed', error: connectionLost };
  const ownTools = await needs.ownTools(facts.agent.id);
  const reach = await openReach(needs.openConnection, { ...facts, own: ownTools });
  const connection = reach.account?.opened ?? null;
  for (;;) {
    if (signal.aborted) return { status: 'cancelled' };
    const entries = await readEntries(needs.db, { threadId: facts.threadId });
    const own = entries.filter((entry) => entry.runId === facts.runId);
    const next = nextAction(own);
    const takesAll = needs.models.takesAll(facts.model);
    const isClientCall = clientOf(own) !== undefined;
    const known = isClientCall ? await sessionEntries(needs.db, facts.runId) : entries;
    const toolbox = toolboxFor(reach, { takesAll: takesAll && !isClientCall, entries: known });
    if (next.type === 'finish') return { status: 'completed' };
    if (next.type === 'calls') {
      const calls = { ...next, entries: known, toolbox };
      const waiting = await performCalls(needs, facts, reach, calls, signal);
      if (waiting) return { status: 'waiting' };
      continue;
    }
    if (own.filter((entry) => entry.kind === 'model').length >= maxModelSteps) {
      return { status: 'failed', error: tooManySteps };
    }
    if (goesInCircles(own)) return { status: 'failed', error: sameAgain };
    const coded = await stepByCode(needs.decider, { facts, entries, own, tools: toolbox.tools });
    if (coded) {
      await finishModelStep(needs, facts, next.step, coded);
      continue;
    }
    const over = await overLimit(needs.db, {
      agentId: facts.agent.id,
      model: facts.model,
      now: needs.clock.now(),
    });
    if (over) return { status: 'failed', error: over };
    const model = needs.models.resolve(facts.model);
    const writer = createAnswerWriter({
      ...needs,
      threadId: facts.threadId,
      runId: facts.runId,
      step: next.step,
      part: partsBefore(own),
    });
    try {
      const request: ModelStepRequest = {
        model,
        instructions: instructionsFor({
          agent: facts.agent,
          ...(connection ? { account: accountFacts(connection) } : {}),
          beside: reach.beside.map(({ opened }) => opened.account.name),
          today: needs.clock.now(),
          timeZone: connection?.timeZone ?? 'UTC',
        }),
        messages: contextOf(entries, { characters: maxContextCharacters, folds: !takesAll }),
        tools: toolbox.declared,
        alsoCallable: toolbox.tools,
        signal,
        onText: (delta) => writer.write(delta),
        onReset: () => writer.reset(),
      };
      const ids = { 'purser.run': facts.runId };
      const step = await observed('model', facts.model, ids, () => modelStep(request));
      await writer.end({ keep: false });
      await finishModelStep(needs, facts, next.step, { content: step });
    } catch (error) {
      await writer.end({ keep: true });
      if (signal.aborted) return { status: 'cancelled' };
      throw error;
    }
  }
}

async function finishModelStep(
  needs: TurnNeeds,
  facts: TurnFacts,
  step: number,
  { content, also }: CodedStep,
): Promise<void> {
  const { threadId, runId } = facts;
  await needs.db.transaction().execute(async (trx) => {
    await appendEntry(trx, { threadId, runId, step }, { kind: 'model', content });
    await trx.updateTable('runs').set({ partial: null }).where('id', '=', runId).execute();
    await also?.(trx);
  });
  await needs.live.publish({ kind: 'run', threadId, runId });
}

function partsBefore(own: Awaited<ReturnType<typeof readEntries>>): number {
  return own.reduce((count, entry) => {
    if (entry.kind !== 'model') return count;
    return count + entry.content.calls.length + (entry.content.text ? 1 : 0);
  }, 0);
}

export function accountFacts({ account, mode }: OpenedConnection) {
  const { id, platform, defaultCurrency } = account;
  const name = platform ? `${account.name}, connected to the platform ${platform.name}` : account.name;
  return { name, id, mode, defaultCurrency };
}

/** The last answers asked for the very same calls, one after the other. */
function goesInCircles(own: readonly Entry[]): boolean {
  const asked = own.flatMap((entry) =>
    entry.kind === 'model'
      ? [canonicalJson(entry.content.calls.map(({ name, input }) => ({ name, input })))]
      : [],
  );
  const last = asked.slice(-maxSameAnswers);
  return last.length === maxSameAnswers && new Set(last).size === 1;
}

const connectionLost: RunError = {
  code: 'connection_lost_access',
  message:
    'This thread belongs to an account that this agent can no longer reach: it was detached or disconnected.',
  next: "Attach it again on the agent's connections page, or start a new thread for another account.",
  retryable: true,
};

const sameAgain: RunError = {
  code: 'going_in_circles',
  message: `The model asked for the same thing ${maxSameAnswers} times in a row, so this turn was ended.`,
  next: 'What was done so far stands above. Ask in other words.',
  retryable: false,
};

const tooManySteps: RunError = {
  code: 'too_many_steps',
  message: `The model asked for more than ${maxModelSteps} rounds of tool calls, so this turn was ended.`,
  next: 'What was done so far stands above. Ask for a smaller piece.',
  retryable: false,
};
