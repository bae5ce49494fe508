/** What a turn can reach: the account its thread is about, and what its agent has beside whatever account that is. */
import type { Policy } from '../guard/policy.ts';
import { Problem } from '../problem.ts';
import type { Tool } from '../tools/tool.ts';
import type { OpenConnection, OpenedConnection } from './toolbox.ts';

/** A connection as an agent uses it. */
export interface Attachment {
  readonly connectionId: string;
  readonly policy: Policy;
  /** Which of its tools the agent carries. */
  readonly preset: string;
}

export interface Reached extends Attachment {
  readonly opened: OpenedConnection;
}

export interface Reach {
  /** null: the thread is about no account. */
  readonly account: Reached | null;
  readonly beside: readonly Reached[];
  readonly tools: readonly Tool[];
  /** The names of the tools whose descriptions every prompt holds. */
  readonly carried: ReadonlySet<string>;
  /** Whose tool it is; undefined for one of the agent's own, which acts on nothing outside. */
  ownerOf(tool: Tool): Reached | undefined;
}

/**
 * Opens all of it, beside what is the agent's `own`. Of two tools of one name the account's is meant; the others are of families an agent has once.
 * @throws Problem when the account cannot be opened. What stands beside it and was disconnected just now is left out.
 */
export async function openReach(
  open: OpenConnection,
  {
    account,
    beside,
    own = [],
  }: { account: Attachment | null; beside: readonly Attachment[]; own?: readonly Tool[] },
): Promise<Reach> {
  const [pinned, others] = await Promise.all([
    account && open(account.connectionId).then((opened) => ({ ...account, opened })),
    Promise.all(beside.map((each) => openIfThere(open, each))),
  ]);
  const present = others.filter((each) => each !== null);
  const owners = new Map<string, { tool: Tool; by: Reached }>();
  for (const by of pinned ? [pinned, ...present] : present)
    for (const tool of by.opened.tools) if (!owners.has(tool.name)) owners.set(tool.name, { tool, by });
  const carried = [...owners.values()].filter(({ tool, by }) => by.opened.carries(by.preset).has(tool.name));
  return {
    account: pinned,
    beside: present,
    tools: [...[...owners.values()].map(({ tool }) => tool), ...own],
    carried: new Set([...carried.map(({ tool }) => tool.name), ...own.map(({ name }) => name)]),
    ownerOf: ({ name }) => owners.get(name)?.by,
  };
}

async function openIfThere(open: OpenConnection, attachment: Attachment): Promise<Reached | null> {
  try {
    return { ...attachment, opened: await open(attachment.connectionId) };
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}
