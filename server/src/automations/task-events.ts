/** Tasks that wait for events. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Schema, TasksTable } from '../database/schema.ts';
import { type Trigger, triggerOf } from './trigger.ts';

export interface WaitingTask {
  /** A connection whose events it may be told: one that its agent reaches. */
  readonly reaches: string;
  readonly task: Selectable<TasksTable>;
  readonly trigger: Trigger;
}

const switchedOn = (db: Kysely<Schema>) =>
  db
    .selectFrom('tasks')
    .where('deleted_at', 'is', null)
    .where('enabled', '=', true)
    .where(sql<boolean>`trigger->>'type' = 'event'`);

/** Once for each connection whose events they may be told. */
export async function waitingForEvents(db: Kysely<Schema>): Promise<WaitingTask[]> {
  const rows = await switchedOn(db)
    .innerJoin('agent_connections', 'agent_connections.agent_id', 'tasks.agent_id')
    .where((where) =>
      where.or([
        where('tasks.connection_id', 'is', null),
        where('tasks.connection_id', '=', where.ref('agent_connections.connection_id')),
      ]),
    )
    .selectAll('tasks')
    .select('agent_connections.connection_id as reaches')
    .execute();
  return rows.map(({ reaches, ...task }) => ({ reaches, task, trigger: triggerOf(task) }));
}

/** Event types and patterns that tasks wait for, on one connection or on any. */
export async function wantedEvents(db: Kysely<Schema>, connectionId?: string): Promise<string[]> {
  let query = switchedOn(db).selectAll('tasks');
  if (connectionId)
    query = query.where('agent_id', 'in', (of) =>
      of.selectFrom('agent_connections').select('agent_id').where('connection_id', '=', connectionId),
    );
  const types = (await query.execute()).flatMap((row) => {
    const trigger = triggerOf(row);
    return trigger.type === 'event' ? [trigger.event] : [];
  });
  return [...new Set(types)];
}
