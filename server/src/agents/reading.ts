/** How the built-in model would read a message, before it is sent: nothing is stored, called or changed. */
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { Tool } from '../tools/tool.ts';
import { getAgent } from './agents.ts';
import { instructionsFor } from './house-rules.ts';
import { readEntries } from './journal.ts';
import { modelStep } from './models/model-step.ts';
import { openReach } from './reach.ts';
import type { OpenConnection } from './toolbox.ts';
import { contextOf } from './transcript.ts';
import { accountFacts } from './turn.ts';

const maxContextCharacters = 400_000;
const longestMs = 10_000;

export interface ReadingNeeds {
  readonly db: Kysely<Schema>;
  readonly openConnection: OpenConnection;
  ownTools(agentId: string): Promise<readonly Tool[]>;
  readonly clock: Clock;
  /** Answers with how it reads the last message. */
  readonly explainer: LanguageModelV4;
}

/**
 * The stages of reading a message to an agent, as Markdown; with a thread, in the light of what was said there.
 * @throws Problem 404 for an unknown agent
 */
export async function explainMessage(
  { db, openConnection, ownTools, clock, explainer }: ReadingNeeds,
  message: { agentId: string; text: string; threadId?: string | undefined },
): Promise<string> {
  const agent = await getAgent(db, message.agentId);
  const accounts = agent.connections.filter((each) => each.beside === null);
  const reach = await openReach(openConnection, {
    account: accounts.length === 1 ? (accounts[0] ?? null) : null,
    beside: agent.connections.filter((each) => each.beside !== null),
    own: await ownTools(agent.id),
  });
  const connection = reach.account?.opened;
  const entries = message.threadId ? await readEntries(db, { threadId: message.threadId }) : [];
  const { text } = await modelStep({
    model: explainer,
    instructions: instructionsFor({
      agent,
      ...(connection ? { account: accountFacts(connection) } : {}),
      beside: reach.beside.map(({ opened }) => opened.account.name),
      today: clock.now(),
      timeZone: connection?.timeZone ?? 'UTC',
    }),
    messages: [
      ...contextOf(entries, { characters: maxContextCharacters, folds: false }),
      { role: 'user', content: message.text },
    ],
    tools: reach.tools,
    signal: AbortSignal.timeout(longestMs),
    onText: () => {},
  });
  return text;
}
