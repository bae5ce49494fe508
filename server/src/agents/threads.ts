import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { listApprovals } from '../guard/approval-list.ts';
import type { Approval } from '../guard/operation.ts';
import { newId } from '../ids.ts';
import { conflict, notFound } from '../problem.ts';
import type { Account, Mode } from '../tools/account.ts';
import { readEntries } from './journal.ts';
import type { RunError } from './models/types.ts';
import { playbookRunPrefix } from './script.ts';
import {
  isResting,
  type Message,
  messagesOf,
  type Partial as PartialAnswer,
  type RunFacts,
  type RunStatus,
  type ToolFacts,
} from './transcript.ts';

export type ThreadStatus = 'idle' | 'running' | 'awaiting_approval' | 'failed';

export interface ThreadSummary {
  id: string;
  agentId: string;
  agentName: string;
  /** The Stripe connection this thread is pinned to; null until one is known. */
  connection: { id: string; name: string; type: string; mode: Mode; account: Account } | null;
  title: string;
  status: ThreadStatus;
  unread: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface Thread extends ThreadSummary {
  messages: Message[];
  approvals: Approval[];
  /** The agent was deleted: the thread can be read, not continued. */
  readOnly: boolean;
}

/** Shown until the first message names the thread. */
export const untitled = 'New thread';

/** @throws Problem 404 for an unknown agent, or a connection that is not attached to it. */
export async function createThread(
  db: Kysely<Schema>,
  thread: {
    agentId: string;
    connectionId?: string | undefined;
    title?: string | undefined;
    createdBy: string;
  },
): Promise<Thread> {
  const agent = await db
    .selectFrom('agents')
    .select('id')
    .where('id', '=', thread.agentId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!agent) throw notFound('agent', thread.agentId);
  if (thread.connectionId) await mustBeAttached(db, thread.agentId, thread.connectionId);
  const id = newId('thr');
  await db
    .insertInto('threads')
    .values({
      id,
      agent_id: thread.agentId,
      connection_id: thread.connectionId ?? (await onlyAttached(db, thread.agentId)),
      title: thread.title ?? '',
      title_by: thread.title ? 'person' : 'auto',
      created_by: thread.createdBy,
      read_at: new Date(),
    })
    .execute();
  return getThread(db, id, () => ({ title: '', effect: 'read' }));
}

async function onlyAttached(db: Kysely<Schema>, agentId: string): Promise<string | null> {
  const attached = await db
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'agent_connections.connection_id')
    .select('connections.id')
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .where('beside', 'is', null)
    .limit(2)
    .execute();
  return attached.length === 1 ? (attached[0]?.id ?? null) : null;
}

