/**
 * What came of a client's call. A call that waits for a person says so, with where it is decided; it has not been done.
 * Approvals are given in Purser alone: no MCP message carries one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallToolResult, Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { findClientCall, markAnswered } from '../../agents/client-calls.ts';
import { folded } from '../../agents/results.ts';
import type { ToolCall } from '../../agents/transcript.ts';
import type { Approval } from '../../guard/operation.ts';
import type { Json } from '../../tools/tool.ts';
import type { Service } from '../service.ts';
import { restingTurn } from '../turn-result.ts';
import type { McpSession } from './session.ts';

/** Clients give a request up after a minute. */
const longestWaitSeconds = 50;
/** The message is step 0 of such a run, the call 1, its result 2. */
const resultStep = 2;

export const outcomeToolName = 'get_call_outcome';
export const outcomeSchema = z.strictObject({
  call: z.string().min(1).max(80).describe('The "call" of the earlier answer ("run_…").'),
  wait_seconds: z
    .number()
    .int()
    .min(0)
    .max(longestWaitSeconds)
    .nullable()
    .default(null)
    .describe(
      `How long to wait for a person's decision, at most ${longestWaitSeconds}. Default: not at all.`,
    ),
});

export const outcomeTool: McpTool = {
  name: outcomeToolName,
  title: 'Outcome of an earlier call',
  description:
    "What came of a call that waited for a person's approval in Purser: still waiting, done with its result, rejected with the reason, or failed. It does nothing itself; ask as often as you like. You cannot approve anything: tell the person the link.",
  inputSchema: z.toJSONSchema(outcomeSchema, { io: 'input' }) as McpTool['inputSchema'],
  annotations: {
    ...{ title: 'Outcome of an earlier call', readOnlyHint: true, destructiveHint: false },
    ...{ idempotentHint: true, openWorldHint: false },
  },
};

export interface Told {
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

export async function tellOutcome(
  service: Service,
  session: McpSession,
  { call: runId, wait_seconds }: z.infer<typeof outcomeSchema>,
  told: Told,
): Promise<CallToolResult> {
  const run = await findClientCall(service.database.db, session.key, runId);
  if (!run) {
    const message = `This session made no call ${runId}. Use the "call" of an earlier answer.`;
    return answer({ status: 'failed', error: { code: 'no_such_call', message } }, message);
  }
  const unsubscribe = service.live.subscribe((news) => {
    if (news.kind === 'progress' && news.runId === runId) told.onProgress(news.text);
  });
  try {
    let turn = await restingTurn(service, run);
    if (turn.status === 'awaiting_approval' && wait_seconds) {
      await untilDecided(service, runId, { seconds: wait_seconds, signal: told.signal });
      turn = await restingTurn(service, run);
    }
    const [call] = turn.toolCalls;
    if (turn.status === 'awaiting_approval') {
      const approval = turn.approvals.find(({ toolCallId }) => toolCallId === call?.id);
      return waits(session, runId, approval);
    }
    await markAnswered(service.database.db, runId, service.clock.now());
    return call ? finished(session, run, call) : broken(turn.error?.message);
  } finally {
    unsubscribe();
  }
}

async function untilDecided(
  { live }: Service,
  runId: string,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<void> {
  const moved = new AbortController();
  const unsubscribe = live.subscribe((news) => {
    if (news.kind === 'run' && news.runId === runId) moved.abort();
  });
  await sleep(seconds * 1_000, undefined, { signal: AbortSignal.any([moved.signal, signal]) }).catch(
    () => undefined,
  );
  unsubscribe();
}

function waits({ consoleUrl }: McpSession, call: string, approval: Approval | undefined): CallToolResult {
  const url = approval?.outside?.url ?? `${consoleUrl}/inbox`;
  const text = [
    "Not done yet: this waits for a person's approval in Purser, and only a person can give it there.",
    ...(approval
      ? [`What would be done: ${approval.summary}`, `Why a person is asked: ${approval.reason}`]
      : []),
    `Ask the person to open ${url} and decide.`,
    `Then call ${outcomeToolName} with {"call": "${call}"}. The same tool called again with the same input gives this same call; it is never done twice.`,
  ].join('\n');
  return answer(
    {
      ...{ status: 'waiting_for_approval', call },
      approval: approval
        ? {
            ...{ id: approval.id, url, summary: approval.summary, reason: approval.reason },
            ...{ requested_at: approval.requestedAt, expires_at: approval.expiresAt },
            ...{ needed: approval.needed, given: approval.given },
          }
        : null,
    },
    text,
    { isError: false },
  );
}

function finished(
  { consoleUrl }: McpSession,
  { threadId, runId }: { threadId: string; runId: string },
  call: ToolCall,
): CallToolResult {
  const about = {
    ...{ 'purser/call': runId, 'purser/thread': `${consoleUrl}/threads/${threadId}` },
    ...(call.operationId && { 'purser/operation': `${consoleUrl}/operations/${call.operationId}` }),
  };
  if (call.status === 'completed') {
    const view = folded(call.output ?? null, { runId, step: resultStep });
    const result = isObject(view) ? view : { result: view };
    return { ...answer(result, JSON.stringify(view), { isError: false }), _meta: about };
  }
  const error = call.error ?? { code: 'not_executed', message: 'It was not done.' };
  const status = call.status === 'rejected' ? 'rejected' : 'failed';
  const said =
    status === 'rejected' ? `A person said no, so nothing was done: ${error.message}` : error.message;
  return { ...answer({ status, error }, [said, error.next].filter(Boolean).join(' ')), _meta: about };
}

function broken(message = 'The call ended without a result.'): CallToolResult {
  return answer({ status: 'failed', error: { code: 'failed', message } }, message);
}

function answer(
  structuredContent: Record<string, unknown>,
  text: string,
  { isError }: { isError: boolean } = { isError: true },
): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent, ...(isError && { isError }) };
}

function isObject(view: Json): view is { [key: string]: Json } {
  return typeof view === 'object' && view !== null && !Array.isArray(view);
}
