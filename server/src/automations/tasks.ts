/**
 * Tasks: a prompt to an agent on a schedule, on an event, or by hand. Each occasion begins one thread, whoever notices it
 * first; nobody sits at the keyboard, so what needs approval waits in the inbox.
 */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { insertRun } from '../agents/run-rows.ts';
import type { Runs } from '../agents/runs.ts';
import { appendTold, type Told } from '../agents/told.ts';
import type { Actor, Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { Schema, TasksTable } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { conflict, notFound, Problem } from '../problem.ts';
import type { EventHandler, StoredEvent } from './dispatch.ts';
import { waitingForEvents, wantedEvents } from './task-events.ts';
import { runsOf, type Task, type TaskRun, toTask } from './task-rows.ts';
import { checkEvent, nextOf, type Trigger, triggerOf, waitsFor } from './trigger.ts';

export interface TaskFields {
  agentId: string;
  connectionId?: string | null;
  name: string;
  prompt: string;
  trigger: Trigger;
  enabled?: boolean;
}

export interface Tasks {
  /** Under an id of one's own: once. @throws Problem 404 for the agent, 422 for a trigger that makes no sense */
  create(fields: TaskFields, by: Actor, id?: string): Promise<Task>;
  /** Oldest first; `after` is the last id of the page before. */
  list(page: { limit: number; after?: string; agentId?: string }): Promise<Task[]>;
  /** @throws Problem 404 */
  get(id: string): Promise<Task>;
  update(id: string, change: Partial<TaskFields>, by: Actor): Promise<Task>;
  remove(id: string, by: Actor): Promise<void>;
  /** Begins a run by hand. @throws Problem 404, 409 when its agent cannot take it */
  run(id: string, by: Actor): Promise<TaskRun>;
  runs(id: string, page: { limit: number; before?: string }): Promise<TaskRun[]>;
  /** Begins what is due. @returns how many began */
  tick(): Promise<number>;
  /** Event types that tasks wait for, on one connection or on any. */
  wantedEvents(connectionId?: string): Promise<string[]>;
  readonly handler: EventHandler;
}

/** Due so long ago that it was missed and not only late. */
const missedMs = 10 * 60_000;

export function createTasks(needs: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  runs: Runs;
  defaultModel: string;
  /** An event as an agent is told of it. */
  tell(event: StoredEvent): Told;
}): Tasks {
  const { db, audit, clock, runs } = needs;

  const live = () => db.selectFrom('tasks').selectAll().where('deleted_at', 'is', null);

  async function row(id: string): Promise<Selectable<TasksTable>> {
    const found = await live().where('id', '=', id).executeTakeFirst();
    if (!found) throw notFound('task', id);
    return found;
  }

  async function checkAgent(agentId: string): Promise<void> {
    const agent = await db
      .selectFrom('agents')
      .select('id')
      .where('id', '=', agentId)
      .where('deleted_at', 'is', null)
      .executeTakeFirst();
    if (!agent) throw notFound('agent', agentId);
  }

  /**
   * Begins the run of one occasion, if it has not begun. @returns the run, and whether it is new
   */
  async function begin(
    task: Selectable<TasksTable>,
    occasion: string,
    about?: StoredEvent,
  ): Promise<{ id: string; isNew: boolean }> {
    const id = newId('trn');
    const started = await db.transaction().execute(async (trx) => {
      const inserted = await trx
        .insertInto('task_runs')
        .values({ id, task_id: task.id, occasion, started_at: clock.now() })
        .onConflict((known) => known.columns(['task_id', 'occasion']).doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows === 0n) return null;
      const ran = await beginThread(trx, task, about);
      await trx
        .updateTable('task_runs')
        .set('problem' in ran ? { problem: ran.problem } : { thread_id: ran.threadId, run_id: ran.runId })
        .where('id', '=', id)
        .execute();
      return ran;
    });
    if (started && 'runId' in started) await runs.begin(started.threadId, started.runId);
    return { id, isNew: started !== null };
  }

  async function beginThread(
    trx: Transaction<Schema>,
    task: Selectable<TasksTable>,
    about: StoredEvent | undefined,
  ): Promise<{ threadId: string; runId: string } | { problem: string }> {
    const threadId = newId('thr');
    const now = clock.now();
    await trx
      .insertInto('threads')
      .values({
        ...{
          id: threadId,
          agent_id: task.agent_id,
          connection_id: about?.connectionId ?? task.connection_id,
        },
        ...{ title: task.name, title_by: 'person' as const, created_by: task.id },
      })
      .execute();
    const by = { type: 'task', id: task.id, name: task.name } as const;
    try {
      const runId = await insertRun(trx, {
        ...{ threadId, said: task.prompt, by, defaultModel: needs.defaultModel, now },
      });
      if (about) await appendTold(trx, { threadId, runId, now }, needs.tell(about));
      return { threadId, runId };
    } catch (error) {
      // Halted, or no account to choose: the run did not begin, and says why.
      if (!(error instanceof Problem)) throw error;
      await trx.deleteFrom('threads').where('id', '=', threadId).execute();
      return { problem: error.detail };
    }
  }

  /** Takes one due schedule, so that no other instance begins it, and sets when it is due next. */
  async function claimDue(): Promise<{ task: Selectable<TasksTable>; dueAt: Date } | null> {
    const now = clock.now();
    return db.transaction().execute(async (trx) => {
      const task = await trx
        .selectFrom('tasks')
        .selectAll()
        .where('deleted_at', 'is', null)
        .where('enabled', '=', true)
        .where('next_run_at', '<=', now)
        .orderBy('next_run_at')
        .limit(1)
        .forUpdate()
        .skipLocked()
        .executeTakeFirst();
      if (!task?.next_run_at) return null;
      await trx
        .updateTable('tasks')
        .set({ next_run_at: nextOf(triggerOf(task), now) })
        .where('id', '=', task.id)
        .execute();
      return { task, dueAt: task.next_run_at };
    });
  }

  const tasks: Tasks = {
    async create(fields, by, id = newId('tsk')) {
      await checkAgent(fields.agentId);
      const { agentId, connectionId = null, name, prompt, trigger, enabled = true } = fields;
      checkEvent(trigger);
      await db.transaction().execute(async (trx) => {
        const made = await trx
          .insertInto('tasks')
          .values({
            ...{ id, agent_id: agentId, connection_id: connectionId, name, prompt, enabled },
            ...{ trigger: jsonb(trigger), created_by: jsonb(by), next_run_at: nextOf(trigger, clock.now()) },
            created_at: clock.now(),
          })
          .onConflict((known) => known.column('id').doNothing())
          .executeTakeFirst();
        if (made.numInsertedOrUpdatedRows === 0n) return;
        await audit.record(
          { actor: by, action: 'task.created', subject: id, details: { agentId, name } },
          trx,
        );
      });
      return this.get(id);
    },

    async list({ limit, after, agentId }) {
      let query = live();
      if (agentId) query = query.where('agent_id', '=', agentId);
      if (after)
        query = query.where(
          sql<boolean>`(created_at, id) > (select created_at, id from tasks where id = ${after})`,
        );
      const rows = await query.orderBy('created_at').orderBy('id').limit(limit).execute();
      return Promise.all(rows.map((task) => toTask(db, task)));
    },

    async get(id) {
      return toTask(db, await row(id));
    },

    async update(id, change, by) {
      const before = await row(id);
      if (change.agentId) await checkAgent(change.agentId);
      const trigger = change.trigger ?? triggerOf(before);
      if (change.trigger) checkEvent(trigger);
      const enabled = change.enabled ?? before.enabled;
      // Switched on again or moved, it begins from now: nothing of the time between is made up for.
      const isMoved = change.trigger !== undefined || (enabled && !before.enabled);
      await db.transaction().execute(async (trx) => {
        await trx
          .updateTable('tasks')
          .set({
            ...(change.agentId !== undefined && { agent_id: change.agentId }),
            ...(change.connectionId !== undefined && { connection_id: change.connectionId }),
            ...(change.name !== undefined && { name: change.name }),
            ...(change.prompt !== undefined && { prompt: change.prompt }),
            ...(change.trigger !== undefined && { trigger: jsonb(trigger) }),
            ...(isMoved && { next_run_at: nextOf(trigger, clock.now()) }),
            ...{ enabled, updated_at: clock.now() },
          })
          .where('id', '=', id)
          .execute();
        await audit.record(
          { actor: by, action: 'task.changed', subject: id, details: { fields: Object.keys(change) } },
          trx,
        );
      });
      return this.get(id);
    },

    async remove(id, by) {
      await row(id);
      await db.updateTable('tasks').set({ deleted_at: clock.now() }).where('id', '=', id).execute();
      await audit.record({ actor: by, action: 'task.deleted', subject: id });
    },

    async run(id, by) {
      const begun = await begin(await row(id), `by hand ${newId('now')}`);
      await audit.record({ actor: by, action: 'task.run', subject: id, details: { run: begun.id } });
      const [ran] = await runsOf(db, id, { limit: 1 }, begun.id);
      if (!ran) throw new Error(`The run ${begun.id} was not kept.`);
      if (ran.problem !== null && ran.threadId === null) throw conflict('task_not_started', ran.problem);
      return ran;
    },

    async runs(id, page) {
      await row(id);
      return runsOf(db, id, page);
    },

    async tick() {
      let count = 0;
      for (let due = await claimDue(); due; due = await claimDue()) {
        const { task, dueAt } = due;
        const trigger = triggerOf(task);
        const isMissed = clock.now().getTime() - dueAt.getTime() > missedMs;
        if (isMissed && trigger.type === 'schedule' && trigger.missed === 'skip') continue;
        await begin(task, `due ${dueAt.toISOString()}`);
        count += 1;
      }
      return count;
    },

    wantedEvents: (connectionId) => wantedEvents(db, connectionId),

    handler: {
      async prepare() {
        const waiting = await waitingForEvents(db);
        return async (event) => {
          for (const { reaches, trigger, task } of waiting)
            if (reaches === event.connectionId && waitsFor(trigger, event))
              await begin(task, `event ${event.id}`, event);
        };
      },
    },
  };

  return tasks;
}
