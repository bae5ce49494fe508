/**
 * Calls that a program outside chose, such as an MCP client. Each is a turn of its own in which no model takes part: the
 * call stands behind the message, and goes through journal, guard, approval and resumption as any other.
 *
 * A session is one client's dealings with one agent on one account. What its calls looked up vouches for what it writes
 * later. A write that is called again before its outcome was told is the same write, not a second one.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { digestOf } from '../canonical-json.ts';
import type { Schema } from '../database/schema.ts';
import type { Json, Tool } from '../tools/tool.ts';
import { type Entry, toEntry } from './journal.ts';
import { insertRun, type Requester } from './run-rows.ts';
import { createThread } from './threads.ts';
import { appendCall } from './undo.ts';

export interface ClientSession {
  /** Names the client's session; the same for all its calls. */
  readonly key: string;
  readonly agentId: string;
  readonly connectionId: string | null;
  /** What the program calls itself, for people: `Claude`. */
  readonly client: string;
  readonly by: Requester;
}

export interface ClientCall {
  readonly tool: Pick<Tool, 'name' | 'title' | 'effect'>;
  readonly input: { [key: string]: Json };
}

/** The program whose call a run carries out. */
export function clientOf(own: readonly Entry[]): string | undefined {
  const asked = own.find((entry) => entry.kind === 'user');
  return asked?.kind === 'user' ? asked.content.client : undefined;
}

/**
 * Stores a call with its run, or finds the one that it repeats.
 * @throws Problem 409 while all is halted or the agent is gone
 */
export async function insertClientCall(
  trx: Transaction<Schema>,
  session: ClientSession,
  call: ClientCall,
  facts: { defaultModel: string; now: Date },
): Promise<{ threadId: string; runId: string; isNew: boolean }> {
  const { key, client, by } = session;
  const { tool, input } = call;
  // Two calls of one session choose their threads one after the other.
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(trx);
  const digest = digestOf({ tool: tool.name, input });
  const open = tool.effect === 'read' ? undefined : await openCall(trx, key, digest);
  if (open) return { threadId: open.thread_id, runId: open.run_id, isNew: false };
  const threadId = (await idleThread(trx, key)) ?? (await newThread(trx, session));
  const said = `${tool.title} (called by ${client} through MCP)`;
  const runId = await insertRun(trx, { threadId, said, by, client, ...facts });
  await appendCall(trx, { threadId, runId }, { id: runId.replace('run_', 'call_'), name: tool.name, input });
  await trx
    .insertInto('client_calls')
    .values({ run_id: runId, thread_id: threadId, session: key, digest })
    .execute();
  return { threadId, runId, isNew: true };
}

function openCall(trx: Transaction<Schema>, session: string, digest: string) {
  return trx
    .selectFrom('client_calls')
    .select(['run_id', 'thread_id'])
    .where('session', '=', session)
    .where('digest', '=', digest)
    .where('answered_at', 'is', null)
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
}

/** A thread of the session in which nothing runs or waits: calls side by side get threads of their own. */
async function idleThread(trx: Transaction<Schema>, session: string): Promise<string | undefined> {
  const idle = await trx
    .selectFrom('client_calls')
    .innerJoin('threads', 'threads.id', 'client_calls.thread_id')
    .select('threads.id')
    .where('session', '=', session)
    .where('threads.deleted_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('runs')
            .select('runs.id')
            .whereRef('runs.thread_id', '=', 'threads.id')
            .where('runs.status', 'in', ['queued', 'running', 'awaiting_approval']),
        ),
      ),
    )
    .orderBy('client_calls.created_at')
    .executeTakeFirst();
  return idle?.id;
}

async function newThread(trx: Transaction<Schema>, session: ClientSession): Promise<string> {
  const { agentId, connectionId, client, by } = session;
  const thread = await createThread(trx, {
    ...{ agentId, title: `MCP: ${client}`, createdBy: by.id },
    ...(connectionId && { connectionId }),
  });
  return thread.id;
}

/** Its outcome was told: the same call again is another one. */
export async function markAnswered(db: Kysely<Schema>, runId: string, at: Date): Promise<void> {
  await db.updateTable('client_calls').set({ answered_at: at }).where('run_id', '=', runId).execute();
}

/** Where a call of this session stands. @returns undefined when the session made no such call */
export async function findClientCall(
  db: Kysely<Schema>,
  session: string,
  runId: string,
): Promise<{ threadId: string; runId: string } | undefined> {
  return db
    .selectFrom('client_calls')
    .select(['thread_id as threadId', 'run_id as runId'])
    .where('run_id', '=', runId)
    .where('session', '=', session)
    .executeTakeFirst();
}

/** How far back the calls of a session vouch for what it writes. */
const remembered = 200;

/** Everything the session of a run did lately, whatever threads it stands in; oldest first. */
export async function sessionEntries(db: Kysely<Schema>, runId: string): Promise<Entry[]> {
  const runs = db
    .selectFrom('client_calls')
    .select('client_calls.run_id')
    .innerJoin('client_calls as own', 'own.session', 'client_calls.session')
    .where('own.run_id', '=', runId)
    .orderBy('client_calls.created_at', 'desc')
    .limit(remembered);
  const rows = await db
    .selectFrom('entries')
    .select(['run_id', 'step', 'kind', 'content', 'created_at'])
    .where('run_id', 'in', runs)
    .where('superseded', '=', false)
    .orderBy(sql`min(id) over (partition by run_id)`)
    .orderBy('step')
    .execute();
  return rows.map(toEntry);
}

/** What came of it, in a sentence. */
export function clientAnswer(own: readonly Entry[]): string {
  const done = own.findLast((entry) => entry.kind === 'tool');
  if (done?.kind !== 'tool') return 'Nothing was done.';
  const { result } = done.content;
  switch (result.status) {
    case 'completed':
      return `${result.summary}.`;
    case 'failed':
      return `It could not be done: ${result.error.message} ${result.error.next ?? ''}`.trim();
    case 'rejected':
      return `It was not done: ${result.reason}`;
  }
}
