import { streamSSE } from 'hono/streaming';
import { z } from 'zod';
import { getSummary } from '../agents/threads.ts';
import { watch } from '../agents/watch.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

/** Proxies close a silent connection, often after a minute. */
const keepAliveMs = 10_000;

export function addLiveRoute(app: ApiApp, service: Service): void {
  const { db } = service.database;
  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/live',
      summary: 'Server-sent events of everything that happens; in full for one thread',
      tag: 'Live',
      action: 'read',
      query: z.strictObject({ thread: z.string().max(80).optional() }),
    },
    async ({ query: { thread }, context }) => {
      if (thread) await getSummary(db, thread);
      // Nginx and the like hold back what they may buffer.
      context.header('X-Accel-Buffering', 'no');
      return streamSSE(context, async (stream) => {
        const abort = new AbortController();
        stream.onAbort(() => abort.abort());
        const keepAlive = setInterval(() => void stillThere().catch(() => abort.abort()), keepAliveMs);
        // A revoked token or an ended session sees nothing more.
        async function stillThere(): Promise<void> {
          if (!(await service.access.whoIs(context.req.raw))) return abort.abort();
          await stream.write(': still here\n\n');
        }
        try {
          await stream.write('retry: 1000\n\n');
          for await (const { type, ...data } of watch(
            { db, live: service.live, tools: service.tools },
            thread,
            abort.signal,
          )) {
            await stream.writeSSE({ event: type, data: JSON.stringify(data) });
          }
        } finally {
          clearInterval(keepAlive);
        }
      });
    },
  );
}
