import { createAdaptorServer } from '@hono/node-server';

type Answer = (request: Request, env: unknown) => Response | Promise<Response>;

/** Serves on one port at a time. */
export function createListener(answer: Answer) {
  let server: ReturnType<typeof createAdaptorServer> | null = null;
  return {
    /** Rejects when the port is taken. Port 0 takes a free one. */
    listen(port: number, host: string): Promise<{ url: string; port: number }> {
      const made = createAdaptorServer({ fetch: answer });
      return new Promise((resolve, reject) => {
        made.once('error', reject);
        made.listen(port, host, () => {
          server = made;
          const address = made.address();
          const bound = typeof address === 'object' && address ? address.port : port;
          resolve({ url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound });
        });
      });
    },
    /** Stops listening and ends open connections. */
    async close(): Promise<void> {
      const made = server;
      server = null;
      if (!made) return;
      await new Promise<void>((resolve) => {
        made.close(() => resolve());
        if ('closeAllConnections' in made) made.closeAllConnections();
      });
    },
  };
}
