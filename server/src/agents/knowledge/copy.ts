import { type Kysely, sql } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import { newId } from '../../ids.ts';

/** Gives one agent the documents of another, with their vectors. */
export async function copyDocuments(
  db: Kysely<Schema>,
  { from, to }: { from: string; to: string },
): Promise<void> {
  const documents = await db.selectFrom('documents').select('id').where('agent_id', '=', from).execute();
  for (const document of documents) {
    const id = newId('doc');
    await sql`insert into documents (id, agent_id, name, kind, digest, bytes, language, added_by, created_at, updated_at)
      select ${id}, ${to}, name, kind, digest, bytes, language, added_by, created_at, updated_at
      from documents where id = ${document.id}`.execute(db);
    await sql`insert into passages (document_id, agent_id, position, place, text, search, embedding, embedded_by)
      select ${id}, ${to}, position, place, text, search, embedding, embedded_by
      from passages where document_id = ${document.id}`.execute(db);
  }
}
