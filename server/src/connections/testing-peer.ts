/** For tests: a far side that listens on a free port, and the tools of a connection to it. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ActContext, Json, Plan, Tool, ToolOutcome } from '../tools/tool.ts';
import { ToolError } from '../tools/tool.ts';
import type { CheckedConnection, ConnectionTarget, ConnectionType } from './connection.ts';
import { createGuardedFetch } from './guarded-fetch.ts';

export interface PeerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** As it was sent. */
  readonly raw: string;
  /** JSON, or the fields of a form. */
  readonly body: { readonly [key: string]: Json };
}

export interface PeerAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  /** Hangs up instead of answering, after having done it. */
  readonly hangUp?: true;
}

export interface Peer {
  readonly url: string;
  readonly requests: PeerRequest[];
  close(): Promise<void>;
}

export async function startPeer(
  answer: (request: PeerRequest) => PeerAnswer | Promise<PeerAnswer>,
): Promise<Peer> {
  const requests: PeerRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const raw = Buffer.concat(parts).toString();
    const url = new URL(incoming.url ?? '/', 'http://peer');
    const request: PeerRequest = {
      ...{ method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams },
      ...{ headers: incoming.headers, raw, body: bodyOf(raw, incoming.headers['content-type'] ?? '') },
    };
    requests.push(request);
    const { status = 200, headers = {}, body, hangUp } = await answer(request);
    if (hangUp) return void outgoing.destroy();
    const isText = typeof body === 'string';
    outgoing.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
    outgoing.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function bodyOf(raw: string, type: string): { [key: string]: Json } {
  if (raw === '') return {};
  if (type.includes('json')) return JSON.parse(raw) as { [key: string]: Json };
  if (type.includes('form')) return Object.fromEntries(new URLSearchParams(raw));
  return {};
}

export interface Connected {
  readonly checked: CheckedConnection;
  readonly tools: readonly Tool[];
  tool(name: string): Tool;
  plan(name: string, input: unknown): Promise<Plan>;
  /** Plans and acts, or reads. The same operation again is a resumed one. */
  call(name: string, input: unknown, operationId?: string): Promise<ToolOutcome>;
  /** The ToolError a call ends in. @throws when it succeeds */
  refusal(name: string, input: unknown): Promise<ToolError>;
}

let operations = 0;

function operation(id?: string): ActContext {
  operations += 1;
  const operationId = id ?? `op_test_${operations}`;
  return { operationId, threadId: 'thr_test', idempotencyKey: (part = 0) => `${operationId}.${part}` };
}

/** Checks the credentials as a person's are, and hands out the tools. */
export async function connectTo(
  type: ConnectionType,
  credentials: unknown,
  baseUrl: string | null,
): Promise<Connected> {
  const target: ConnectionTarget = {
    ...{ credentials: type.parseCredentials(credentials), baseUrl },
    fetch: createGuardedFetch({ allowPrivateAddresses: false }),
  };
  const checked = await type.check(target);
  const { account, mode, discovered } = checked;
  const tools = type.tools({
    ...target,
    ...{ account, mode, now: () => new Date() },
    ...(discovered !== undefined && { discovered }),
  });
  const tool = (name: string): Tool => {
    const found = tools.find((each) => each.name === name);
    if (!found) throw new Error(`There is no tool ${name}.`);
    return found;
  };
  const writer = (name: string) => {
    const found = tool(name);
    if (found.effect === 'read') throw new Error(`${name} only reads.`);
    return found;
  };
  const connected: Connected = {
    checked,
    tools,
    tool,
    plan: (name, input) => writer(name).plan(writer(name).input.parse(input), {}),
    async call(name, input, operationId) {
      const found = tool(name);
      if (found.effect === 'read') return found.read(found.input.parse(input), {});
      const { sealed } = await connected.plan(name, input);
      return found.act(sealed, operation(operationId));
    },
    async refusal(name, input) {
      try {
        await connected.call(name, input);
      } catch (error) {
        if (error instanceof ToolError) return error;
        throw error;
      }
      throw new Error(`${name} was not refused.`);
    },
  };
  return connected;
}
