/** How long what kind of data is kept. What the law wants kept for longer (operations, the ledger, the audit) is no kind here. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Actor, Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import { erased } from './person.ts';

export const kinds = ['threads', 'mails', 'events'] as const;
export type Kind = (typeof kinds)[number];

const longest = 36_500;
/** Stripe sends an event again for three days, and lists it for thirty: until then it has to be known as handled. */
const leastForEvents = 30;

/** Days by kind; null keeps for ever. */
export const retentionSchema = z.strictObject({
  threads: z.int().min(1).max(longest).nullable(),
  mails: z.int().min(1).max(longest).nullable(),
  events: z.int().min(leastForEvents).max(longest).nullable(),
});
export type RetentionDays = z.infer<typeof retentionSchema>;

const keepsAll: RetentionDays = { threads: null, mails: null, events: null };
const settingsKey = 'retention';

export interface Retention {
  get(): Promise<RetentionDays>;
  set(days: RetentionDays, by: Actor): Promise<void>;
  /** What would go now if these were the days. Changes nothing. */
  preview(days: RetentionDays): Promise<Record<Kind, number>>;
  /** Removes what is older than is to be kept. @returns how much, by kind */
  apply(): Promise<Record<Kind, number>>;
}

/** What is old enough, as a condition on its table. */
const old: Record<Kind, (before: Date) => ReturnType<typeof sql>> = {
  // What a turn or playbook still goes by is not old.
  threads: (
    before,
  ) => sql`updated_at < ${before} and exists (select from entries e where e.thread_id = threads.id)
    and not exists (select from runs r where r.thread_id = threads.id and r.status in ('queued', 'running', 'awaiting_approval'))
    and not exists (select from playbook_runs p where p.thread_id = threads.id and p.state in ('working', 'waiting'))`,
  mails: (before) => sql`created_at < ${before} and state in ('captured', 'sent', 'failed') and body <> ''`,
  events: (before) => sql`received_at < ${before} and state = 'done'`,
};

/** What is done to them. Rows that others point to stay, without what they said. */
const removal: Record<Kind, (where: ReturnType<typeof sql>, now: Date) => readonly ReturnType<typeof sql>[]> =
  {
    threads: (where, now) => [
      sql`update runs set partial = null where thread_id in (select id from threads where ${where})`,
      sql`with gone as (update threads set title = ${erased}, deleted_at = coalesce(deleted_at, ${now}) where ${where} returning id)
      delete from entries where thread_id in (select id from gone)`,
    ],
    // An address that refused mail stays known, so that it is not written to again.
    mails: (where) => [
      sql`update mails set body = '', html = '', subject = ${erased}, footer = '',
      recipient = case state when 'failed' then recipient else ${erased} end where ${where}`,
    ],
    events: (where) => [sql`delete from events where ${where}`],
  };

const dayMs = 24 * 60 * 60 * 1000;

export function createRetention({
  db,
  audit,
  clock,
}: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
}): Retention {
  async function get(): Promise<RetentionDays> {
    const row = await db
      .selectFrom('settings')
      .select('value')
      .where('key', '=', settingsKey)
      .executeTakeFirst();
    return retentionSchema.catch(keepsAll).parse(row?.value);
  }

  function before(days: number | null): Date | null {
    return days === null ? null : new Date(clock.now().getTime() - days * dayMs);
  }

  async function count(trx: Kysely<Schema>, kind: Kind, days: number | null): Promise<number> {
    const until = before(days);
    if (until === null) return 0;
    const { rows } = await sql<{ n: string }>`
      select count(*)::text as n from ${sql.table(kind)} where ${old[kind](until)}`.execute(trx);
    return Number(rows[0]?.n ?? 0);
  }

  async function remove(trx: Transaction<Schema>, kind: Kind, days: number | null): Promise<number> {
    const until = before(days);
    const found = until === null ? 0 : await count(trx, kind, days);
    if (until === null || found === 0) return 0;
    for (const statement of removal[kind](old[kind](until), clock.now())) await statement.execute(trx);
    return found;
  }

  return {
    get,
    async set(days, by) {
      const value = jsonb(days);
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('settings')
          .values({ key: settingsKey, value })
          .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
          .execute();
        await audit.record({ actor: by, action: 'retention.set', details: { ...days } }, trx);
      });
    },
    async preview(days) {
      const counted = await Promise.all(kinds.map(async (kind) => [kind, await count(db, kind, days[kind])]));
      return Object.fromEntries(counted);
    },
    async apply() {
      const days = await get();
      return db.transaction().execute(async (trx) => {
        const removed = { threads: 0, mails: 0, events: 0 };
        for (const kind of kinds) removed[kind] = await remove(trx, kind, days[kind]);
        const actor = { type: 'system', id: 'purser', name: 'Purser' } as const;
        if (kinds.some((kind) => removed[kind] > 0))
          await audit.record({ actor, action: 'retention.applied', details: removed }, trx);
        return removed;
      });
    },
  };
}