/** @throws Problem 404 for an unknown thread or connection, 409 for another account once the thread has messages. */
export async function updateThread(
  db: Kysely<Schema>,
  id: string,
  change: { title?: string | undefined; connectionId?: string | undefined },
): Promise<void> {
  const thread = await findThread(db, id);
  if (change.connectionId && change.connectionId !== thread.connection_id) {
    await mustBeAttached(db, thread.agent_id, change.connectionId);
    const used = await db
      .selectFrom('runs')
      .select('id')
      .where('thread_id', '=', id)
      .limit(1)
      .executeTakeFirst();
    if (used && thread.connection_id) {
      throw conflict(
        'thread_pinned',
        'Two accounts never share a thread. Start a new thread for the other account.',
      );
    }
  }
  await db
    .updateTable('threads')
    .set({
      ...(change.title === undefined ? {} : { title: change.title, title_by: 'person' }),
      ...(change.connectionId === undefined ? {} : { connection_id: change.connectionId }),
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .execute();
}

/** Its operations and audit entries stay. @throws Problem 404; 409 while it is at work. */
export async function deleteThread(db: Kysely<Schema>, id: string): Promise<void> {
  await findThread(db, id);
  const active = await db
    .selectFrom('runs')
    .select('id')
    .where('thread_id', '=', id)
    .where('status', 'in', ['queued', 'running', 'awaiting_approval'])
    .executeTakeFirst();
  if (active) {
    throw conflict('run_active', 'The agent is still at work: stop the turn first, then delete the thread.');
  }
  await db.updateTable('threads').set({ deleted_at: new Date() }).where('id', '=', id).execute();
}

/** @throws Problem 404. */
export async function markRead(db: Kysely<Schema>, id: string): Promise<void> {
  await findThread(db, id);
  await db.updateTable('threads').set({ read_at: new Date() }).where('id', '=', id).execute();
}

export interface ThreadFilter {
  agentId?: string | undefined;
  /** Words to be found in the title, the agent's name or what was said. */
  q?: string | undefined;
}

/** Newest activity first. `cursor` is the last row's `updatedAt|id` of the page before. */
export async function listThreads(
  db: Kysely<Schema>,
  filter: ThreadFilter,
  page: { limit: number; before?: { updatedAt: string; id: string } | undefined },
): Promise<ThreadSummary[]> {
  // The threads of playbooks' runs are found from there; in this list they would bury what people talk about.
  let query = summaries(db).where(isConversation);
  if (filter.agentId) query = query.where('threads.agent_id', '=', filter.agentId);
  if (filter.q) {
    const like = `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((where) =>
      where.or([
        where('threads.title', 'ilike', like),
        where('agents.name', 'ilike', like),
        where.exists(
          where
            .selectFrom('entries')
            .select('entries.id')
            .whereRef('entries.thread_id', '=', 'threads.id')
            .where('superseded', '=', false)
            .where(sql`content->>'text'`, 'ilike', like),
        ),
      ]),
    );
  }
  if (page.before) {
    const { updatedAt, id } = page.before;
    query = query.where(
      sql<boolean>`(date_trunc('milliseconds', threads.updated_at), threads.id) < (${updatedAt}::timestamptz, ${id})`,
    );
  }
  const rows = await query
    .orderBy(sql`date_trunc('milliseconds', threads.updated_at)`, 'desc')
    .orderBy('threads.id', 'desc')
    .limit(page.limit)
    .execute();
  return rows.map(toSummary);
}

/** @returns undefined when there is none, or it stands in no list: a playbook's run tells of itself. */
export async function listedSummary(db: Kysely<Schema>, id: string): Promise<ThreadSummary | undefined> {
  const row = await summaries(db).where(isConversation).where('threads.id', '=', id).executeTakeFirst();
  return row && toSummary(row);
}

/** @throws Problem 404. */
export async function getSummary(db: Kysely<Schema>, id: string): Promise<ThreadSummary> {
  const row = await summaries(db).where('threads.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('thread', id);
  return toSummary(row);
}

/** @throws Problem 404. */
export async function getThread(db: Kysely<Schema>, id: string, tools: ToolFacts): Promise<Thread> {
  const row = await summaries(db).where('threads.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('thread', id);
  const [messages, approvals] = await Promise.all([
    readMessages(db, { threadId: id }, tools),
    listApprovals(db, { threadId: id, status: 'pending' }),
  ]);
  return { ...toSummary(row), messages, approvals, readOnly: row.agent_deleted_at !== null };
}

/** The messages of a thread, or of one of its runs. */
export async function readMessages(
  db: Kysely<Schema>,
  where: { threadId: string; runId?: string },
  tools: ToolFacts,
): Promise<Message[]> {
  let query = db
    .selectFrom('runs')
    .select(['id', 'status', 'model', 'error', 'partial', 'created_at'])
    .where('thread_id', '=', where.threadId);
  if (where.runId) query = query.where('id', '=', where.runId);
  const [runs, entries, approvals] = await Promise.all([
    query.orderBy('created_at').orderBy('id').execute(),
    readEntries(db, where),
    listApprovals(db, { threadId: where.threadId, status: 'pending' }),
  ]);
  const pending = approvals.map(
    ({ toolCallId, id, operationId }) => [toolCallId, { approvalId: id, operationId }] as const,
  );
  return messagesOf(entries, { runs: runs.map(toFacts), pendingApprovals: new Map(pending), tools });
}

function toFacts(row: {
  id: string;
  status: RunStatus;
  model: string;
  error: unknown;
  partial: unknown;
  created_at: Date;
}): RunFacts {
  return {
    id: row.id,
    status: row.status,
    model: row.model,
    error: row.error as RunError | null,
    partial: row.partial as PartialAnswer | null,
    createdAt: row.created_at,
  };
}

const isConversation = sql<boolean>`threads.created_by not like ${`${playbookRunPrefix}\\_%`}`;

function summaries(db: Kysely<Schema>) {
  return db
    .selectFrom('threads')
    .innerJoin('agents', 'agents.id', 'threads.agent_id')
    .leftJoin('connections', 'connections.id', 'threads.connection_id')
    .leftJoinLateral(
      (lateral) =>
        lateral
          .selectFrom('runs')
          .select(['runs.status', 'runs.finished_at'])
          .whereRef('runs.thread_id', '=', 'threads.id')
          .orderBy('runs.created_at', 'desc')
          .orderBy('runs.id', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select(['threads.id', 'threads.agent_id', 'threads.title', 'threads.created_at', 'threads.updated_at'])
    .select(['threads.read_at', 'agents.name as agent_name', 'agents.deleted_at as agent_deleted_at'])
    .select(['connections.id as connection_id', 'connections.name as connection_name', 'connections.type'])
    .select(['connections.mode', 'connections.account', 'last.status', 'last.finished_at'])
    .where('threads.deleted_at', 'is', null);
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['executeTakeFirstOrThrow']>>;

function toSummary(row: SummaryRow): ThreadSummary {
  const unread = row.finished_at !== null && (row.read_at === null || row.finished_at > row.read_at);
  return {
    id: row.id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    connection:
      row.connection_id && row.mode && row.type
        ? {
            id: row.connection_id,
            name: row.connection_name ?? '',
            type: row.type,
            mode: row.mode,
            account: row.account as unknown as Account,
          }
        : null,
    title: row.title || untitled,
    status: threadStatus(row.status),
    unread,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function threadStatus(run: RunStatus | null): ThreadStatus {
  if (run === null) return 'idle';
  if (run === 'failed') return 'failed';
  if (isResting(run)) return 'idle';
  return run === 'awaiting_approval' ? 'awaiting_approval' : 'running';
}

async function findThread(
  db: Kysely<Schema>,
  id: string,
): Promise<{ agent_id: string; connection_id: string | null }> {
  const thread = await db
    .selectFrom('threads')
    .select(['agent_id', 'connection_id'])
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!thread) throw notFound('thread', id);
  return thread;
}

async function mustBeAttached(db: Kysely<Schema>, agentId: string, connectionId: string): Promise<void> {
  const attached = await db
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'connection_id')
    .select('beside')
    .where('agent_id', '=', agentId)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  if (attached?.beside !== null) throw notFound('account attached to this agent', connectionId);
}
