/**
 * What people are to know of while nobody is looking: alerts, deadlines, tasks that failed. Each stands in the inbox until
 * somebody closes it, and goes out by mail here; chats and endpoints are told of it as of all that happens (announcements.ts).
 */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Actor } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { AlertsTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { notFound } from '../problem.ts';
import { cleanForeignStrings } from '../secrets/clean.ts';
import type { ObjectRef } from '../tools/tool.ts';

export interface Alert {
  id: string;
  /** `alert_card_testing`, `dispute_deadline`, `task_failed` */
  kind: string;
  connectionId: string | null;
  title: string;
  /** Markdown. */
  body: string;
  objects: readonly ObjectRef[];
  threadId: string | null;
  createdAt: string;
  closedAt: string | null;
  closedBy: string | null;
}

export interface NewAlert {
  /** The occasion: a second alert of it is the first. */
  readonly once: string;
  readonly kind: string;
  readonly connectionId: string | null;
  readonly title: string;
  readonly body: string;
  readonly objects?: readonly ObjectRef[];
  readonly threadId?: string | null;
  /** Addresses of the business's own people. */
  readonly mailTo?: readonly string[];
}

/** A way by which alerts leave, beside the inbox. Told again after a crash: it must not mind a second time. */
export interface AlertChannel {
  readonly name: string;
  tell(alert: Alert & { readonly mailTo: readonly string[] }): Promise<void>;
}

export interface Alerts {
  /** @returns the first one of the same occasion */
  post(alert: NewAlert): Promise<Alert>;
  findOnce(once: string): Promise<Alert | undefined>;
  /** @throws Problem 404 */
  get(id: string): Promise<Alert>;
  /** Newest first; `before` is the last id of the page before. */
  list(
    filter: { open?: boolean | undefined },
    page: { limit: number; before?: string | undefined },
  ): Promise<Alert[]>;
  /** It needs nobody any more. @throws Problem 404 */
  close(id: string, by: Actor): Promise<Alert>;
  /** Lets the channels know. @returns how many went out */
  tell(): Promise<number>;
}

export function createAlerts(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  log: Log;
  channels: readonly AlertChannel[];
}): Alerts {
  const { db, clock, log, channels } = needs;

  async function findOnce(once: string): Promise<Alert | undefined> {
    const row = await db.selectFrom('alerts').selectAll().where('once', '=', once).executeTakeFirst();
    return row && alertOf(row);
  }

  return {
    findOnce,

    async post(given) {
      // Names of customers stand in it: whatever they typed there is not kept whole.
      const {
        title,
        body,
        objects = [],
      } = cleanForeignStrings({
        ...{ title: given.title, body: given.body, objects: [...(given.objects ?? [])] },
      });
      await db
        .insertInto('alerts')
        .values({
          ...{ id: newId('alr'), once: given.once, kind: given.kind, connection_id: given.connectionId },
          ...{ title, body, objects: jsonb(objects), thread_id: given.threadId ?? null },
          ...{ mail_to: jsonb(given.mailTo ?? []), created_at: clock.now() },
        })
        .onConflict((known) => known.column('once').doNothing())
        .execute();
      const kept = await findOnce(given.once);
      if (!kept) throw new Error(`The alert ${given.once} was not kept.`);
      return kept;
    },

    async get(id) {
      const row = await db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) throw notFound('alert', id);
      return alertOf(row);
    },

    async list({ open }, { limit, before }) {
      let query = db.selectFrom('alerts').selectAll();
      if (open !== undefined) query = query.where('closed_at', open ? 'is' : 'is not', null);
      if (before)
        query = query.where(
          sql<boolean>`(created_at, id) < (select created_at, id from alerts where id = ${before})`,
        );
      const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute();
      return rows.map(alertOf);
    },

    async close(id, by) {
      const row = await db
        .updateTable('alerts')
        .set((alert) => ({
          closed_at: alert.fn.coalesce('closed_at', alert.val(clock.now())),
          closed_by: alert.fn.coalesce('closed_by', alert.val(by.name)),
        }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst();
      if (!row) throw notFound('alert', id);
      return alertOf(row);
    },

    async tell() {
      const rows = await db.selectFrom('alerts').selectAll().where('told_at', 'is', null).limit(50).execute();
      for (const row of rows) {
        const alert = { ...alertOf(row), mailTo: row.mail_to as unknown as string[] };
        try {
          for (const channel of channels) await channel.tell(alert);
        } catch (err) {
          log.warn({ err, alert: row.id }, 'An alert could not be told');
          continue;
        }
        await db.updateTable('alerts').set({ told_at: clock.now() }).where('id', '=', row.id).execute();
      }
      return rows.length;
    },
  };
}

const alertOf = (row: Selectable<AlertsTable>): Alert => ({
  ...{ id: row.id, kind: row.kind, connectionId: row.connection_id, title: row.title, body: row.body },
  objects: row.objects as unknown as ObjectRef[],
  threadId: row.thread_id,
  createdAt: row.created_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  closedBy: row.closed_by,
});
