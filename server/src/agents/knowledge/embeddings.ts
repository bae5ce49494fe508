/** Vectors of passages: made after a document is stored, so that no upload waits for a provider. */
import type { EmbeddingModelV4 } from '@ai-sdk/provider';
import { embedMany } from 'ai';
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';

export interface Embedder {
  /** `openai/text-embedding-3-small`: vectors of different models are never compared. */
  readonly id: string;
  readonly model: EmbeddingModelV4;
}

const atOnce = 64;
const longestMs = 60_000;
const questionMs = 5_000;

/** Makes vectors for some passages that have none by this model. @returns how many */
export async function embedSome(db: Kysely<Schema>, { id, model }: Embedder): Promise<number> {
  const rows = await db
    .selectFrom('passages')
    .innerJoin('documents', 'documents.id', 'passages.document_id')
    .select(['passages.id', 'documents.name', 'place', 'text'])
    .where('embedded_by', 'is distinct from', id)
    .orderBy('passages.id')
    .limit(atOnce)
    .execute();
  if (rows.length === 0) return 0;
  const { embeddings } = await embedMany({
    model,
    values: rows.map(({ name, place, text }) => `${name}, ${place}\n${text}`),
    maxRetries: 1,
    abortSignal: AbortSignal.timeout(longestMs),
  });
  const made = rows.flatMap((row, at) => {
    const values = embeddings[at];
    return values ? [{ id: row.id, embedding: bytesOf(toUnit(values)) }] : [];
  });
  for (const { id: passage, embedding } of made)
    await db.updateTable('passages').set({ embedding, embedded_by: id }).where('id', '=', passage).execute();
  return made.length;
}

/** Whether any passage of the agent has a vector by this model. */
export async function hasVectors(db: Kysely<Schema>, agentId: string, by: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select exists (select 1 from passages where agent_id = ${agentId} and embedded_by = ${by}) as there`.execute(
    db,
  );
  return rows[0]?.there === true;
}

/** The vector of what is asked. */
export async function embedQuestion({ model }: Embedder, text: string): Promise<Float32Array> {
  const { embeddings } = await embedMany({
    model,
    values: [text],
    maxRetries: 0,
    abortSignal: AbortSignal.timeout(questionMs),
  });
  return toUnit(embeddings[0] ?? []);
}

function toUnit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values) || 1;
  return Float32Array.from(values, (value) => value / length);
}

function bytesOf(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}
