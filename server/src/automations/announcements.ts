/**
 * What happens in Purser, told outside: approvals, the ends of runs, alerts. Each is a row before anything leaves; it is
 * tried again for three days, under one id.
 */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Announcement, AnnouncementType } from '../connections/connection.ts';
import type { Connections } from '../connections/connections.ts';
import { jsonb } from '../database/json.ts';
import type { AnnouncementsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { Problem } from '../problem.ts';
import { type Json, OutcomeUnknown, ToolError } from '../tools/tool.ts';
import { type Happening, happenings } from './happenings.ts';

export interface SentAnnouncement {
  id: string;
  type: string;
  state: 'queued' | 'sending' | 'sent' | 'failed';
  attempts: number;
  problem: string | null;
  happenedAt: string;
  sentAt: string | null;
}

export interface Announcements {
  /** Queues what has happened since the last time. */
  collect(): Promise<void>;
  /** Sends what is due. @returns how many were tried */
  deliver(): Promise<number>;
  /** Newest first; `before` is the last id of the page before. */
  list(connectionId: string, page: { limit: number; before?: string }): Promise<SentAnnouncement[]>;
  /** Tries a failed one again, because a person says so. @returns false when there is none that failed */
  retry(connectionId: string, id: string): Promise<boolean>;
}

/** Minutes between attempts; after the last the far side had three days. */
const patienceMinutes = [0.1, 1, 5, 15, 60, 180, 720, 1440, 1440];
/** An attempt that says nothing for so long died with its process. */
const attemptMs = 2 * 60_000;
const perRound = 20;

export function createAnnouncements(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  connections: Pick<Connections, 'listeners' | 'tell'>;
  /** Absent: links stay paths. */
  publicUrl: string | null;
}): Announcements {
  const { db, clock, connections, publicUrl } = needs;

  async function queue(connectionId: string, happening: Happening): Promise<void> {
    const { type, subject, at, data } = happening;
    await db
      .insertInto('announcements')
      .values({
        ...{ id: newId('msg'), connection_id: connectionId, type, subject, data: jsonb(data) },
        ...{ happened_at: at, next_attempt_at: clock.now() },
      })
      .onConflict((known) => known.columns(['connection_id', 'type', 'subject']).doNothing())
      .execute();
  }

  /** Takes one whose turn it is, so that no other instance tries it at the same time. */
  async function claim(): Promise<Selectable<AnnouncementsTable> | undefined> {
    const now = clock.now();
    return db
      .updateTable('announcements')
      .set({
        ...{ state: 'sending', attempts: sql<number>`attempts + 1` },
        next_attempt_at: new Date(now.getTime() + attemptMs),
      })
      .where('id', '=', (due) =>
        due
          .selectFrom('announcements')
          .select('id')
          .where('state', 'in', ['queued', 'sending'])
          .where('next_attempt_at', '<=', now)
          .orderBy('next_attempt_at')
          .orderBy('happened_at')
          .limit(1)
          .forUpdate()
          .skipLocked(),
      )
      .returningAll()
      .executeTakeFirst();
  }

  /** What telling of the request left, for the decision about it. */
  async function earlierOf({
    connection_id,
    type,
    subject,
  }: Selectable<AnnouncementsTable>): Promise<Json | null> {
    if (type !== 'approval.decided') return null;
    const asked = await db
      .selectFrom('announcements')
      .select('receipt')
      .where('connection_id', '=', connection_id)
      .where('type', '=', 'approval.requested')
      .where('subject', '=', subject)
      .executeTakeFirst();
    return asked?.receipt ?? null;
  }

  async function attempt(row: Selectable<AnnouncementsTable>): Promise<void> {
    const announcement: Announcement = {
      ...{ id: row.id, type: row.type as AnnouncementType, at: row.happened_at },
      data: row.data as Announcement['data'],
    };
    const after = await connections
      .tell(row.connection_id, announcement, await earlierOf(row))
      .then((receipt) => ({
        ...{ state: 'sent' as const, sent_at: clock.now(), next_attempt_at: null, problem: null },
        receipt: jsonb(receipt),
      }))
      .catch((error: unknown) => afterFailure(error, row.attempts, clock.now()));
    await db
      .updateTable('announcements')
      .set(after)
      .where('id', '=', row.id)
      .where('state', '=', 'sending')
      .execute();
  }

  return {
    async collect() {
      const listeners = (await connections.listeners()).filter(({ wants }) => wants.length > 0);
      for (const { id, since, wants } of listeners) {
        const found = await happenings(db, {
          connectionId: id,
          since,
          wants,
          link: (to) => linkTo(publicUrl, to),
        });
        for (const happening of found) await queue(id, happening);
      }
    },

    async deliver() {
      for (let tried = 0; tried < perRound; tried += 1) {
        const row = await claim();
        if (!row) return tried;
        await attempt(row);
      }
      return perRound;
    },

    async list(connectionId, { limit, before }) {
      let query = db.selectFrom('announcements').selectAll().where('connection_id', '=', connectionId);
      if (before)
        query = query.where(
          sql<boolean>`(happened_at, id) < (select happened_at, id from announcements where id = ${before})`,
        );
      const rows = await query.orderBy('happened_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map((row) => ({
        ...{ id: row.id, type: row.type, state: row.state, attempts: row.attempts, problem: row.problem },
        ...{ happenedAt: row.happened_at.toISOString(), sentAt: row.sent_at?.toISOString() ?? null },
      }));
    },

    async retry(connectionId, id) {
      const again = await db
        .updateTable('announcements')
        .set({ state: 'queued', attempts: 0, next_attempt_at: clock.now(), problem: null })
        .where('id', '=', id)
        .where('connection_id', '=', connectionId)
        .where('state', '=', 'failed')
        .executeTakeFirst();
      return again.numUpdatedRows > 0n;
    },
  };
}

const linkTo = (publicUrl: string | null, to: string): string =>
  publicUrl && to.startsWith('/') ? `${publicUrl.replace(/\/$/, '')}${to}` : to;

/** @throws what is nobody's fault */
function afterFailure(error: unknown, attempts: number, now: Date) {
  if (!(error instanceof ToolError || error instanceof OutcomeUnknown || error instanceof Problem))
    throw error;
  const problem = (error instanceof Problem ? error.detail : error.message).slice(0, 500);
  const minutes = error instanceof Problem ? undefined : patienceMinutes[attempts - 1];
  if (minutes === undefined) return { state: 'failed' as const, problem, next_attempt_at: null };
  return { state: 'queued' as const, problem, next_attempt_at: new Date(now.getTime() + minutes * 60_000) };
}
