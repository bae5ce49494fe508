/**
 * Hands stored events to whoever waits for them, a batch at a time. A batch is locked as long as it is handled: when its
 * process dies, its connection ends, and with it the locks, so that another takes the batch up at once. A handler may then be
 * called again for the same event and must change nothing: what it starts is named after the event.
 */
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
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

/** Handles one event. */
export type HandleEvent = (event: StoredEvent) => Promise<void>;

export interface EventHandler {
  /** Reads once what it has to know for a batch of events. */
  prepare(): Promise<HandleEvent>;
}

export interface Dispatcher {
  /** Handles what is due, batch by batch, up to a few thousand. @returns how many events */
  run(): Promise<number>;
  /** Puts a failed or done event back in line. @returns false when there is no such event */
  replay(connectionId: string, eventId: string): Promise<boolean>;
}

const perBatch = 200;
const batchesPerRun = 25;
/** Minutes between attempts; after the last a person has to look. */
const patienceMinutes = [1, 5, 30, 120, 720];
/** A batch that takes longer is cut off: what it did not come to is free again. */
const batchMs = 10_000;
/** A machine that says nothing for so long is gone, although its connection to the database still stands. */
const silenceMs = 30_000;

export function createDispatcher(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  log: Log;
  handlers: readonly EventHandler[];
}): Dispatcher {
  const { db, clock, log, handlers } = needs;

  /** Locks the oldest that wait; nobody else gets them as long as this transaction lives, and no longer. */
  async function claim(trx: Transaction<Schema>): Promise<Selectable<EventsTable>[]> {
    return trx
      .selectFrom('events')
      .selectAll()
      .where('state', '=', 'pending')
      .where((due) => due.or([due('next_attempt_at', 'is', null), due('next_attempt_at', '<=', clock.now())]))
      .orderBy('created_at')
      .orderBy('id')
      .limit(perBatch)
      .forUpdate()
      .skipLocked()
      .execute();
  }

  async function settleDone(
    trx: Transaction<Schema>,
    rows: readonly Selectable<EventsTable>[],
  ): Promise<void> {
    if (rows.length === 0) return;
    await sql`
      update events set state = 'done', attempts = attempts + 1, handled_at = ${clock.now()}, problem = null,
        next_attempt_at = null
      from unnest(${rows.map((row) => row.connection_id)}::text[], ${rows.map(({ id }) => id)}::text[])
        as handled (connection_id, id)
      where events.connection_id = handled.connection_id and events.id = handled.id`.execute(trx);
  }

  async function settleFailed(
    trx: Transaction<Schema>,
    row: Selectable<EventsTable>,
    error: unknown,
  ): Promise<void> {
    const minutes = patienceMinutes[row.attempts];
    const problem = error instanceof Error ? error.message : String(error);
    log.warn({ err: error, eventId: row.id, type: row.type }, 'An event could not be handled');
    await trx
      .updateTable('events')
      .set({
        attempts: row.attempts + 1,
        problem,
        ...(minutes === undefined
          ? { state: 'failed' as const, next_attempt_at: null }
          : { next_attempt_at: new Date(clock.now().getTime() + minutes * 60_000) }),
      })
      .where('connection_id', '=', row.connection_id)
      .where('id', '=', row.id)
      .execute();
  }

  /** @returns how many were handled, well or not */
  async function batch(trx: Transaction<Schema>): Promise<number> {
    await sql`set local idle_in_transaction_session_timeout = ${sql.lit(silenceMs)}`.execute(trx);
    const rows = await claim(trx);
    if (rows.length === 0) return 0;
    const until = clock.now().getTime() + batchMs;
    const handle = await Promise.all(handlers.map((handler) => handler.prepare()));
    const done: Selectable<EventsTable>[] = [];
    let count = 0;
    for (const row of rows) {
      try {
        for (const each of handle) await each(toEvent(row));
        done.push(row);
      } catch (error) {
        await settleFailed(trx, row, error);
      }
      count += 1;
      if (clock.now().getTime() > until) break;
    }
    await settleDone(trx, done);
    return count;
  }

  return {
    async run() {
      let count = 0;
      for (let round = 0; round < batchesPerRun; round += 1) {
        const handled = await db.transaction().execute(batch);
        if (handled === 0) break;
        count += handled;
      }
      return count;
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
