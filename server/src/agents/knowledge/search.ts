/**
 * Finding passages: by words (Postgres full-text, in the language of each document) and, where an embedding model is set
 * up, by meaning, side by side; the two rankings are fused by reciprocal rank.
 */
import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { searchable } from './language.ts';

export interface Found {
  readonly documentId: string;
  readonly document: string;
  readonly position: number;
  readonly place: string;
  readonly text: string;
}

interface Candidate {
  readonly id: string;
}

/** Of each ranking so many take part. */
const candidates = 40;
/** The usual constant of reciprocal-rank fusion: the first places count, and not overwhelmingly. */
const fusion = 60;
/** A passage with less of what was asked, by weight of the words, speaks of something else. */
const leastCovered = 0.3;
/** Vectors less alike than this are of different things, whatever the model. */
const leastAlike = 0.2;
const mostWords = 32;

/** @param vector of the query, by the model that made those of the passages; null: words alone. */
export async function searchPassages(
  db: Kysely<Schema>,
  { agentId, query, limit }: { agentId: string; query: string; limit: number },
  vector: { readonly values: Float32Array; readonly by: string } | null,
): Promise<Found[]> {
  const [words, meanings] = await Promise.all([
    byWords(db, agentId, query),
    vector ? byMeaning(db, agentId, vector) : [],
  ]);
  const ids = fuse([words, meanings]).slice(0, limit);
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('passages')
    .innerJoin('documents', 'documents.id', 'passages.document_id')
    .select(['passages.id', 'documents.id as documentId', 'documents.name as document'])
    .select(['position', 'place', 'text'])
    .where('passages.id', 'in', ids)
    .execute();
  const byId = new Map(rows.map(({ id, ...found }) => [id, found]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Reciprocal-rank fusion: what stands high in either ranking, and above all in both. */
export function fuse(rankings: readonly (readonly Candidate[])[]): string[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings)
    for (const [rank, { id }] of ranking.entries())
      scores.set(id, (scores.get(id) ?? 0) + 1 / (fusion + rank + 1));
  return [...scores].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

/**
 * Rare words weigh most. The words are stemmed as each language of the agent's documents stems them, its small words
 * left out; a passage has to hold a fair share of what was asked.
 */
async function byWords(db: Kysely<Schema>, agentId: string, query: string): Promise<Candidate[]> {
  const { rows } = await sql<{ id: string }>`
    with words as (
      select distinct lexeme, language from (select distinct language from documents where agent_id = ${agentId}) l,
        unnest(to_tsvector(l.language::regconfig, ${searchable(query)}::text)) limit ${mostWords}
    ), total as (select count(*)::float as n from passages where agent_id = ${agentId}),
    weighed as (
      select lexeme, language, term, held, ln(1 + total.n / greatest(held, 1)) as weight from (
        select lexeme, language, quoted.term,
          (select count(*) from passages p where p.agent_id = ${agentId} and p.search @@ quoted.term) as held
        from words, lateral (
          select ('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''')::tsquery as term
        ) quoted
      ) counted, total
    ), wanted as (
      -- A word that is nowhere counts a little, in the language that makes most sense of the question.
      select coalesce(min(of_it), 0) as all_of_it from (
        select sum(case when held > 0 then weight else weight / 4 end) as of_it from weighed group by language) l
    ), asked as (select distinct lexeme, term, weight from weighed where held > 0)
    select p.id, sum(weight) as covered,
      sum(weight * (1 + 2 * ts_rank(p.search, term, 1))) as score
    from asked join passages p on p.agent_id = ${agentId} and p.search @@ term
    group by p.id having sum(weight) >= ${leastCovered} * (select all_of_it from wanted)
    order by score desc, p.id limit ${candidates}`.execute(db);
  return rows;
}

/** Compared one by one: exact, and quick enough for as many passages as an agent may have. */
async function byMeaning(
  db: Kysely<Schema>,
  agentId: string,
  { values, by }: { values: Float32Array; by: string },
): Promise<Candidate[]> {
  const rows = await db
    .selectFrom('passages')
    .select(['id', 'embedding'])
    .where('agent_id', '=', agentId)
    .where('embedded_by', '=', by)
    .execute();
  return rows
    .map(({ id, embedding }) => ({ id, likeness: embedding ? likeness(values, embedding) : 0 }))
    .filter((row) => row.likeness >= leastAlike)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, candidates);
}

/** Both are of length one, so that their product is the cosine between them. */
function likeness(values: Float32Array, embedding: Buffer): number {
  if (embedding.length !== values.length * 4) return 0;
  const view = new DataView(embedding.buffer, embedding.byteOffset, embedding.length);
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += (values[at] ?? 0) * view.getFloat32(at * 4, true);
  return sum;
}
