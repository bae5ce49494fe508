import type { Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Json } from '../tools/tool.ts';
import { appendEntry } from './journal.ts';
import { saidByCode } from './undo.ts';

/** What a turn begins with that nobody had to ask for: the event that a task waits for. */
export interface Told {
  readonly tool: string;
  readonly title: string;
  readonly input: { [key: string]: Json };
  readonly view: Json;
  readonly summary: string;
}

const callId = 'told';

/**
 * Puts it behind the message as a call with its result. A result is data, never instruction, and its fields of facts may
 * name what is written to.
 */
export async function appendTold(
  trx: Transaction<Schema>,
  where: { threadId: string; runId: string; now: Date },
  told: Told,
): Promise<void> {
  const { threadId, runId, now } = where;
  const { tool, title, input, view, summary } = told;
  const call = { type: 'tool-call', toolCallId: callId, toolName: tool, input } as const;
  const asked = {
    ...saidByCode(''),
    messages: [{ role: 'assistant' as const, content: [call] }],
    calls: [{ id: callId, name: tool, input }],
    finishReason: 'tool-calls' as const,
  };
  await appendEntry(trx, { threadId, runId, step: 1 }, { kind: 'model', content: asked });
  const at = now.toISOString();
  const content = {
    ...{ callId, name: tool, title, effect: 'read' as const, startedAt: at, finishedAt: at },
    ...{ requestIds: [], objects: [], result: { status: 'completed' as const, view, summary } },
  };
  await appendEntry(trx, { threadId, runId, step: 2 }, { kind: 'tool', content });
}
