import { createUIMessageStreamResponse, type UIMessageChunk } from 'ai';
import { z } from 'zod';
import { getAgent } from '../agents/agents.ts';
import { readRecord } from '../agents/journal.ts';
import {
  createThread,
  deleteThread,
  getThread,
  listThreads,
  markRead,
  updateThread,
} from '../agents/threads.ts';
import { watch } from '../agents/watch.ts';
import { badCursor, notFound } from '../problem.ts';
import { type ApiApp, type Asked, addRoute, idParams, nameText, pageQuery } from './route.ts';
import type { Service } from './service.ts';
import { restingTurn } from './turn-result.ts';
import { createUiStream } from './ui-stream.ts';

const maxMessageCharacters = 100_000;

const newThread = z.strictObject({
  agentId: z.string().max(80),
  connectionId: z.string().max(80).optional(),
  title: nameText(200).optional(),
});
const threadChange = z.strictObject({
  title: nameText(200).optional(),
  connectionId: z.string().max(80).optional(),
});
const text = z
  .string()
  .max(maxMessageCharacters, `A message has at most ${maxMessageCharacters.toLocaleString('en')} characters.`)
  .refine((value) => value.trim() !== '', 'A message needs words.');
/** `wait=true`: JSON once the turn rests. `wait=false`: JSON at once. Without: a UI-message stream. */
const waitQuery = z.strictObject({ wait: z.stringbool().optional() });
const tag = 'Threads';

export function addThreadRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const { live, runs } = service;

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/threads',
      summary: 'List threads, newest activity first',
      tag,
      action: 'read',
      query: z.strictObject({
        q: z.string().max(200).optional(),
        agentId: z.string().max(80).optional(),
        ...pageQuery,
      }),
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      const data = await listThreads(db, filter, { limit, before: readCursor(cursor) });
      const last = data.length === limit ? data.at(-1) : undefined;
      return { data, next_cursor: last ? `${last.updatedAt}|${last.id}` : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/threads',
      summary: 'Start a thread with an agent; it is pinned to one account',
      tag,
      action: 'operate',
      body: newThread,
      status: 201,
    },
    async ({ body, principal }) => {
      await getAgent(db, body.agentId);
      const thread = await createThread(db, { ...body, createdBy: principal.id });
      await live.publish({ kind: 'thread', threadId: thread.id });
      return thread;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/threads/:id',
      summary: 'Read a thread',
      tag,
      action: 'read',
      params: idParams,
    },
    ({ params }) => getThread(db, params.id, service.tools),
  );

  addRoute(
    app,
    service,
    {
      method: 'patch',
      path: '/api/threads/:id',
      summary: 'Rename a thread, or choose its account before the first message',
      tag,
      action: 'operate',
      params: idParams,
      body: threadChange,
    },
    async ({ params, body }) => {
      await updateThread(db, params.id, body);
      await live.publish({ kind: 'thread', threadId: params.id });
      return getThread(db, params.id, service.tools);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/threads/:id',
      summary: 'Delete a thread',
      tag,
      action: 'operate',
      params: idParams,
      status: 204,
    },
    async ({ params, actor }) => {
      await deleteThread(db, params.id);
      await service.audit.record({ actor, action: 'thread.deleted', subject: params.id });
      await live.publish({ kind: 'thread_deleted', threadId: params.id });
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/threads/:id/read',
      summary: 'Mark as read',
      tag,
      action: 'read',
      params: idParams,
      status: 204,
    },
    async ({ params }) => {
      await markRead(db, params.id);
      await live.publish({ kind: 'thread', threadId: params.id });
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/threads/:id/tool-calls/:toolCallId',
      summary: 'Read a tool call with the whole objects it returned',
      tag,
      action: 'read',
      params: z.strictObject({ id: z.string().max(80), toolCallId: z.string().max(200) }),
    },
    async ({ params }) => {
      const thread = await getThread(db, params.id, service.tools);
      const calls = thread.messages.flatMap((message) => message.toolCalls ?? []);
      const call = calls.find((candidate) => candidate.id === params.toolCallId);
      if (!call) throw notFound('tool call', params.toolCallId);
      return { ...call, record: (await readRecord(db, params.id, params.toolCallId)) ?? null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/threads/:id/messages',
      summary: 'Say something: a UI-message stream, or with ?wait=true JSON once the turn rests',
      tag,
      action: 'operate',
      params: idParams,
      query: waitQuery,
      body: z.strictObject({ text }),
    },
    ({ params, query, body, principal }) =>
      answer(params.id, query.wait, () => runs.send(params.id, body.text, requester(principal))),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/threads/:id/edit',
      summary: 'Replace the last message by another',
      tag,
      action: 'operate',
      params: idParams,
      query: waitQuery,
      body: z.strictObject({ messageId: z.string().max(80), text }),
    },
    ({ params, query, body, principal }) =>
      answer(params.id, query.wait, () => runs.edit(params.id, body, requester(principal))),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/threads/:id/retry',
      summary: 'Go on with the last turn where it failed or was stopped',
      tag,
      action: 'operate',
      params: idParams,
      query: waitQuery,
      body: z.strictObject({}),
    },
    ({ params, query }) => answer(params.id, query.wait, () => runs.retry(params.id)),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/threads/:id/cancel',
      summary: 'Stop the turn; what was sent to Stripe is seen through',
      tag,
      action: 'operate',
      params: idParams,
    },
    async ({ params }) => ({ cancelled: await runs.cancel(params.id) }),
  );

  /** A watcher reads the whole thread first, so that nothing of a fast turn is missed. */
  async function answer(
    threadId: string,
    wait: boolean | undefined,
    begin: () => Promise<{ runId: string }>,
  ) {
    if (wait !== undefined) {
      const { runId } = await begin();
      if (wait) return restingTurn(service, { threadId, runId });
      return Response.json({ runId, status: 'queued' }, { status: 202 });
    }
    const { runId } = await begin();
    return createUIMessageStreamResponse({ stream: streamOf(threadId, runId) });
  }

  function streamOf(threadId: string, runId: string): ReadableStream<UIMessageChunk> {
    const abort = new AbortController();
    return new ReadableStream<UIMessageChunk>({
      async start(controller) {
        const stream = createUiStream(runId);
        try {
          for await (const event of watch({ db, live, tools: service.tools }, threadId, abort.signal)) {
            const { chunks, done } = stream.chunksOf(event);
            for (const chunk of chunks) controller.enqueue(chunk);
            if (done) break;
          }
          controller.close();
        } catch (error) {
          service.log.warn({ err: error }, 'A stream broke; the turn goes on');
          if (!abort.signal.aborted) controller.error(error);
        }
      },
      cancel: () => abort.abort(),
    });
  }
}

function requester({ type, id, name, madeBy }: Asked<unknown, unknown, unknown>['principal']) {
  return { type, id, name, ...(madeBy && { madeBy }) };
}

/** `2026-01-31T12:00:00.000Z|thr_…`. @throws Problem 422 for anything else. */
function readCursor(cursor: string | undefined): { updatedAt: string; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const [updatedAt = '', id = ''] = cursor.split('|');
  if (id && !Number.isNaN(Date.parse(updatedAt))) return { updatedAt, id };
  throw badCursor();
}
