/** Everything that can be connected, as it stands in the gallery. A new kind is a folder beside this file and one line. */
import type { ConnectionType } from './connection.ts';
import { githubConnection } from './github/index.ts';
import { slackConnection } from './slack/index.ts';
import { stripeConnection } from './stripe/index.ts';

export const connectionTypes: readonly ConnectionType[] = [
  stripeConnection,
  slackConnection,
  githubConnection,
];
