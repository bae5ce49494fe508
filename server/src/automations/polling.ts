/**
 * Reads the events list where no webhook tells: no public address, or a time in which nobody listened. What webhooks told
 * already is known by its id and changes nothing.
 */
import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Connections } from '../connections/connections.ts';
import type { Schema } from '../database/schema.ts';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import { ToolError } from '../tools/tool.ts';
import type { Intake } from './intake.ts';

export interface Polling {
  /** Reads what is due for each connection. @returns how many new events came in */
  run(): Promise<number>;
}

/** Without a webhook the list is read this often; with one only to close gaps. */
const aloneMs = 30_000;
const besideMs = 10 * 60_000;
/** Events may appear in the list a little late, and out of order. */
const overlapMs = 2 * 60_000;
/** Stripe keeps events for 30 days. */
const longestMs = 30 * 86_400_000;

export function createPolling(needs: {
  db: Kysely<Schema>;
  clock: Clock;
  log: Log;
  connections: Connections;
  intake: Intake;
  /** Whether anything waits for events of a connection: else nothing is asked for. */
  isWanted(connectionId: string): Promise<boolean>;
}): Polling {
  const { db, clock, log, connections, intake, isWanted } = needs;

  /** Connections whose turn it is. Those that nobody polled yet begin now: the past is not told again. */
  async function due(): Promise<{ id: string; readTo: Date }[]> {
    const now = clock.now();
    const rows = await db
      .selectFrom('connections')
      .leftJoin('event_cursors', 'event_cursors.connection_id', 'connections.id')
      .leftJoin('webhooks', 'webhooks.connection_id', 'connections.id')
      .select(['connections.id', 'read_to', 'polled_at', 'webhooks.last_received_at'])
      .where('deleted_at', 'is', null)
      .where('beside', 'is', null)
      .execute();
    return rows.flatMap(({ id, read_to, polled_at, last_received_at }) => {
      const every = last_received_at ? besideMs : aloneMs;
      if (polled_at && now.getTime() - polled_at.getTime() < every) return [];
      const oldest = new Date(now.getTime() - longestMs);
      return [{ id, readTo: read_to && read_to > oldest ? read_to : read_to ? oldest : now }];
    });
  }

  async function poll(id: string, readTo: Date): Promise<number> {
    const now = clock.now();
    const { source, target, mode } = await connections.eventSource(id);
    const events = await source.since(target(), new Date(readTo.getTime() - overlapMs));
    const own = events.filter(({ livemode }) => livemode === (mode === 'live'));
    const stored = await Promise.all(own.map((event) => intake.store(id, event, 'poll')));
    await keep(id, { read_to: now, polled_at: now, problem: null });
    return stored.filter(Boolean).length;
  }

  async function keep(
    id: string,
    values: { read_to: Date; polled_at: Date; problem: string | null },
  ): Promise<void> {
    const { read_to, ...later } = values;
    await db
      .insertInto('event_cursors')
      .values({ connection_id: id, ...values })
      .onConflict((conflict) =>
        conflict.column('connection_id').doUpdateSet(values.problem === null ? { read_to, ...later } : later),
      )
      .execute();
  }

  return {
    async run() {
      let count = 0;
      for (const { id, readTo } of await due()) {
        if (!(await isWanted(id))) continue;
        try {
          count += await poll(id, readTo);
        } catch (error) {
          if (!(error instanceof ToolError) && !(error instanceof Problem)) throw error;
          log.warn({ connectionId: id, why: error.message }, 'The events list could not be read');
          await keep(id, { read_to: readTo, polled_at: clock.now(), problem: error.message });
        }
      }
      return count;
    },
  };
}
