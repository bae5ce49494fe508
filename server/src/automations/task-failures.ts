import { type Kysely, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import type { Alerts } from './alerts.ts';

/** What failed longer ago than this nobody is told of any more. */
const recentMs = 2 * 86_400_000;

/** Tells of runs of tasks that failed or could not begin: nobody was watching. @returns how many */
export async function tellFailedTasks(db: Kysely<Schema>, alerts: Alerts, clock: Clock): Promise<number> {
  const failed = await db
    .selectFrom('task_runs')
    .innerJoin('tasks', 'tasks.id', 'task_runs.task_id')
    .leftJoin('runs', 'runs.id', 'task_runs.run_id')
    .leftJoin('alerts', (join) => join.on('alerts.once', '=', sql`'task_run:' || task_runs.id`))
    .select(['task_runs.id', 'task_runs.thread_id', 'task_runs.problem', 'runs.error', 'tasks.name'])
    .select('tasks.connection_id')
    .where('alerts.id', 'is', null)
    .where('task_runs.started_at', '>', new Date(clock.now().getTime() - recentMs))
    .where((where) =>
      where.or([where('runs.status', '=', 'failed'), where('task_runs.problem', 'is not', null)]),
    )
    .limit(100)
    .execute();
  for (const { id, thread_id: threadId, problem, error, name, connection_id: connectionId } of failed) {
    const why = problem ?? (error as { message?: string } | null)?.message ?? 'Its thread says more.';
    const did = problem === null ? 'failed' : 'could not begin';
    await alerts.post({
      ...{ once: `task_run:${id}`, kind: 'task_failed', connectionId, threadId },
      ...{ title: `The task “${name}” ${did}`, body: why },
    });
  }
  return failed.length;
}
