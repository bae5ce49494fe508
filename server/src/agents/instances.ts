/**
 * Who is alive. Each running Purser renews its row; whoever finds a stale one removes it (the delete elects one finder)
 * and takes over its turns. DBOS does this by itself only within one process's restarts or with its hosted service.
 */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';

const heartbeatMs = 500;
/** Two missed heartbeats could be a pause; this long is a death. A paused one is fenced by the journal anyway. */
const staleAfterMs = 2_000;

export interface Instances {
  /** Stops the heartbeat; without `keepRow` the row goes too, so that nobody takes anything over. */
  leave(options: { keepRow: boolean }): Promise<void>;
}

/** Begins the heartbeat of `id`; `takeOver` is called with the ids of the dead, once per death among all instances. */
export async function joinInstances(needs: {
  db: Kysely<Schema>;
  id: string;
  takeOver(dead: string[]): Promise<void>;
  onError(error: unknown): void;
}): Promise<Instances> {
  const { db, id, takeOver, onError } = needs;

  async function beat(): Promise<void> {
    await db
      .insertInto('instances')
      .values({ id, heartbeat_at: sql<Date>`now()` })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ heartbeat_at: sql<Date>`now()` }))
      .execute();
    const dead = await db
      .deleteFrom('instances')
      .where('id', '!=', id)
      .where('heartbeat_at', '<', sql<Date>`now() - make_interval(secs => ${staleAfterMs / 1000})`)
      .returning('id')
      .execute();
    if (dead.length > 0) await takeOver(dead.map((row) => row.id));
  }

  let beating = beat().catch(onError);
  await beating;
  const timer = setInterval(() => {
    beating = beating.then(beat).catch(onError);
  }, heartbeatMs);
  return {
    async leave({ keepRow }) {
      clearInterval(timer);
      await beating;
      if (!keepRow) await db.deleteFrom('instances').where('id', '=', id).execute().catch(onError);
    },
  };
}
