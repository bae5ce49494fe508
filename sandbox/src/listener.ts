import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { DroppedConnection } from './faults.ts';
import { tooLarge } from './wire/body.ts';
import { StripeFault } from './wire/errors.ts';
import { type Exchange, type Reply, splitUrl, toResponse } from './wire/exchange.ts';

/** Answers Stripe's API, or null for addresses that are not of it. */
export type Api = (exchange: Exchange) => Promise<Reply> | null;

interface ListenerOptions {
  readonly api: Api;
  /** Answers everything else: pages and control. */
  readonly pages: (request: Request, env: unknown) => Response | Promise<Response>;
  /** Words a refusal as Stripe does. */
  readonly refuse: (fault: StripeFault) => Reply;
  readonly timeouts?: Timeouts;
}

/** In milliseconds. */
interface Timeouts {
  /** How long a request may take to arrive: its headers, and all of it. */
  readonly headersTimeout: number;
  readonly requestTimeout: number;
  /** How often that is looked at. */
  readonly connectionsCheckingInterval: number;
  /** How long a connection is kept open for the next request. Clients that keep theirs longer meet a closed one. */
  readonly keepAliveTimeout: number;
}
const standardTimeouts: Timeouts = {
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 75_000,
};

/** Serves on one port at a time. The API is answered straight from the socket, without `Request` and `Response`. */
export function createListener({ api, pages, refuse, timeouts = standardTimeouts }: ListenerOptions) {
  let server: Server | null = null;
  const other = getRequestListener(pages, { errorHandler: () => toResponse(refuse(refusalOf())) });
  const turns = new Turns();

  function serve(request: IncomingMessage, response: ServerResponse): void {
    turns.take(request.socket, () => {
      response.once('close', () => turns.end(request.socket));
      const answered = api(new SocketExchange(request, response));
      if (answered) {
        answered.then(
          (reply) => send(request, response, reply),
          () => response.destroy(),
        );
        return;
      }
      if (isAsking(request)) response.writeContinue();
      void other(request, response);
    });
  }

  /** What is no request that can be read, or does not come to an end. An answer would be taken for that to one under way. */
  function unreadable(error: Error & { code?: string }, socket: Duplex): void {
    const reply = socket.writable && !turns.areTaken(socket) ? refuse(refusalOf(error.code)) : null;
    if (reply) socket.end(asText(reply));
    else socket.destroy();
  }

  return {
    /** Rejects when the port is taken. Port 0 takes a free one. */
    listen(port: number, host: string): Promise<{ url: string; port: number }> {
      // Nothing here looks at it.
      const made = createServer({ ...timeouts, requireHostHeader: false }, serve);
      // Nobody is told to go on before it is known that what they would send is wanted.
      made.on('checkContinue', serve);
      made.on('clientError', unreadable);
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

/**
 * Takes up the requests of a connection one after the other, each when the answer before it is sent: whoever sends
 * thousands without reading has one answer made, not all of them.
 */
class Turns {
  readonly #waiting = new WeakMap<Duplex, (() => void)[]>();

  take(socket: Duplex, work: () => void): void {
    const waiting = this.#waiting.get(socket);
    if (waiting) waiting.push(work);
    else {
      this.#waiting.set(socket, []);
      work();
    }
  }

  end(socket: Duplex): void {
    const next = this.#waiting.get(socket)?.shift();
    if (!next) this.#waiting.delete(socket);
    else if (!socket.destroyed) next();
  }

  areTaken(socket: Duplex): boolean {
    return this.#waiting.has(socket);
  }
}

function refusalOf(code = ''): StripeFault {
  const [status, message] =
    code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Invalid request: address and headers together are too long.']
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Invalid request: it took too long to arrive.']
        : [400, `Invalid request: this is no HTTP/1.1 that can be read, without TLS. ${code}`.trimEnd()];
  return new StripeFault(status, { type: 'invalid_request_error', message });
}

/** An answer as it goes over the wire, after which the connection is closed. */
function asText({ status, headers, body }: NonNullable<Reply>): string {
  const all = { ...headers, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n');
}

/** Whether the client waits to be told to go on. */
function isAsking({ headers }: IncomingMessage): boolean {
  return /^100-continue$/i.test(headers.expect ?? '');
}

class SocketExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly #message: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(message: IncomingMessage, response: ServerResponse) {
    this.#message = message;
    this.#response = response;
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
    if (isAsking(message)) this.#response.writeContinue();
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
  // A body that was not read, since nobody wants it or it is too long, stands before the next request.
  if (!request.complete && hasBody(request)) headers.connection = 'close';
  response.writeHead(reply.status, headers);
  response.end(request.method === 'HEAD' ? undefined : reply.body);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
