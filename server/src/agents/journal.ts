/**
 * The transcript is the journal: what a run did stands in its thread's entries, one row per step, and a run that is
 * taken up again reads them and goes on. `unique (run_id, step)` fences whoever still believes the run is theirs.
 */
import { type Kysely, type Selectable, sql } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { EntriesTable, Schema } from '../database/schema.ts';
import type { CallError } from '../guard/plan.ts';
import type { Effect, Json, ObjectRef } from '../tools/tool.ts';
import type { ModelStep } from './models/types.ts';

/** What came of one tool call. */
export interface ToolStep {
  callId: string;
  name: string;
  title: string;
  effect: Effect;
  startedAt: string;
  finishedAt: string;
  requestIds: string[];
  objects: ObjectRef[];
  operationId?: string;
  result:
    | { status: 'completed'; view: Json; summary: string }
    | { status: 'failed'; error: CallError }
    | { status: 'rejected'; reason: string };
}

export type Entry = { runId: string; step: number; at: Date } & (
  | {
      kind: 'user';
      content: {
        text: string;
        /** The operation that this turn sets back; its call was prepared with the message. */
        undoes?: string;
        /** The playbook's run that this turn belongs to: code decides its steps, and no model takes part. */
        playbookRun?: string;
        /** The program outside whose call this turn carries out; no model takes part. */
        client?: string;
      };
    }
  | { kind: 'model'; content: ModelStep }
  | { kind: 'tool'; content: ToolStep }
);

export type EntryContent =
  | Pick<Extract<Entry, { kind: 'user' }>, 'kind' | 'content'>
  | Pick<Extract<Entry, { kind: 'model' }>, 'kind' | 'content'>
  | Pick<Extract<Entry, { kind: 'tool' }>, 'kind' | 'content'>;

/** Somebody else wrote this step: the caller no longer owns the run and must stop. */
export class LostRun extends Error {
  constructor(runId: string, step: number) {
    super(`Step ${step} of run ${runId} was written by another instance.`);
    this.name = 'LostRun';
  }
}

/**
 * Writes one step. `record` is what people may look up later and no model sees.
 * @throws LostRun when the step is there already.
 */
export async function appendEntry(
  db: Kysely<Schema>,
  where: { threadId: string; runId: string; step: number },
  entry: EntryContent,
  record?: Json,
): Promise<void> {
  const written = await db
    .insertInto('entries')
    .values({
      thread_id: where.threadId,
      run_id: where.runId,
      step: where.step,
      kind: entry.kind,
      content: jsonb(entry.content),
      record: record === undefined ? null : jsonb(record),
    })
    .onConflict((conflict) => conflict.columns(['run_id', 'step']).doNothing())
    .executeTakeFirst();
  if (written.numInsertedOrUpdatedRows === 0n) throw new LostRun(where.runId, where.step);
}

/** Everything of a thread that counts, oldest run first; `runId` narrows it to one run. */
export async function readEntries(
  db: Kysely<Schema>,
  where: { threadId: string; runId?: string },
): Promise<Entry[]> {
  let query = db
    .selectFrom('entries')
    .select(['run_id', 'step', 'kind', 'content', 'created_at'])
    .where('thread_id', '=', where.threadId)
    .where('superseded', '=', false);
  if (where.runId) query = query.where('run_id', '=', where.runId);
  // A run's first entry is written with the run, so runs come in order of their first entries.
  const rows = await query.orderBy(sql`min(id) over (partition by run_id)`).orderBy('step').execute();
  return rows.map(toEntry);
}

/** A row of the journal, as it was written. */
export function toEntry(
  row: Pick<Selectable<EntriesTable>, 'run_id' | 'step' | 'kind' | 'content' | 'created_at'>,
): Entry {
  const { run_id: runId, step, created_at: at, kind, content } = row;
  return { runId, step, at, kind, content } as unknown as Entry;
}

/** The whole objects behind one tool call; undefined when there is no such finished call. */
export async function readRecord(
  db: Kysely<Schema>,
  threadId: string,
  callId: string,
): Promise<Json | undefined> {
  const row = await db
    .selectFrom('entries')
    .select('record')
    .where('thread_id', '=', threadId)
    .where('kind', '=', 'tool')
    .where(sql`content->>'callId'`, '=', callId)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row ? (row.record as Json) : undefined;
}
