import { type Kysely, sql } from 'kysely';
import type { EventState, Schema } from '../database/schema.ts';

/** An event as people see it, and what became of it. */
export interface EventEntry {
  id: string;
  type: string;
  objectId: string | null;
  createdAt: string;
  receivedAt: string;
  source: 'webhook' | 'poll';
  state: EventState;
  attempts: number;
  problem: string | null;
}

export interface EventList {
  /** Newest first; `before` is the last id of the page before. */
  list(
    connectionId: string,
    filter: { type?: string | undefined; state?: EventState | undefined },
    page: { limit: number; before?: string },
  ): Promise<EventEntry[]>;
  /** Drops what is older than Stripe itself keeps. */
  forgetOld(now: Date): Promise<void>;
}

const keptDays = 30;

export function createEventList(db: Kysely<Schema>): EventList {
  return {
    async list(connectionId, filter, page) {
      let query = db.selectFrom('events').selectAll().where('connection_id', '=', connectionId);
      if (filter.type) query = query.where('type', '=', filter.type);
      if (filter.state) query = query.where('state', '=', filter.state);
      if (page.before)
        query = query.where(
          sql<boolean>`(created_at, id) < (
            select created_at, id from events where connection_id = ${connectionId} and id = ${page.before})`,
        );
      const rows = await query
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(page.limit)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        type: row.type,
        objectId: row.object_id,
        createdAt: row.created_at.toISOString(),
        receivedAt: row.received_at.toISOString(),
        source: row.source,
        state: row.state,
        attempts: row.attempts,
        problem: row.problem,
      }));
    },

    async forgetOld(now) {
      await db
        .deleteFrom('events')
        .where('state', '!=', 'pending')
        .where('received_at', '<', new Date(now.getTime() - keptDays * 86_400_000))
        .execute();
    },
  };
}
