import { type Kysely, type Selectable, sql } from 'kysely';
import type { RunStatus } from '../agents/transcript.ts';
import type { Schema, TasksTable } from '../database/schema.ts';
import { type Trigger, triggerOf, wordsOf } from './trigger.ts';

export interface Task {
  id: string;
  agentId: string;
  agentName: string;
  connectionId: string | null;
  name: string;
  prompt: string;
  trigger: Trigger;
  /** The trigger for people: `At 09:00, only on Monday`. */
  when: string;
  enabled: boolean;
  nextRunAt: string | null;
  lastRun: TaskRun | null;
  createdAt: string;
  updatedAt: string;
}

export interface TaskRun {
  id: string;
  status: RunStatus | 'not_started';
  threadId: string | null;
  startedAt: string;
  finishedAt: string | null;
  /** Why it could not begin, or what went wrong. */
  problem: string | null;
}

/** A task as people see it. */
export async function toTask(db: Kysely<Schema>, task: Selectable<TasksTable>): Promise<Task> {
  const { name } = await db
    .selectFrom('agents')
    .select('name')
    .where('id', '=', task.agent_id)
    .executeTakeFirstOrThrow();
  const [lastRun = null] = await runsOf(db, task.id, { limit: 1 });
  const trigger = triggerOf(task);
  return {
    id: task.id,
    agentId: task.agent_id,
    agentName: name,
    connectionId: task.connection_id,
    name: task.name,
    prompt: task.prompt,
    trigger,
    when: wordsOf(trigger),
    enabled: task.enabled,
    nextRunAt: task.enabled ? (task.next_run_at?.toISOString() ?? null) : null,
    lastRun,
    createdAt: task.created_at.toISOString(),
    updatedAt: task.updated_at.toISOString(),
  };
}

/** Newest first; `before` is the last id of the page before. */
export async function runsOf(
  db: Kysely<Schema>,
  taskId: string,
  page: { limit: number; before?: string },
  id?: string,
): Promise<TaskRun[]> {
  let query = db
    .selectFrom('task_runs')
    .leftJoin('runs', 'runs.id', 'task_runs.run_id')
    .select(['task_runs.id', 'task_runs.thread_id', 'task_runs.problem', 'task_runs.started_at'])
    .select(['runs.status', 'runs.finished_at', 'runs.error'])
    .where('task_id', '=', taskId);
  if (id) query = query.where('task_runs.id', '=', id);
  if (page.before)
    query = query.where(
      sql<boolean>`(task_runs.started_at, task_runs.id) < (select started_at, id from task_runs where id = ${page.before})`,
    );
  const rows = await query
    .orderBy('task_runs.started_at', 'desc')
    .orderBy('task_runs.id', 'desc')
    .limit(page.limit)
    .execute();
  return rows.map((each) => ({
    id: each.id,
    status: each.status ?? 'not_started',
    threadId: each.thread_id,
    startedAt: each.started_at.toISOString(),
    finishedAt: each.finished_at?.toISOString() ?? null,
    problem: each.problem ?? (each.error as { message?: string } | null)?.message ?? null,
  }));
}
