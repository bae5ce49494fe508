/** The rows of runs: every statement that begins, claims, rests or ends one. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Clock } from '../clock.ts';
import { jsonb, storableText } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import { voidApprovals } from '../guard/approval-rows.ts';
import { haltInTheWay, haltReason } from '../guard/halts.ts';
import type { Policy } from '../guard/policy.ts';
import { newId } from '../ids.ts';
import { conflict, notFound } from '../problem.ts';
import { maskCardNumbers } from '../secrets/card-numbers.ts';
import { redactText } from '../secrets/redact.ts';
import { appendEntry } from './journal.ts';
import type { Attachment } from './reach.ts';
import { titleFrom } from './title.ts';
import { isResting, type RunStatus } from './transcript.ts';
import type { TurnEnd, TurnFacts } from './turn.ts';

/** Who sent the message. */
export interface Requester {
  type: 'person' | 'token' | 'task' | 'playbook' | 'system';
  id: string;
  name: string;
  /** Of a token: the person who made it. */
  madeBy?: string;
}

/**
 * Stores a message and its run. What was said is cleaned here, at the entrance, before anything is stored or a model
 * sees it. @throws Problem 404 or 409 when the thread takes no message now.
 */
export async function insertRun(
  trx: Transaction<Schema>,
  message: {
    threadId: string;
    said: string;
    by: Requester;
    defaultModel: string;
    now: Date;
    undoes?: string;
    playbookRun?: string;
    client?: string;
  },
): Promise<string> {
  const { threadId, by, now } = message;
  const thread = await lockThread(trx, threadId);
  const runId = newId('run');
  const text = storableText(redactText(maskCardNumbers(message.said).text));
  await trx
    .insertInto('runs')
    .values({
      id: runId,
      thread_id: threadId,
      agent_id: thread.agent_id,
      connection_id: thread.connection_id,
      status: 'queued',
      model: thread.model ?? message.defaultModel,
      requested_by: jsonb(by),
    })
    .execute();
  await appendEntry(
    trx,
    { threadId, runId, step: 0 },
    {
      kind: 'user',
      content: {
        text,
        ...(message.undoes && { undoes: message.undoes }),
        ...(message.playbookRun && { playbookRun: message.playbookRun }),
        ...(message.client && { client: message.client }),
      },
    },
  );
  const isFirst = thread.title_by === 'auto' && thread.title === '';
  await trx
    .updateTable('threads')
    .set({
      updated_at: now,
      connection_id: thread.connection_id,
      ...(isFirst ? { title: titleFrom(text) } : {}),
    })
    .where('id', '=', threadId)
    .execute();
  return runId;
}

/** Marks the leg as running. @returns null when the run has moved on without it, or was stopped. */
export async function claimLeg(
  db: Kysely<Schema>,
  runId: string,
  leg: number,
): Promise<(TurnFacts & { stopped: boolean }) | null> {
  const run = await db
    .updateTable('runs')
    .set({ status: 'running', started_at: sql<Date>`coalesce(started_at, now())` })
    .where('id', '=', runId)
    .where('leg', '=', leg)
    .where('status', 'in', ['queued', 'running'])
    .returning(['id', 'thread_id', 'agent_id', 'connection_id', 'model', 'cancel_requested', 'requested_by'])
    .executeTakeFirst();
  if (!run) return null;
  const agent = await db
    .selectFrom('agents')
    .select(['id', 'name', 'instructions'])
    .where('id', '=', run.agent_id)
    .executeTakeFirstOrThrow();
  const attached = await attachmentsOf(db, run.agent_id);
  const account = attached.find(({ connectionId }) => connectionId === run.connection_id) ?? null;
  return {
    runId,
    threadId: run.thread_id,
    model: run.model,
    agent,
    stopped: run.cancel_requested,
    account,
    beside: attached.filter((each) => each.beside !== null && each !== account),
    lostConnection: run.connection_id !== null && account === null,
    requester: run.requested_by as unknown as Requester,
  };
}

