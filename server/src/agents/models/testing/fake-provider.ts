import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { anthropicMessages } from './anthropic-messages.ts';
import { chatCompletions } from './chat-completions.ts';
import { googleGenerate } from './google-generate.ts';
import { openaiResponses } from './openai-responses.ts';
import type { FakeAnswer, FakeFailure, FakeRequest, Protocol, Refusal } from './protocol.ts';

/** What the fake does with one request. */
export type FakeTurn =
  | FakeAnswer
  /** The provider's own status and body for this failure. */
  | { readonly fails: FakeFailure; readonly retryAfterSeconds?: number }
  /** The failure arrives inside a stream that began well. */
  | { readonly failsMidway: FakeFailure; readonly after?: string }
  /** Only so many events of the answer: then `reset` tears the socket, `end` closes it politely, `stall` says no more. */
  | { readonly cut: FakeAnswer; readonly afterEvents: number; readonly how: 'reset' | 'end' | 'stall' }
  /** Nothing is ever said. */
  | { readonly hangs: 'before the headers' | 'after the headers' }
  | Refusal;

export type ProtocolName = 'anthropic' | 'openai' | 'google' | 'openai-compatible';

const PROTOCOLS: Record<ProtocolName, Protocol> = {
  anthropic: anthropicMessages,
  openai: openaiResponses,
  google: googleGenerate,
  'openai-compatible': chatCompletions,
};

export interface FakeProvider {
  /** For the provider's base URL setting. */
  readonly baseUrl: string;
  /** The only key it accepts. */
  readonly apiKey: string;
  /** Every request so far, in order. */
  readonly requests: readonly FakeRequest[];
  /** Resolves once a response was closed by the other side. */
  readonly abandoned: Promise<void>;
  close(): Promise<void>;
}

/**
 * A model provider on a free local port that speaks one protocol over HTTP and checks requests as the real one does.
 * `turns` answers one request each, in order; a function decides from the request. Where nothing was prepared it
 * answers 500.
 */
export async function startFakeProvider(
  name: ProtocolName,
  turns: readonly FakeTurn[] | ((request: FakeRequest, n: number) => FakeTurn),
): Promise<FakeProvider> {
  const protocol = PROTOCOLS[name];
  const requests: FakeRequest[] = [];
  const abandoned = Promise.withResolvers<void>();
  const server = createServer(async (incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) abandoned.resolve();
    });
    const request = await readRequest(incoming);
    const n = requests.push(request) - 1;
    const prepared = typeof turns === 'function' ? turns(request, n) : turns[n];
    const refused = protocol.check(request);
    const nothing: Refusal = {
      status: 500,
      body: { error: { message: `nothing prepared for request ${n}` } },
    };
    await respond(protocol, refused ?? prepared ?? nothing, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The fake provider has no port.');
  return {
    baseUrl: `http://127.0.0.1:${address.port}${protocol.basePath}`,
    apiKey: protocol.apiKey,
    requests,
    abandoned: abandoned.promise,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: text === '' ? {} : JSON.parse(text),
  };
}

async function respond(
  protocol: Protocol,
  turn: FakeTurn,
  request: FakeRequest,
  response: ServerResponse,
): Promise<void> {
  if ('status' in turn) return refuse(turn, response);
  if ('fails' in turn) {
    const after = turn.retryAfterSeconds;
    const headers: Record<string, string> = after === undefined ? {} : { 'retry-after': String(after) };
    return refuse({ ...protocol.failures[turn.fails], headers }, response);
  }
  if ('hangs' in turn && turn.hangs === 'before the headers') return;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  if ('hangs' in turn) return;
  if ('failsMidway' in turn) {
    const started = turn.after === undefined ? [] : protocol.opening({ text: [turn.after] }, request);
    await send(response, [...started, ...protocol.midwayFailure(turn.failsMidway)]);
    response.end();
    return;
  }
  if ('cut' in turn) {
    await send(response, protocol.events(turn.cut, request).slice(0, turn.afterEvents));
    if (turn.how === 'end') response.end();
    if (turn.how === 'reset') response.destroy();
    return;
  }
  await send(response, protocol.events(turn, request));
  response.end();
}

function refuse({ status, body, headers }: Refusal, response: ServerResponse): void {
  const html = typeof body === 'string';
  response.writeHead(status, { 'content-type': html ? 'text/html' : 'application/json', ...headers });
  response.end(html ? body : JSON.stringify(body));
}

/** Each event goes out in two writes that split it anywhere, as networks do. */
async function send(response: ServerResponse, events: readonly string[]): Promise<void> {
  for (const event of events) {
    const middle = Math.floor(event.length / 2);
    response.write(event.slice(0, middle));
    response.write(event.slice(middle));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
