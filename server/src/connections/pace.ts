/**
 * Room under a rate limit that all instances share. Each request books its place in Postgres and waits for it, so that
 * nothing is sent that would be refused, whoever sends it (the generic cell rate algorithm).
 */
import { setTimeout } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { createRooms } from './rooms.ts';

export interface Limit {
  readonly key: string;
  readonly perSecond: number;
}

export interface Pace {
  /**
   * Books a request under all limits and waits until it may go. `onWait` hears of waits that people would notice.
   * @throws the signal's reason
   */
  take(
    limits: readonly Limit[],
    options?: { signal?: AbortSignal; onWait?: (ms: number) => void },
  ): Promise<void>;
  /**
   * Waits until fewer than `atMost` requests of this instance are under way under this key. @returns what ends this one
   * @throws the signal's reason
   */
  enter(
    key: string,
    atMost: number,
    options?: { signal?: AbortSignal; onWait?: () => void },
  ): Promise<() => void>;
  /** The far side refused: nobody goes on under this limit for a while. */
  holdBack(key: string, ms: number): Promise<void>;
}

type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** @throws the signal's reason */
const sleepFor: Sleep = async (ms, signal) => {
  await setTimeout(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
    throw signal?.reason ?? error;
  });
};

/** So much of a second's room may be used at once. */
const burstSeconds = 0.5;
const noticeableMs = 1_000;

export function createPace(db: Kysely<Schema>, sleep: Sleep = sleepFor): Pace {
  const rooms = createRooms();

  /** Milliseconds to wait: how far the booking lies ahead, beyond what may be sent at once. */
  async function book(limits: readonly Limit[]): Promise<number> {
    // In one order everywhere, so that two bookings never wait for each other.
    const sorted = limits.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    const rows = sql.join(sorted.map(({ key, perSecond }) => sql`(${key}::text, ${1 / perSecond}::float8)`));
    // A step is read by key, not from what was to be inserted: time spent waiting for the row must not shorten it.
    const { rows: booked } = await sql<{ ahead: number }>`
      with asked (key, step) as (select key, make_interval(secs => secs) from (values ${rows}) as given (key, secs))
      insert into paces as pace (key, due_at)
      select key, clock_timestamp() + step from asked
      on conflict (key) do update
        set due_at = greatest(pace.due_at, clock_timestamp()) + (select step from asked where asked.key = pace.key)
      returning extract(epoch from due_at - clock_timestamp())::float8 as ahead`.execute(db);
    const ahead = Math.max(0, ...booked.map((row) => row.ahead));
    return Math.max(0, (ahead - burstSeconds) * 1000);
  }

  return {
    async take(limits, { signal, onWait } = {}) {
      const waitMs = await book(limits);
      if (waitMs < 1) return;
      if (waitMs >= noticeableMs) onWait?.(waitMs);
      await sleep(waitMs, signal);
    },

    enter: rooms.enter,

    async holdBack(key, ms) {
      await sql`
        insert into paces as pace (key, due_at)
        values (${key}, clock_timestamp() + make_interval(secs => ${ms / 1000 + burstSeconds}))
        on conflict (key) do update set due_at = greatest(pace.due_at, excluded.due_at)`.execute(db);
    },
  };
}
