import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  InitializeResultSchema,
  isInitializeRequest,
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import type { Command } from 'commander';
import { reachServer } from './reach.ts';
import { untilStopped } from './stopping.ts';

interface McpOptions {
  agent?: string;
  connection?: string;
  tools?: string;
}

/** JSON-RPC's own code for what went wrong inside. */
const internalError = -32_603;

/** The address of the agent's tools on a server. */
function endpoint(url: string, { agent, connection, tools }: McpOptions): URL {
  const address = new URL('/mcp', url);
  if (agent !== undefined) address.searchParams.set('agent', agent);
  if (connection !== undefined) address.searchParams.set('connection', connection);
  if (tools !== undefined) address.searchParams.set('tools', tools);
  return address;
}

/**
 * Hands every message on, both ways. What cannot be delivered is answered as a JSON-RPC error, so that no client waits
 * for ever.
 */
function proxy(client: Transport, server: StreamableHTTPClientTransport): void {
  let initialize: RequestId | undefined;
  client.onmessage = (message: JSONRPCMessage) => {
    if (isInitializeRequest(message) && isJSONRPCRequest(message)) initialize = message.id;
    server.send(message).catch((error: unknown) => {
      if (!isJSONRPCRequest(message)) return;
      const said = error instanceof Error ? error.message : String(error);
      void client.send({ jsonrpc: '2.0', id: message.id, error: { code: internalError, message: said } });
    });
  };
  server.onmessage = (message: JSONRPCMessage) => {
    if (isJSONRPCResultResponse(message) && message.id === initialize) {
      const { data } = InitializeResultSchema.safeParse(message.result);
      if (data) server.setProtocolVersion(data.protocolVersion);
      initialize = undefined;
    } else if (isJSONRPCErrorResponse(message) && message.id === initialize) initialize = undefined;
    void client.send(message);
  };
}

async function serve(options: McpOptions): Promise<void> {
  const stopped = untilStopped();
  const { createStderrLog, loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  const log = createStderrLog(config);
  const { port } = config;
  // Not an owner: what a client may ask for, it asks for as somebody who runs agents.
  const reached = await reachServer(config, log, { name: 'purser mcp', role: 'operator', port });
  try {
    // Standard output belongs to the protocol.
    if (reached.isOwn)
      process.stderr.write(`purser: started at ${reached.url} for as long as this client is connected\n`);
    const client = new StdioServerTransport();
    const server = new StreamableHTTPClientTransport(endpoint(reached.url, options), {
      requestInit: { headers: { authorization: `Bearer ${reached.token}` } },
    });
    proxy(client, server);
    const gone = new Promise<void>((resolve) => {
      client.onclose = resolve;
      process.stdin.once('end', resolve);
    });
    await server.start();
    await client.start();
    await Promise.race([gone, stopped]);
    await Promise.all([client.close(), server.close()]);
  } finally {
    await reached.leave();
  }
}

export function addMcp(program: Command): void {
  program
    .command('mcp')
    .description(
      "an agent's tools for an MCP client (Claude, Cursor, VS Code), over standard input and output",
    )
    .option('--agent <name>', "the agent's name or id; the oldest without")
    .option('--connection <id>', 'which of its accounts, where it reaches several')
    .option('--tools <which>', '"all" lists every tool, not only those the agent carries')
    .action(serve);
}
