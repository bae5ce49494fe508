import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface Webhook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  /** The beginning of what was answered. */
  readonly body: string;
  /** Its `Stripe-Version` header, which answers to a question have. */
  readonly version?: string;
}

/** An endpoint did not answer in time. */
export class TooLate extends Error {
  constructor(limitMs: number, cause: unknown) {
    super(`Timed out after ${limitMs / 1000} seconds`, { cause });
    this.name = 'TooLate';
  }
}

/** Posts a webhook. Rejects when nothing answered in time, with a message for people, or when `signal` aborts. */
export type Post = (webhook: Webhook, signal: AbortSignal) => Promise<Reply>;

/** How long an endpoint may take; Stripe does not say, and 30 seconds is what people observe. */
const timeoutMs = 30_000;
/** How much of an answer is kept, in bytes. */
const keptBytes = 4096;

/** Posts over the network. Redirects are answers like any other: nothing is followed. */
export function createHttpPost(limitMs: number = timeoutMs): Post {
  const http = new HttpAgent({ keepAlive: true });
  const https = new HttpsAgent({ keepAlive: true });
  return (webhook, signal) =>
    withinTime(limitMs, signal, (until) => {
      const isSecure = webhook.url.startsWith('https:');
      const headers = { ...webhook.headers, 'Content-Length': Buffer.byteLength(webhook.body) };
      const options = { method: 'POST', headers, signal: until, agent: isSecure ? https : http };
      return new Promise<Reply>((resolve, reject) => {
        const request = (isSecure ? requestHttps : requestHttp)(webhook.url, options, (response) => {
          beginningOf(response).then(
            (body) =>
              resolve({
                status: response.statusCode ?? 0,
                body,
                ...versionIn(response.headers['stripe-version']),
              }),
            (cause: unknown) => reject(cause),
          );
        });
        request.on('error', reject);
        request.end(webhook.body);
      });
    });
}

/** Hands webhooks to a function of this process instead. */
export function createLocalPost(
  answer: (request: Request) => Response | Promise<Response>,
  limitMs: number = timeoutMs,
): Post {
  return (webhook, signal) =>
    withinTime(limitMs, signal, async (until) => {
      const { url, headers, body } = webhook;
      const response = await answer(new Request(url, { method: 'POST', headers, body, signal: until }));
      const text = (await response.text()).slice(0, keptBytes);
      return { status: response.status, body: text, ...versionIn(response.headers.get('stripe-version')) };
    });
}

function versionIn(header: string | string[] | null | undefined): Pick<Reply, 'version'> {
  return typeof header === 'string' ? { version: header } : {};
}

async function withinTime(
  limitMs: number,
  signal: AbortSignal,
  work: (until: AbortSignal) => Promise<Reply>,
): Promise<Reply> {
  const limit = AbortSignal.timeout(limitMs);
  const until = AbortSignal.any([signal, limit]);
  const aborted = new Promise<never>((_, reject) => {
    until.addEventListener('abort', () => reject(until.reason), { once: true });
  });
  try {
    return await Promise.race([work(until), aborted]);
  } catch (cause) {
    if (limit.aborted) throw new TooLate(limitMs, cause);
    throw cause;
  }
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= keptBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, keptBytes).toString('utf8');
}
