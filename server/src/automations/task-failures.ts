import { type Kysely, sql } from 'kysely';
import type { Actor } from '../audit/audit.ts';
import type { Schema } from '../database/schema.ts';
import type { Alerts } from './alerts.ts';

/** What failed longer ago than this nobody is told of any more. */
const recentMs = 2 * 86_400_000;

interface Failed {
  id: string;
  task_id: string;
  thread_id: string | null;
  problem: string | null;
  error: { message?: string } | null;
  name: string;
  connection_id: string | null;
  created_by: Actor;
}

/**
 * Tells of tasks whose run failed or could not begin: nobody was watching. Of a task that fails again and again once, until
 * somebody has seen to it. @returns how many were told
 */
export async function tellFailedTasks(
  db: Kysely<Schema>,
  alerts: Pick<Alerts, 'post'>,
  { now, addressOf }: { now: Date; addressOf(maker: Actor): Promise<string | null> },
): Promise<number> {
  const { rows: failed } = await sql<Failed>`
    select distinct on (task_runs.task_id)
      task_runs.id, task_runs.task_id, task_runs.thread_id, task_runs.problem, runs.error, tasks.name, tasks.connection_id,
      tasks.created_by
    from task_runs
    join tasks on tasks.id = task_runs.task_id
    left join runs on runs.id = task_runs.run_id
    where task_runs.started_at > ${new Date(now.getTime() - recentMs)}
      and (runs.status = 'failed' or task_runs.problem is not null)
      and not exists (
        select from alerts
        where starts_with(alerts.once, 'task:' || task_runs.task_id || ':')
          and (alerts.closed_at is null or alerts.closed_at >= task_runs.started_at
            or alerts.once = 'task:' || task_runs.task_id || ':' || task_runs.id))
    order by task_runs.task_id, task_runs.started_at desc, task_runs.id`.execute(db);
  for (const {
    id,
    task_id,
    thread_id: threadId,
    problem,
    error,
    name,
    connection_id,
    created_by,
  } of failed) {
    const why = problem ?? error?.message ?? 'Its thread says more.';
    const address = await addressOf(created_by);
    await alerts.post({
      ...{ once: `task:${task_id}:${id}`, kind: 'task_failed', connectionId: connection_id, threadId },
      title: `The task “${name}” ${problem === null ? 'failed' : 'could not begin'}`,
      body: `${why}\n\nYou hear of it again only after this was closed in the inbox.`,
      mailTo: address === null ? [] : [address],
    });
  }
  return failed.length;
}
