import { APICallError, StreamProviderError } from 'ai';

/** What can be learnt from a failed model call, whichever library layer it came from. */
export interface Failure {
  /** The provider's HTTP status, also when it was reported inside a stream. */
  readonly status: number | undefined;
  /** Messages, codes and body in lower case, for recognising what providers say in words. */
  readonly text: string;
  /** The provider's own sentence, shortened and without anything that looks like a key. */
  readonly said: string;
  /** Codes of the socket and the name look-up: `ECONNREFUSED`, `ENOTFOUND`, … */
  readonly network: string | undefined;
  /** Scheme and host that were called. */
  readonly origin: string | undefined;
  /** How long the provider asked to wait. */
  readonly retryAfterMs: number | undefined;
}

const bodyLimit = 4000;
const saidLimit = 300;

export function readFailure(error: unknown, now: () => number = Date.now): Failure {
  const chain = causes(error);
  const call = chain.find((link) => APICallError.isInstance(link));
  const streamed = chain.find((link) => StreamProviderError.isInstance(link));
  const body = call?.responseBody?.slice(0, bodyLimit) ?? '';
  const words = chain.flatMap((link) => [nameOf(link), messageOf(link), codeOf(link)]);
  const text = [...words, body, streamed?.type, json(streamed?.data)]
    .filter(Boolean)
    .join('\n')
    .toLowerCase();
  return {
    status: call?.statusCode ?? streamed?.statusCode,
    text,
    said: sayable(messageOf(call ?? streamed ?? error) ?? ''),
    network: chain
      .map(codeOf)
      .find(
        (code) =>
          code !== undefined &&
          /^(E[A-Z_]+|UND_ERR_\w+|CERT_\w+|\w*SELF_SIGNED\w*|UNABLE_TO_\w+)$/.test(code),
      ),
    origin: originOf(call?.url),
    retryAfterMs: waitAsked(call?.responseHeaders, body, now),
  };
}

/** An error and what caused it, outermost first. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  let link = error;
  while (link !== undefined && link !== null && chain.length < 8 && !chain.includes(link)) {
    chain.push(link);
    link = field(link, 'cause') ?? field(link, 'lastError');
  }
  return chain;
}

/** `Retry-After` in milliseconds, seconds or as a date, or Google's `retryDelay` in the body. */
function waitAsked(
  headers: Record<string, string> | undefined,
  body: string,
  now: () => number,
): number | undefined {
  const ms = Number.parseFloat(headers?.['retry-after-ms'] ?? '');
  if (ms >= 0) return ms;
  const after = headers?.['retry-after'];
  if (after !== undefined) {
    const seconds = Number(after);
    if (seconds >= 0) return seconds * 1000;
    const until = Date.parse(after);
    if (!Number.isNaN(until)) return Math.max(0, until - now());
  }
  const delay = /"retryDelay"\s*:\s*"([\d.]+)s"/.exec(body)?.[1];
  return delay === undefined ? undefined : Number(delay) * 1000;
}

function sayable(message: string): string {
  const clean = message
    .replace(/\b(sk|rk|pk|key|AIza)[-_]?[A-Za-z0-9*_-]{8,}/g, '[key]')
    .replace(/\bBearer\s+\S+/gi, 'Bearer [key]')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > saidLimit ? `${clean.slice(0, saidLimit - 1)}…` : clean;
}

function originOf(url: string | undefined): string | undefined {
  return url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function messageOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const message = field(value, 'message');
  return typeof message === 'string' ? message : undefined;
}

function nameOf(value: unknown): string | undefined {
  const name = field(value, 'name');
  return typeof name === 'string' ? name : undefined;
}

function codeOf(value: unknown): string | undefined {
  const code = field(value, 'code');
  return typeof code === 'string' ? code : undefined;
}

function json(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value).slice(0, bodyLimit);
}