/** What an agent may use. */
async function attachmentsOf(
  db: Kysely<Schema>,
  agentId: string,
): Promise<(Attachment & { beside: string | null })[]> {
  const rows = await db
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'agent_connections.connection_id')
    .select(['connections.id', 'policy', 'preset', 'beside'])
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .orderBy('attached_at')
    .execute();
  return rows.map(({ id, policy, preset, beside }) => ({
    ...{ connectionId: id, policy: policy as Policy, preset, beside },
  }));
}

/** Puts the run to rest until a decision. @returns false when a decision came meanwhile: the leg goes on. */
export async function waitForPerson(db: Kysely<Schema>, runId: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await trx.selectFrom('runs').select('id').where('id', '=', runId).forUpdate().execute();
    const decided = await decidedCalls(runId).execute(trx);
    if (decided.rows.length > 0) return false;
    await trx
      .updateTable('runs')
      .set({ status: 'awaiting_approval' })
      .where('id', '=', runId)
      .where('status', '=', 'running')
      .execute();
    return true;
  });
}

/** Puts a resting or waiting run back in line, as its next leg. */
export async function requeue(
  db: Kysely<Schema>,
  runId: string,
  from: RunStatus[],
  model?: string,
): Promise<{ id: string; leg: number } | undefined> {
  return db
    .updateTable('runs')
    .set({
      status: 'queued',
      leg: sql<number>`leg + 1`,
      error: null,
      partial: null,
      finished_at: null,
      cancel_requested: false,
      ...(model ? { model } : {}),
    })
    .where('id', '=', runId)
    .where('status', 'in', from)
    .returning(['id', 'leg'])
    .executeTakeFirst();
}

interface LockedThread {
  agent_id: string;
  /** Pinned now, if it was not: the agent's only Stripe connection. */
  connection_id: string | null;
  model: string | null;
  title: string;
  title_by: 'auto' | 'person';
}

/** Locks the thread against a second message. @throws Problem 404, or 409 when it cannot take one. */
export async function lockThread(trx: Transaction<Schema>, threadId: string): Promise<LockedThread> {
  const thread = await trx
    .selectFrom('threads')
    .innerJoin('agents', 'agents.id', 'threads.agent_id')
    .select(['threads.agent_id', 'threads.connection_id', 'threads.title', 'threads.title_by'])
    .select(['agents.model', 'agents.deleted_at as agent_deleted_at', 'agents.name as agent_name'])
    .where('threads.id', '=', threadId)
    .where('threads.deleted_at', 'is', null)
    .forUpdate('threads')
    .executeTakeFirst();
  if (!thread) throw notFound('thread', threadId);
  if (thread.agent_deleted_at) {
    throw conflict(
      'agent_deleted',
      `${thread.agent_name} was deleted. The thread can be read; to go on, start one with another agent.`,
    );
  }
  const connection_id = thread.connection_id ?? (await onlyConnection(trx, thread.agent_id));
  const halt = await haltInTheWay(trx, { agentId: thread.agent_id, connectionId: connection_id });
  if (halt) throw conflict('halted', `${haltReason(halt)} Messages are taken again once it is lifted.`);
  const active = await lastRun(trx, threadId);
  if (active && !isResting(active.status)) {
    throw conflict(
      'run_active',
      active.status === 'awaiting_approval'
        ? 'The last turn waits for an approval: approve or reject it, or stop the turn, then send the message again.'
        : 'The last turn is still running: wait for its answer or stop it, then send the message again.',
    );
  }
  return { ...thread, connection_id };
}

