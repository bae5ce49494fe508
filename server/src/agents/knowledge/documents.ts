/** The rows of documents and their passages. */
import { createHash } from 'node:crypto';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { jsonb, storableText } from '../../database/json.ts';
import type { DocumentsTable, Schema } from '../../database/schema.ts';
import { newId } from '../../ids.ts';
import { conflict, notFound } from '../../problem.ts';
import { cleanText } from '../../secrets/clean.ts';
import { languageOf, searchable } from './language.ts';
import { passagesOf } from './passages.ts';
import type { DocumentKind } from './reading/read-document.ts';
import type { Section } from './reading/section.ts';

const mostDocuments = 500;
/** Vectors of one agent are compared one by one: so many still take well under a second. */
export const mostPassages = 10_000;

export interface KnowledgeDocument {
  id: string;
  agentId: string;
  /** The file's name or the title given to it; unique for the agent. */
  name: string;
  kind: DocumentKind;
  /** Of the file as it was uploaded. */
  bytes: number;
  passages: number;
  addedBy: string;
  createdAt: string;
  updatedAt: string;
}

/** What is cited: a stretch of a document, where it stands, and its number within the document. */
export interface Passage {
  position: number;
  place: string;
  text: string;
}

export interface NewDocument {
  readonly agentId: string;
  readonly name: string;
  readonly kind: DocumentKind;
  readonly bytes: Uint8Array;
  readonly sections: readonly Section[];
  readonly by: { readonly type: string; readonly id: string; readonly name: string };
}

/**
 * Adds a document, or replaces the one of that name. What is unchanged is left alone. Card numbers and keys in it are
 * masked first. @throws Problem 409 when the agent would have too much to search
 */
export async function saveDocument(
  trx: Transaction<Schema>,
  document: NewDocument,
): Promise<{ id: string; outcome: 'added' | 'replaced' | 'unchanged' }> {
  const { agentId, name, kind, bytes, by } = document;
  const digest = createHash('sha256').update(kind).update(bytes).digest('hex');
  await sql`select pg_advisory_xact_lock(hashtextextended(${`knowledge ${agentId}`}, 0))`.execute(trx);
  const known = await trx
    .selectFrom('documents')
    .select(['id', 'digest'])
    .where('agent_id', '=', agentId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (known?.digest === digest) return { id: known.id, outcome: 'unchanged' };
  const sections = document.sections.map((section) => ({
    place: cleanText(storableText(section.place)),
    text: cleanText(storableText(section.text)),
  }));
  const passages = passagesOf(sections);
  await mustFit(trx, agentId, { replaces: known?.id ?? null, passages: passages.length });
  const language = languageOf(sections.map(({ text }) => text).join('\n'));
  const id = known?.id ?? newId('doc');
  const row = { kind, digest, bytes: bytes.length, language, added_by: jsonb(by), updated_at: new Date() };
  if (known) {
    await trx.deleteFrom('passages').where('document_id', '=', id).execute();
    await trx.updateTable('documents').set(row).where('id', '=', id).execute();
  } else
    await trx
      .insertInto('documents')
      .values({ id, agent_id: agentId, name, ...row })
      .execute();
  await insertPassages(trx, { id, agentId, name, language, passages });
  return { id, outcome: known ? 'replaced' : 'added' };
}

async function mustFit(
  trx: Transaction<Schema>,
  agentId: string,
  more: { replaces: string | null; passages: number },
): Promise<void> {
  const { rows } = await sql<{ documents: string; passages: string }>`
    select count(distinct document_id) as documents, count(*) as passages from passages
    where agent_id = ${agentId} and document_id is distinct from ${more.replaces}`.execute(trx);
  const [held] = rows;
  const isFull =
    Number(held?.documents ?? 0) >= mostDocuments ||
    Number(held?.passages ?? 0) + more.passages > mostPassages;
  if (!isFull) return;
  throw conflict(
    'knowledge_full',
    `An agent searches at most ${mostDocuments} documents and ${mostPassages.toLocaleString('en')} passages; with this there would be more. Remove others, or give it to another agent.`,
  );
}

const rowsAtOnce = 500;

async function insertPassages(
  trx: Transaction<Schema>,
  document: { id: string; agentId: string; name: string; language: string; passages: readonly Section[] },
): Promise<void> {
  const { id, agentId, name, language, passages } = document;
  const title = searchable(name.replace(/\.\w{1,8}$/, '').replace(/[_/\\-]+/g, ' '));
  for (let at = 0; at < passages.length; at += rowsAtOnce) {
    const rows = passages.slice(at, at + rowsAtOnce).map(({ place, text }, index) => ({
      ...{ document_id: id, agent_id: agentId, position: at + index, place, text },
      search: sql<string>`
        setweight(to_tsvector(${language}::regconfig, ${`${title} ${searchable(place)}`}::text), 'A')
        || to_tsvector(${language}::regconfig, ${searchable(text)}::text)`,
    }));
    await trx.insertInto('passages').values(rows).execute();
  }
}

/** By name. `after` is the last id of the page before. */
export async function listDocuments(
  db: Kysely<Schema>,
  agentId: string,
  page: { limit: number; after?: string },
): Promise<KnowledgeDocument[]> {
  let query = withPassages(db).where('documents.agent_id', '=', agentId);
  if (page.after) {
    const { after } = page;
    query = query.where((where) =>
      where(
        'documents.name',
        '>',
        where.selectFrom('documents as last').select('last.name').where('last.id', '=', after),
      ),
    );
  }
  const rows = await query.orderBy('documents.name').limit(page.limit).execute();
  return rows.map(toDocument);
}

/** @throws Problem 404 */
export async function getDocument(
  db: Kysely<Schema>,
  agentId: string,
  id: string,
): Promise<KnowledgeDocument & { text: Passage[] }> {
  const row = await withPassages(db)
    .where('documents.id', '=', id)
    .where('documents.agent_id', '=', agentId)
    .executeTakeFirst();
  if (!row) throw notFound('document', id);
  const text = await db
    .selectFrom('passages')
    .select(['position', 'place', 'text'])
    .where('document_id', '=', id)
    .orderBy('position')
    .execute();
  return { ...toDocument(row), text };
}

/** @throws Problem 404 */
export async function removeDocument(db: Kysely<Schema>, agentId: string, id: string): Promise<string> {
  const removed = await db
    .deleteFrom('documents')
    .where('id', '=', id)
    .where('agent_id', '=', agentId)
    .returning('name')
    .executeTakeFirst();
  if (!removed) throw notFound('document', id);
  return removed.name;
}

function withPassages(db: Kysely<Schema>) {
  return db
    .selectFrom('documents')
    .selectAll('documents')
    .select((select) =>
      select
        .selectFrom('passages')
        .select((count) => count.fn.countAll<string>().as('count'))
        .whereRef('passages.document_id', '=', 'documents.id')
        .as('passage_count'),
    );
}

function toDocument(row: Selectable<DocumentsTable> & { passage_count: string | null }): KnowledgeDocument {
  return {
    ...{ id: row.id, agentId: row.agent_id, name: row.name, kind: row.kind, bytes: row.bytes },
    passages: Number(row.passage_count ?? 0),
    addedBy: (row.added_by as unknown as NewDocument['by']).name,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
