/**
 * What an agent can look up and cite: documents, split into passages and searched by words and by meaning. They inform;
 * they never direct.
 */
import type { Kysely } from 'kysely';
import type { Schema } from '../../database/schema.ts';
import type { Log } from '../../log.ts';
import { invalidInput } from '../../problem.ts';
import { cleanText } from '../../secrets/clean.ts';
import type { Tool } from '../../tools/tool.ts';
import { getAgent } from '../agents.ts';
import {
  getDocument,
  type KnowledgeDocument,
  listDocuments,
  type NewDocument,
  type Passage,
  removeDocument,
  saveDocument,
} from './documents.ts';
import { type Embedder, embedQuestion, embedSome, hasVectors } from './embeddings.ts';
import { type DocumentKind, kindOf, readDocument } from './reading/read-document.ts';
import { UnreadableDocument } from './reading/section.ts';
import { type Found, searchPassages } from './search.ts';
import { createKnowledgeTool } from './tool.ts';

export interface Upload extends Pick<NewDocument, 'agentId' | 'name' | 'bytes' | 'by'> {
  /** Where the name's ending does not say. */
  readonly kind?: DocumentKind | undefined;
}

export interface Knowledge {
  /**
   * Reads and stores a document; one of the same name is replaced.
   * @throws Problem 404 for an unknown agent, 422 for what cannot be read, 409 when the agent has too much
   */
  add(upload: Upload): Promise<{ document: KnowledgeDocument; outcome: 'added' | 'replaced' | 'unchanged' }>;
  /** By name; `after` is the last id of the page before. */
  list(agentId: string, page: { limit: number; after?: string }): Promise<KnowledgeDocument[]>;
  /** With its passages in order. @throws Problem 404 */
  get(agentId: string, id: string): Promise<KnowledgeDocument & { text: Passage[] }>;
  /** @returns its name @throws Problem 404 */
  remove(agentId: string, id: string): Promise<string>;
  search(agentId: string, query: string, limit: number): Promise<Found[]>;
  /** The tools that an agent has of its own: none as long as it has no document. */
  toolsOf(agentId: string): Promise<Tool[]>;
  /** Makes vectors that are missing. @returns how many passages got one */
  index(): Promise<number>;
  /** The embedding model, null where none is set up. */
  readonly embeddings: string | null;
}

export function createKnowledge({
  db,
  log,
  embedder,
}: {
  db: Kysely<Schema>;
  log: Log;
  embedder: Embedder | null;
}): Knowledge {
  async function search(agentId: string, asked: string, limit: number): Promise<Found[]> {
    // It may be sent to a provider of embeddings.
    const query = cleanText(asked);
    return searchPassages(db, { agentId, query, limit }, await vectorOf(agentId, query));
  }

  /** A provider that does not answer leaves the words. */
  async function vectorOf(agentId: string, query: string) {
    if (!embedder || !(await hasVectors(db, agentId, embedder.id))) return null;
    try {
      return { values: await embedQuestion(embedder, query), by: embedder.id };
    } catch (err) {
      log.warn({ err }, 'Knowledge is searched by words alone');
      return null;
    }
  }

  return {
    async add({ kind: named, ...upload }) {
      await getAgent(db, upload.agentId);
      const kind = named ?? kindOf(upload.name);
      if (!kind) throw unknownKind(upload.name);
      const sections = await readDocument(kind, upload.bytes).catch((error: unknown) => {
        if (!(error instanceof UnreadableDocument)) throw error;
        throw invalidInput([{ path: 'file', message: `${upload.name} cannot be taken. ${error.message}` }]);
      });
      const { id, outcome } = await db
        .transaction()
        .execute((trx) => saveDocument(trx, { ...upload, kind, sections }));
      const { text: _, ...document } = await getDocument(db, upload.agentId, id);
      return { document, outcome };
    },
    list: (agentId, page) => listDocuments(db, agentId, page),
    get: (agentId, id) => getDocument(db, agentId, id),
    remove: (agentId, id) => removeDocument(db, agentId, id),
    search,
    async toolsOf(agentId) {
      const [any] = await listDocuments(db, agentId, { limit: 1 });
      return any ? [createKnowledgeTool(agentId, (query, limit) => search(agentId, query, limit))] : [];
    },
    index: async () => (embedder ? embedSome(db, embedder) : 0),
    embeddings: embedder?.id ?? null,
  };
}

function unknownKind(name: string) {
  const message = `What ${name} is cannot be told from its name: Markdown (.md), text (.txt), PDF (.pdf), CSV (.csv) and HTML (.html) can be read. Name its kind.`;
  return invalidInput([{ path: 'kind', message }]);
}
