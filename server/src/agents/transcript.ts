/** Entries → what people see (messages) and what a model sees (its context). Pure. */
import type { ModelMessage } from 'ai';
import type { RunStatus } from '../database/schema.ts';
import { hadCardNumber } from '../secrets/card-numbers.ts';
import type { Effect, Json, ObjectRef } from '../tools/tool.ts';
import type { Entry, ToolStep } from './journal.ts';
import type { ModelCall, RunError } from './models/types.ts';
import { folded } from './results.ts';

export type { RunStatus };

export interface Message {
  id: string;
  role: 'user' | 'assistant';
  /** All text of the message, parts joined by an empty line. Markdown for the assistant. */
  text: string;
  createdAt: string;
  runId: string | null;
  /** In the order they happened: text and tool calls. Assistant only. */
  parts?: MessagePart[];
  toolCalls?: ToolCall[];
  /** How the run that writes this message stands. Assistant only. */
  status?: RunStatus;
  error?: RunError;
  /** `builtin`, `anthropic/claude-…`. Assistant only. */
  model?: string;
}

export type MessagePart = { type: 'text'; text: string } | { type: 'tool'; toolCallId: string };

export interface ToolCall {
  id: string;
  name: string;
  title: string;
  effect: Effect;
  input: Json;
  status: 'running' | 'awaiting_approval' | 'completed' | 'failed' | 'rejected';
  /** One plain sentence: `Created customer Bob Loblaw`. Once completed. */
  summary?: string;
  /** The compact view the model got. The whole object: GET /api/threads/{id}/tool-calls/{toolCallId}. */
  output?: Json;
  error?: { code: string; message: string; next?: string; details?: { [key: string]: Json } };
  objects: ObjectRef[];
  requestIds: string[];
  startedAt: string;
  finishedAt: string | null;
  durationMs: number | null;
  operationId?: string;
  approvalId?: string;
  /** What it waits for while it runs. Told live only, never stored. */
  progress?: string;
}

/** The text of an answer that is still being written. */
export interface Partial {
  /** The step it will become. */
  step: number;
  text: string;
}

/** A run as the transcript needs it. */
export interface RunFacts {
  id: string;
  status: RunStatus;
  model: string;
  error: RunError | null;
  partial: Partial | null;
  createdAt: Date;
}

/** What a tool is called and does, by name; for calls that have not finished. */
export type ToolFacts = (name: string) => { title: string; effect: Effect };

export interface TranscriptContext {
  runs: readonly RunFacts[];
  /** By tool-call id, those still waiting for a person. */
  pendingApprovals: ReadonlyMap<string, { approvalId: string; operationId: string }>;
  tools: ToolFacts;
}

/** All messages of the given entries: for each run the person's, then the agent's. */
export function messagesOf(entries: readonly Entry[], context: TranscriptContext): Message[] {
  return context.runs.flatMap((run) => {
    const own = entries.filter((entry) => entry.runId === run.id);
    return own.length === 0 ? [] : messagesOfRun(own, run, context);
  });
}

function messagesOfRun(entries: readonly Entry[], run: RunFacts, context: TranscriptContext): Message[] {
  const messages: Message[] = [];
  const asked = entries.find((entry) => entry.kind === 'user');
  if (asked?.kind === 'user') {
    messages.push({
      id: userMessageId(run.id),
      role: 'user',
      text: asked.content.text,
      createdAt: asked.at.toISOString(),
      runId: run.id,
    });
  }
  const parts: MessagePart[] = [];
  const toolCalls: ToolCall[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'model') continue;
    if (entry.content.text) parts.push({ type: 'text', text: entry.content.text });
    for (const call of entry.content.calls) {
      parts.push({ type: 'tool', toolCallId: call.id });
      toolCalls.push(toolCallOf(call, entry, finishedCall(entries, call.id), run, context));
    }
  }
  if (run.partial?.text) parts.push({ type: 'text', text: run.partial.text });
  // Said by Purser, whatever the model says, and only once nothing more comes before it.
  if (run.status === 'completed' && asked?.kind === 'user' && hadCardNumber(asked.content.text))
    parts.push({ type: 'text', text: cardNotice });
  messages.push({
    id: answerMessageId(run.id),
    role: 'assistant',
    text: textOf(parts),
    createdAt: run.createdAt.toISOString(),
    runId: run.id,
    parts,
    toolCalls,
    status: run.status,
    model: run.model,
    ...(run.error ? { error: run.error } : {}),
  });
  return messages;
}

const cardNotice =
  '**A card number was taken out of your message** before it was stored or shown to a model. Card details must not pass ' +
  'through a conversation: let the customer enter them on Stripe’s own page. Ask me for a payment link, a checkout page, ' +
  'an invoice, or a link to the customer portal where they save a card.';

export function userMessageId(runId: string): string {
  return runId.replace(/^run_/, 'msg_u');
}

export function answerMessageId(runId: string): string {
  return runId.replace(/^run_/, 'msg_a');
}

function textOf(parts: readonly MessagePart[]): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
}

type ToolEntry = Extract<Entry, { kind: 'tool' }>;

