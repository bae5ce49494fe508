/**
 * Setting an operation back is a turn of its own in which no model takes part: a person's click is the message, the
 * counter-action that was recorded is its one call, and code says what came of it. It goes through the guard as any
 * other write.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { Operation } from '../guard/operation.ts';
import { getOperation } from '../guard/operation-list.ts';
import { conflict, notFound } from '../problem.ts';
import type { Json, Undo } from '../tools/tool.ts';
import { appendEntry, type Entry } from './journal.ts';
import type { ModelCall, ModelStep } from './models/types.ts';

/** The id of the call that sets an operation back. */
export const undoCallId = (operationId: string): string => `undo_${operationId}`;

/** The operation that a run's message sets back, if it is such a message. */
export function undoesOf(own: readonly Entry[]): string | undefined {
  const asked = own.find((entry) => entry.kind === 'user');
  return asked?.kind === 'user' ? asked.content.undoes : undefined;
}

/** @throws Problem 404 for an unknown operation, 409 when it cannot be set back (any more). */
export async function undoOf(
  db: Kysely<Schema>,
  operationId: string,
  clock: Clock,
): Promise<{ threadId: string; undo: Undo }> {
  const operation = await getOperation(db, operationId);
  if (!operation) throw notFound('operation', operationId);
  const found = undoIn(operation, clock.now());
  if (typeof found === 'string') throw conflict('cannot_undo', found);
  return { threadId: operation.threadId, undo: found };
}

/** The counter-action, or why there is none (any more). @param own an undoing that does not count, being asked about itself */
export function undoIn({ undo, undoneBy, state }: Operation, now: Date, own?: string): Undo | string {
  if (state !== 'done') return 'Only what was done can be undone.';
  if (!undo) return 'This cannot be undone: there is no counter-action for it.';
  if (undoneBy && undoneBy.id !== own)
    return undoneBy.state === 'done' ? 'This was undone already.' : 'Undoing this is under way already.';
  if (undo.until && new Date(undo.until) <= now)
    return `This could be undone until ${undo.until}; it is too late now.`;
  return undo;
}

/** Writes the undoing's call beside the message. */
export async function appendUndoCall(
  trx: Transaction<Schema>,
  where: { threadId: string; runId: string; operationId: string },
  undo: Undo,
): Promise<void> {
  const { operationId, ...run } = where;
  const input = undo.input as { [key: string]: Json };
  await appendCall(trx, run, { id: undoCallId(operationId), name: undo.tool, input });
}

/** Puts a call behind a message that brought it along. */
export async function appendCall(
  trx: Transaction<Schema>,
  { threadId, runId }: { threadId: string; runId: string },
  call: ModelCall,
): Promise<void> {
  const { id, name, input } = call;
  const asked = { type: 'tool-call', toolCallId: id, toolName: name, input } as const;
  const content: ModelStep = {
    ...saidByCode(''),
    messages: [{ role: 'assistant', content: [asked] }],
    calls: [call],
    finishReason: 'tool-calls',
  };
  await appendEntry(trx, { threadId, runId, step: 1 }, { kind: 'model', content });
}

/** An answer that no model wrote. */
export function saidByCode(text: string): ModelStep {
  return {
    messages: [{ role: 'assistant', content: text }],
    text,
    calls: [],
    usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 },
    finishReason: 'stop',
  };
}

/** What came of it, in a sentence. */
export function undoAnswer(own: readonly Entry[]): string {
  const done = own.findLast((entry) => entry.kind === 'tool');
  if (done?.kind !== 'tool') return 'Nothing was undone.';
  const { result } = done.content;
  switch (result.status) {
    case 'completed':
      return `Undone. ${result.summary}.`;
    case 'failed':
      return `It could not be undone: ${result.error.message} ${result.error.next ?? ''}`.trim();
    case 'rejected':
      return `It was not undone: ${result.reason}`;
  }
}