/** @throws Problem 409 when the agent has several and the thread names none: an account is never guessed. */
async function onlyConnection(trx: Transaction<Schema>, agentId: string): Promise<string | null> {
  const attached = await trx
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'agent_connections.connection_id')
    .select(['connections.id', 'connections.name', 'connections.mode'])
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .where('beside', 'is', null)
    .execute();
  if (attached.length <= 1) return attached[0]?.id ?? null;
  const names = attached
    .map((connection) => `${connection.name} (${connection.mode}, ${connection.id})`)
    .join('; ');
  throw conflict(
    'connection_ambiguous',
    `This agent reaches several accounts: ${names}. Choose one for this thread with its connectionId.`,
  );
}

/** Runs that are not at rest, of an agent, a connection, or all. */
export async function activeRuns(
  db: Kysely<Schema>,
  where: { agentId?: string; connectionId?: string },
): Promise<{ id: string; status: RunStatus; threadId: string }[]> {
  let query = db
    .selectFrom('runs')
    .select(['id', 'status', 'thread_id as threadId'])
    .where('status', 'in', ['queued', 'running', 'awaiting_approval']);
  if (where.agentId) query = query.where('agent_id', '=', where.agentId);
  if (where.connectionId) query = query.where('connection_id', '=', where.connectionId);
  return query.execute();
}

export async function lastRun(
  db: Kysely<Schema>,
  threadId: string,
): Promise<{ id: string; status: RunStatus } | undefined> {
  return db
    .selectFrom('runs')
    .select(['id', 'status'])
    .where('thread_id', '=', threadId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .executeTakeFirst();
}

export async function refuseIfItWrote(trx: Transaction<Schema>, runId: string): Promise<void> {
  const wrote = await trx
    .selectFrom('operations')
    .select('preview')
    .where('run_id', '=', runId)
    .where('state', 'in', ['claimed', 'sent', 'done', 'unknown'])
    .executeTakeFirst();
  if (!wrote) return;
  throw conflict(
    'run_wrote',
    'The turn of this message changed something in Stripe, and editing it would hide that. Send a new message instead.',
  );
}

/** Puts the run to rest for good and voids what it was waiting for. */
export async function finishRun(
  db: Kysely<Schema>,
  clock: Clock,
  runId: string,
  end: Exclude<TurnEnd, { status: 'waiting' }>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const done = await trx
      .updateTable('runs')
      .set({
        status: end.status,
        error: end.status === 'failed' ? jsonb(end.error) : null,
        finished_at: clock.now(),
      })
      .where('id', '=', runId)
      .where('status', 'in', ['queued', 'running', 'awaiting_approval'])
      .returning('thread_id')
      .executeTakeFirst();
    if (!done) return;
    await voidApprovals(trx, runId, clock.now());
    await trx
      .updateTable('threads')
      .set({ updated_at: clock.now() })
      .where('id', '=', done.thread_id)
      .execute();
  });
}

/**
 * Runs that wait for a decision that was already made: the instance that took it died before it could begin the next
 * leg, or the approval expired.
 */
export async function decidedRuns(db: Kysely<Schema>): Promise<string[]> {
  const runs = await db
    .selectFrom('runs')
    .select('id')
    .where('status', '=', 'awaiting_approval')
    .where(sql<boolean>`exists (${decidedCalls(sql`runs.id`)})`)
    .execute();
  return runs.map(({ id }) => id);
}

/** The run's operations that a person decided and no tool result speaks of yet. */
function decidedCalls(runId: unknown) {
  return sql`
    select 1 from operations where operations.run_id = ${runId} and state in ('approved', 'rejected', 'done', 'failed')
      and not exists (
        select 1 from entries where entries.run_id = operations.run_id and kind = 'tool'
          and content->>'callId' = operations.tool_call_id)`;
}

/** Runs that were stored a while ago and never started, because their instance died between the two. */
export async function lostRuns(
  db: Kysely<Schema>,
  olderThanMs: number,
): Promise<{ id: string; leg: number }[]> {
  return db
    .selectFrom('runs')
    .select(['id', 'leg'])
    .where('status', '=', 'queued')
    .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${olderThanMs / 1000})`)
    .execute();
}
