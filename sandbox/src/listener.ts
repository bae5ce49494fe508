import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { DroppedConnection } from './faults.ts';
import { tooLarge } from './wire/body.ts';
import { type Exchange, type Reply, splitUrl } from './wire/exchange.ts';

/** Answers Stripe's API, or null for addresses that are not of it. */
export type Api = (exchange: Exchange) => Promise<Reply> | null;
/** Answers everything else: pages and control. */
type Pages = (request: Request, env: unknown) => Response | Promise<Response>;

/** Serves on one port at a time. The API is answered straight from the socket, without `Request` and `Response`. */
export function createListener(api: Api, pages: Pages) {
  let server: Server | null = null;
  const other = getRequestListener(pages);

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const answered = api(new SocketExchange(request));
    if (!answered) {
      void other(request, response);
      return;
    }
    answered.then(
      (reply) => send(request, response, reply),
      () => response.destroy(),
    );
  }

  return {
    /** Rejects when the port is taken. Port 0 takes a free one. */
    listen(port: number, host: string): Promise<{ url: string; port: number }> {
      const made = createServer(serve);
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
        made.closeAllConnections();
      });
    },
  };
}

class SocketExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #message: IncomingMessage;

  constructor(message: IncomingMessage) {
    this.#message = message;
    this.method = message.method ?? 'GET';
    const { path, query } = splitUrl(withoutOrigin(message.url ?? '/'));
    this.path = path;
    this.query = query;
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  body(limit: number): Promise<Buffer> {
    const message = this.#message;
    if (Number(message.headers['content-length'] ?? 0) > limit) return Promise.reject(tooLarge(limit));
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      message.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > limit) reject(tooLarge(limit));
        else chunks.push(chunk);
      });
      message.on('end', () =>
        resolve(chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks)),
      );
      message.on('error', () => reject(new DroppedConnection()));
    });
  }
}

/** Clients that take the sandbox for a proxy send whole addresses. */
function withoutOrigin(url: string): string {
  return url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (!reply) {
    response.destroy();
    return;
  }
  const headers: Record<string, string | number> = { ...reply.headers };
  headers['content-length'] = Buffer.byteLength(reply.body);
  // What was not read of a body that is too long would be taken for the next request.
  if (!request.complete && request.method !== 'GET') headers.connection = 'close';
  response.writeHead(reply.status, headers);
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}
