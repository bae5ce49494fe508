import { createHash } from 'node:crypto';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import { besideAccount, besidePresets, keyInfo } from '../beside.ts';
import {
  type CheckedConnection,
  ConnectionProblem,
  type ConnectionTarget,
  type ConnectionType,
} from '../connection.ts';
import { offerOf, offerSchema } from './offer.ts';
import { mcpForm, parseMcp, withSession } from './session.ts';
import { mcpTools, whereOf } from './tools.ts';

/** Asks what it offers; that is kept until somebody checks again. @throws ConnectionProblem */
async function checkMcp(target: ConnectionTarget & { discovered?: unknown }): Promise<CheckedConnection> {
  const { prefix, url, token, command, environment } = parseMcp(target.credentials);
  const offer = await withSession(target, offerOf, AbortSignal.timeout(60_000)).catch((error: unknown) => {
    const message = cleanForeignStrings(
      (error instanceof Error ? error.message : String(error)).slice(0, 300),
    );
    throw new ConnectionProblem(
      'server_unusable',
      `The MCP server (${whereOf(target)}) gave no list of tools: ${message}.`,
      url ? 'Check its address and token.' : 'Run the command by hand and look at what it says.',
      error,
    );
  });
  // Whose it is stays the same whatever the token: another server is another connection.
  const id = createHash('sha256')
    .update(`${url ?? command}`)
    .digest('hex')
    .slice(0, 16);
  const before = offerSchema.safeParse(target.discovered).data;
  return {
    ...{ mode: 'live', timeZone: 'UTC', permissions: [], discovered: offer, toolsAs: `mcp:${prefix}` },
    key: keyInfo(token ?? environment ?? ''),
    account: besideAccount(id, `${offer.server.name} (${prefix})`),
    warnings: [
      ...(offer.leftOut.length > 0
        ? [`Left out, because of their names, size or number: ${offer.leftOut.slice(0, 10).join(', ')}.`]
        : []),
      ...(before && JSON.stringify(before.tools) !== JSON.stringify(offer.tools)
        ? ['What it offers has changed since the last check: look at its tools again.']
        : []),
    ],
  };
}

/** Any MCP server, by streamable HTTP or as a command on this machine. */
export const mcpConnection: ConnectionType = {
  type: 'mcp',
  name: 'MCP server',
  description:
    'The tools of any Model Context Protocol server, at an address or as a command on this machine.',
  category: 'anything',
  does: [
    'Gives an agent whatever tools the server offers, each called by the server’s short name',
    'Asks before each use: what a server says of its tools is taken as a claim',
    'Keeps to the tools you saw when you checked it last',
  ],
  scopes: [],
  setup: [
    'Enter the address of a server that speaks streamable HTTP and a token with the least rights it has,',
    'or the command that starts one. It runs as Purser’s own user: only run what you trust.',
    'Allow single tools by name in the agent’s policy once you trust them.',
  ],
  credentials: mcpForm.fields,
  acceptsBaseUrl: false,
  beside: true,
  parseCredentials: parseMcp,
  check: checkMcp,
  tools: mcpTools,
  presets: besidePresets([]),
};
