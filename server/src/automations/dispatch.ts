/**
 * Hands stored events to whoever waits for them, each once it is done by all. A handler may be called again for the same
 * event after a crash and must then change nothing: what it starts is named after the event.
 */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { EventsTable, Schema } from '../database/schema.ts';
import type { Log } from '../log.ts';
import type { Json } from '../tools/tool.ts';

/** A stored event. */
export interface StoredEvent {
  readonly connectionId: string;
  readonly id: string;
  readonly type: string;
  readonly objectId: string | null;
  readonly createdAt: Date;
  /** The whole event as it was sent: what was true then, and not what is. */
  readonly data: Json;
}

export interface EventHandler {
  readonly name: string;
  /** Types it waits for; `null`: all. */
  types(): Promise<readonly string[] | null>;
  handle(event: StoredEvent): Promise<void>;
}

export interface Dispatcher {
  /** Handles what is due. @returns how many events */
  run(): Promise<number>;
  /** Puts a failed or done event back in line. @returns false when there is no such event */
  replay(connectionId: string, eventId: string): Promise<boolean>;
}

const perRound = 100;
/** Minutes between attempts; after the last a person has to look. */
const patienceMinutes = [1, 5, 30, 120, 720];
/** Whoever took an event and says nothing for so long is gone. */
const leaseMs = 5 * 60_000;

export function createDispatcher(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  log: Log;
  handlers: readonly EventHandler[];
}): Dispatcher {
  const { db, clock, log, handlers } = needs;

  /** Takes the oldest that wait; nobody else gets them until the lease is over. */
  async function claim(): Promise<Selectable<EventsTable>[]> {
    const now = clock.now();
    const { rows } = await sql<Selectable<EventsTable>>`
      update events set attempts = attempts + 1, next_attempt_at = ${new Date(now.getTime() + leaseMs)}
      where (connection_id, id) in (
        select connection_id, id from events
        where state = 'pending' and (next_attempt_at is null or next_attempt_at <= ${now})
        order by created_at, id limit ${perRound} for update skip locked)
      returning *`.execute(db);
    return rows.toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime());
  }

  async function handle(event: StoredEvent): Promise<void> {
    for (const handler of handlers) {
      const types = await handler.types();
      if (types === null || types.includes(event.type)) await handler.handle(event);
    }
  }

  async function settle(row: Selectable<EventsTable>, error: unknown): Promise<void> {
    const minutes = patienceMinutes[row.attempts - 1];
    const problem = error instanceof Error ? error.message : String(error);
    log.warn({ err: error, eventId: row.id, type: row.type }, 'An event could not be handled');
    await db
      .updateTable('events')
      .set(
        minutes === undefined
          ? { state: 'failed', problem, next_attempt_at: null }
          : { problem, next_attempt_at: new Date(clock.now().getTime() + minutes * 60_000) },
      )
      .where('connection_id', '=', row.connection_id)
      .where('id', '=', row.id)
      .execute();
  }

  return {
    async run() {
      const rows = await claim();
      const done: Selectable<EventsTable>[] = [];
      for (const row of rows) {
        try {
          await handle(toEvent(row));
          done.push(row);
        } catch (error) {
          await settle(row, error);
        }
      }
      if (done.length > 0)
        await sql`
          update events set state = 'done', handled_at = ${clock.now()}, problem = null, next_attempt_at = null
          where (connection_id, id) in (${sql.join(done.map((row) => sql`(${row.connection_id}, ${row.id})`))})`.execute(
          db,
        );
      return rows.length;
    },

    async replay(connectionId, eventId) {
      const again = await db
        .updateTable('events')
        .set({ state: 'pending', attempts: 0, next_attempt_at: null, problem: null, handled_at: null })
        .where('connection_id', '=', connectionId)
        .where('id', '=', eventId)
        .executeTakeFirst();
      return again.numUpdatedRows > 0n;
    },
  };
}

const toEvent = (row: Selectable<EventsTable>): StoredEvent => ({
  connectionId: row.connection_id,
  id: row.id,
  type: row.type,
  objectId: row.object_id,
  createdAt: row.created_at,
  data: row.data as Json,
});
