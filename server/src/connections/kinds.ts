/** Everything that can be connected, as it stands in the gallery. A new kind is a folder beside this file and one line. */
import type { ConnectionType } from './connection.ts';
import { githubConnection } from './github/index.ts';
import { hubspotConnection } from './hubspot/index.ts';
import { mcpConnection } from './mcp/index.ts';
import { quickbooksConnection } from './quickbooks/index.ts';
import { slackConnection } from './slack/index.ts';
import { stripeConnection } from './stripe/index.ts';
import { webhookConnection } from './webhook/index.ts';

export const connectionTypes: readonly ConnectionType[] = [
  stripeConnection,
  slackConnection,
  githubConnection,
  hubspotConnection,
  quickbooksConnection,
  webhookConnection,
  mcpConnection,
];
