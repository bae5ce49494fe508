/** Where events come in, by webhook or from the events list: each is stored once, before it is acknowledged. */
import { type Kysely, sql } from 'kysely';
import type { ReceivedEvent } from '../connections/connection.ts';
import type { Schema } from '../database/schema.ts';
import { cleanForeignStrings } from '../secrets/clean.ts';

export type EventSourceName = 'webhook' | 'poll';

export interface Intake {
  /** Resolves once the event is durable. @returns false when it was there before */
  store(connectionId: string, event: ReceivedEvent, source: EventSourceName): Promise<boolean>;
}

interface Waiting {
  readonly row: object;
  readonly key: string;
  resolve(isNew: boolean): void;
  reject(error: unknown): void;
}

/** So many rows go out in one statement at most. */
const mostRows = 500;

/** Events that arrive while a statement is under way go out together with the next: many share one sync to disk. */
export function createIntake(db: Kysely<Schema>): Intake {
  const waiting: Waiting[] = [];
  let isWriting = false;

  async function write(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostRows);
      try {
        const isNew = await insert(
          db,
          batch.map(({ row }) => row),
        );
        // Of two copies in one batch the first is the new one.
        for (const { key, resolve } of batch) resolve(isNew.delete(key));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  }

  return {
    store(connectionId, event, source) {
      const { id, type, objectId, created, data } = event;
      const row = {
        ...{ connection_id: connectionId, id, type, object_id: objectId, created_at: created.toISOString() },
        // Names and notes hold whatever somebody typed: card numbers and keys in them are not kept.
        data: cleanForeignStrings(data),
        source,
      };
      return new Promise((resolve, reject) => {
        waiting.push({ row, key: `${connectionId} ${id}`, resolve, reject });
        if (!isWriting) void write();
      });
    },
  };
}

async function insert(db: Kysely<Schema>, rows: readonly object[]): Promise<Set<string>> {
  const { rows: stored } = await sql<{ key: string }>`
    insert into events (connection_id, id, type, object_id, created_at, data, source)
    select connection_id, id, type, object_id, created_at, data, source
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (
      connection_id text, id text, type text, object_id text, created_at timestamptz, data json, source text)
    on conflict do nothing
    returning connection_id || ' ' || id as key`.execute(db);
  return new Set(stored.map(({ key }) => key));
}