function finishedEntry(entries: readonly Entry[], callId: string): ToolEntry | undefined {
  for (const entry of entries) if (entry.kind === 'tool' && entry.content.callId === callId) return entry;
  return undefined;
}

function finishedCall(entries: readonly Entry[], callId: string): ToolStep | undefined {
  return finishedEntry(entries, callId)?.content;
}

function toolCallOf(
  call: ModelCall,
  asked: Entry,
  step: ToolStep | undefined,
  run: RunFacts,
  context: TranscriptContext,
): ToolCall {
  if (step) return finishedToolCall(call, step);
  const pending = context.pendingApprovals.get(call.id);
  const base = {
    id: call.id,
    name: call.name,
    ...context.tools(call.name),
    input: call.input,
    objects: [],
    requestIds: [],
    startedAt: asked.at.toISOString(),
    finishedAt: null,
    durationMs: null,
  };
  if (pending) return { ...base, status: 'awaiting_approval', ...pending };
  if (isResting(run.status)) return { ...base, status: 'failed', error: notExecuted };
  return { ...base, status: 'running' };
}

function finishedToolCall(call: ModelCall, step: ToolStep): ToolCall {
  const { result } = step;
  return {
    id: call.id,
    name: call.name,
    title: step.title,
    effect: step.effect,
    input: call.input,
    status: result.status,
    ...(result.status === 'completed' ? { summary: result.summary, output: result.view } : {}),
    ...(result.status === 'failed' ? { error: result.error } : {}),
    ...(result.status === 'rejected' ? { error: { code: 'rejected', message: result.reason } } : {}),
    objects: step.objects,
    requestIds: step.requestIds,
    startedAt: step.startedAt,
    finishedAt: step.finishedAt,
    durationMs: Date.parse(step.finishedAt) - Date.parse(step.startedAt),
    ...(step.operationId ? { operationId: step.operationId } : {}),
  };
}

const notExecuted = { code: 'not_executed', message: 'The turn ended before this was done.' };

/** True when nothing will happen in the run until a person does something. */
export function isResting(status: RunStatus): status is 'completed' | 'failed' | 'cancelled' {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/**
 * The context of the next model call. Every tool call gets a result, because providers insist on it; those that never
 * ran say so. Whole old runs are left out once the text passes `characters`; `folds` shortens long results.
 */
export function contextOf(
  entries: readonly Entry[],
  { characters: limit, folds }: { characters: number; folds: boolean },
): ModelMessage[] {
  const byRun = [...Map.groupBy(entries, (entry) => entry.runId).values()].map((run) =>
    contextOfRun(run, folds),
  );
  const kept: ModelMessage[] = [];
  let size = 0;
  for (const messages of byRun.reverse()) {
    size += JSON.stringify(messages).length;
    if (size > limit && kept.length > 0) break;
    kept.unshift(...messages);
  }
  return kept;
}

function contextOfRun(entries: readonly Entry[], folds: boolean): ModelMessage[] {
  return entries.flatMap((entry): ModelMessage[] => {
    if (entry.kind === 'user') return [{ role: 'user', content: entry.content.text }];
    if (entry.kind !== 'model') return [];
    const results = entry.content.calls.map((call) =>
      toolResult(call, finishedEntry(entries, call.id), folds),
    );
    return results.length > 0
      ? [...entry.content.messages, { role: 'tool', content: results }]
      : entry.content.messages;
  });
}

type ToolResult = Extract<
  Extract<ModelMessage, { role: 'tool' }>['content'][number],
  { type: 'tool-result' }
>;

function toolResult(call: ModelCall, entry: ToolEntry | undefined, folds: boolean): ToolResult {
  const base = { type: 'tool-result', toolCallId: call.id, toolName: call.name } as const;
  if (!entry) return { ...base, output: { type: 'error-json', value: { error: notExecuted } } };
  const { result } = entry.content;
  switch (result.status) {
    case 'completed':
      return { ...base, output: { type: 'json', value: folds ? folded(result.view, entry) : result.view } };
    case 'failed': {
      const { details, ...error } = result.error;
      return { ...base, output: { type: 'error-json', value: { error: { ...details, ...error } } } };
    }
    case 'rejected':
      return { ...base, output: { type: 'execution-denied', reason: result.reason } };
  }
}

/** What a run does next, from its own entries alone. */
export type NextAction =
  | { type: 'model'; step: number }
  | { type: 'calls'; calls: { call: ModelCall; step: number }[] }
  | { type: 'finish' };

/**
 * Steps are numbered: the person's message 0, then each model answer, followed by one number for each of its calls in
 * their order, whether they finish in that order or not.
 */
export function nextAction(entries: readonly Entry[]): NextAction {
  const last = entries.findLast((entry) => entry.kind === 'model');
  if (last?.kind !== 'model') return { type: 'model', step: 1 };
  const { calls } = last.content;
  const open = calls
    .map((call, index) => ({ call, step: last.step + 1 + index }))
    .filter(({ call }) => !finishedCall(entries, call.id));
  if (open.length > 0) return { type: 'calls', calls: open };
  if (calls.length === 0) return { type: 'finish' };
  return { type: 'model', step: last.step + 1 + calls.length };
}
