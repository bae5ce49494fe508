/** One conversation with an MCP server, as long as a call takes: whatever it sends is bounded in time and size. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ConnectionProblem, type ConnectionTarget } from '../connection.ts';
import { credentialForm } from '../credential-fields.ts';

export const mcpForm = credentialForm('An MCP server', [
  {
    name: 'prefix',
    label: 'Short name',
    secret: false,
    placeholder: 'linear',
    help: 'Its tools are called by it: linear_create_issue.',
    pattern: {
      source: '[a-z][a-z0-9]{1,19}',
      message: 'A short name is 2 to 20 lower-case letters and digits.',
    },
  },
  {
    name: 'url',
    label: 'Address',
    secret: false,
    placeholder: 'https://mcp.example.com/mcp',
    help: 'Of a server that speaks streamable HTTP. Either this or a command.',
    kind: 'url',
    optional: true,
  },
  {
    name: 'token',
    label: 'Access token',
    secret: true,
    placeholder: '',
    help: 'Sent as “Authorization: Bearer …” to the address.',
    optional: true,
    pattern: { source: '[\\x21-\\x7e]{1,4000}', message: 'A token has no spaces.' },
  },
  {
    name: 'command',
    label: 'Command',
    secret: false,
    placeholder: 'npx\n-y\n@example/mcp-server@1.2.3',
    help: 'Run on this machine, one word a line, without a shell. It can do whatever Purser’s own user can: only run what you trust.',
    kind: 'lines',
    optional: true,
  },
  {
    name: 'environment',
    label: 'Environment of the command',
    secret: true,
    placeholder: 'API_KEY=…',
    help: 'One NAME=value a line. Nothing of Purser’s own environment is handed on.',
    kind: 'lines',
    optional: true,
    pattern: {
      source: '(?:[A-Za-z_][A-Za-z0-9_]{0,100}=[^\\r\\n]*[\\r\\n]*){1,50}',
      message: 'Write NAME=value, one a line.',
    },
  },
]);

export type McpCredentials = ReturnType<typeof mcpForm.parse>;

/** @throws ConnectionProblem where it is not one way or the other */
export function parseMcp(entered: unknown): McpCredentials {
  const parsed = mcpForm.parse(entered);
  if ((parsed.url === undefined) === (parsed.command === undefined))
    throw new ConnectionProblem(
      'one_way_in',
      'An MCP server has either an address or a command.',
      'Fill in one of the two.',
    );
  return parsed;
}

const connectMs = 20_000;
/** A call may take so long in all, whatever progress the server tells of. */
export const callMs = 60_000;
/** Of all that a server sends in one conversation. */
const mostBytes = 5_000_000;

/** Lends a session to `work` and ends it, whatever happens. @throws as the SDK does; Error when it says too much */
export async function withSession<T>(
  target: ConnectionTarget,
  work: (client: Client) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const transport = transportOf(target);
  const client = new Client({ name: 'purser', version: '1' });
  try {
    await client.connect(transport, { timeout: connectMs, ...(signal && { signal }) });
    return await work(client);
  } finally {
    await client.close().catch(() => undefined);
  }
}

function transportOf(target: ConnectionTarget): Transport {
  const { url, token, command, environment } = parseMcp(target.credentials);
  if (url !== undefined) {
    if (!target.fetch) throw new Error('An MCP server is reached only where settings may point.');
    return new StreamableHTTPClientTransport(new URL(url), {
      fetch: bounded(target.fetch),
      ...(token !== undefined && { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
      // A stream that breaks off ends the call: what happened then is for the guard to say.
      reconnectionOptions: {
        ...{ maxRetries: 0, initialReconnectionDelay: 1_000 },
        ...{ maxReconnectionDelay: 1_000, reconnectionDelayGrowFactor: 1 },
      },
    }) as Transport;
  }
  const [program = '', ...args] = linesOf(command ?? '');
  return new StdioClientTransport({
    ...{ command: program, args, stderr: 'ignore', maxBufferSize: mostBytes },
    env: { ...getDefaultEnvironment(), ...environmentOf(environment ?? '') },
  });
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

function environmentOf(text: string): Record<string, string> {
  const pairs = linesOf(text).map((line) => {
    const at = line.indexOf('=');
    return [line.slice(0, at), line.slice(at + 1)] as const;
  });
  return Object.fromEntries(pairs);
}

/** Breaks an answer off that does not end. */
function bounded(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const answer = await send(input, init);
    if (!answer.body) return answer;
    let bytes = 0;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > mostBytes) controller.error(new Error('The server sent more than is taken.'));
        else controller.enqueue(chunk);
      },
    });
    const { status, statusText, headers } = answer;
    return new Response(answer.body.pipeThrough(counter), { status, statusText, headers });
  };
}
