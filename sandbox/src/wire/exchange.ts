import { limitedBody } from './body.ts';

/** One request to the API, whichever way it came: over a socket or as a `Request` in process. */
export interface Exchange {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** What stands after the question mark; '' for nothing. */
  readonly query: string;
  /** A header by its name in small letters. */
  header(name: string): string | undefined;
  /** The whole body. Throws Stripe's 400 when it is longer than `limit` bytes, whatever length was announced. */
  body(limit: number): Promise<Buffer>;
}

/** What is answered; null closes the connection without a word, as a fault may want. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
} | null;

/** Splits an address at its question mark. */
export function splitUrl(url: string): { path: string; query: string } {
  const question = url.indexOf('?');
  return question < 0
    ? { path: url, query: '' }
    : { path: url.slice(0, question), query: url.slice(question + 1) };
}

/** A request in process. */
export function exchangeOf(request: Request): Exchange {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    header: (name) => request.headers.get(name) ?? undefined,
    body: (limit) => limitedBody(request, limit),
  };
}

/** The answer in process, where there is no connection to close: then fetch fails, as it does when one is. */
export function toResponse(reply: Reply): Response {
  if (!reply) throw new TypeError('fetch failed: the sandbox was told to drop the connection');
  // Copied, since the memory of a Buffer may be shared.
  const body = typeof reply.body === 'string' ? reply.body : new Uint8Array(reply.body);
  return new Response(body, { status: reply.status, headers: reply.headers });
}
