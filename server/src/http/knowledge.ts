import { z } from 'zod';
import { getAgent } from '../agents/agents.ts';
import type { Upload } from '../agents/knowledge/knowledge.ts';
import { documentKinds, kindOf, maxFileBytes } from '../agents/knowledge/reading/read-document.ts';
import { storableText } from '../database/json.ts';
import { invalidInput } from '../problem.ts';
import { cleanText } from '../secrets/clean.ts';
import type { UploadedDocument } from './api.ts';
import {
  type ApiApp,
  type ApiContext,
  addRoute,
  filesOf,
  idParams,
  isForm,
  nameText,
  pageQuery,
} from './route.ts';
import type { Service } from './service.ts';

const name = nameText(200);
const kind = z.enum(documentKinds).optional();
/** Pasted: text with the name it is known by. Without a kind and an ending that says so, it is Markdown. */
const pasted = z.strictObject({ name, text: z.string().min(1), kind });
const documentParams = z.strictObject({ id: z.string().max(80), documentId: z.string().max(80) });

const mostFiles = 50;
/** A body with files may be larger than others. */
export const maxUploadBytes = 2 * maxFileBytes;
export const isUpload = (method: string, path: string): boolean =>
  method === 'POST' && /^\/api\/agents\/[^/]+\/knowledge$/.test(path);

export function addKnowledgeRoutes(app: ApiApp, service: Service): void {
  const { knowledge } = service;
  const { db } = service.database;
  const tag = 'Knowledge';
  const changed = () => service.live.publish({ kind: 'changed', what: 'agents' });

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/knowledge',
      summary: 'The documents an agent can search and cite; with ?q= the passages it would find',
      tag,
      action: 'read',
      params: idParams,
      query: z.strictObject({ q: z.string().trim().min(1).max(500).optional(), ...pageQuery }),
    },
    async ({ params, query: { q, limit, cursor } }) => {
      await getAgent(db, params.id);
      if (q !== undefined) return { data: await knowledge.search(params.id, q, limit), next_cursor: null };
      const data = await knowledge.list(params.id, { limit, ...(cursor ? { after: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/:id/knowledge',
      summary:
        'Give an agent documents: JSON with text, or files as multipart/form-data; one of the same name is replaced',
      tag,
      action: 'operate',
      params: idParams,
      body: pasted,
      takesFiles: true,
      status: 201,
    },
    async ({ params, body, actor, context }) => {
      await getAgent(db, params.id);
      const uploads = isForm(context) ? await uploadsOf(context) : [pastedUpload(body)];
      const data: UploadedDocument[] = [];
      for (const upload of uploads) {
        const { document, outcome } = await knowledge.add({ ...upload, agentId: params.id, by: actor });
        data.push({ ...document, outcome });
        if (outcome === 'unchanged') continue;
        const details = { agentId: params.id, name: document.name, bytes: document.bytes };
        await service.audit.record({ actor, action: `knowledge.${outcome}`, subject: document.id, details });
      }
      await changed();
      const [only] = data;
      return isForm(context) ? { data, next_cursor: null } : only;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/knowledge/:documentId',
      summary: 'Read a document as the agent does: its passages, in order',
      tag,
      action: 'read',
      params: documentParams,
    },
    ({ params }) => knowledge.get(params.id, params.documentId),
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/agents/:id/knowledge/:documentId',
      summary: 'Take a document away from an agent',
      tag,
      action: 'operate',
      params: documentParams,
      status: 204,
    },
    async ({ params, actor }) => {
      const removed = await knowledge.remove(params.id, params.documentId);
      const details = { agentId: params.id, name: removed };
      await service.audit.record({ actor, action: 'knowledge.removed', subject: params.documentId, details });
      await changed();
    },
  );
}

type Given = Pick<Upload, 'name' | 'bytes' | 'kind'>;

function pastedUpload({ name: title, text, kind: named }: z.infer<typeof pasted>): Given {
  return { name: title, bytes: Buffer.from(text), kind: named ?? kindOf(title) ?? 'markdown' };
}

/** @throws Problem 400, 422 */
async function uploadsOf(context: ApiContext): Promise<Given[]> {
  const files = await filesOf(context);
  if (files.length === 0) throw invalidInput([{ path: 'file', message: 'Send at least one file.' }]);
  if (files.length > mostFiles)
    throw invalidInput([{ path: 'file', message: `Send at most ${mostFiles} files at a time.` }]);
  return Promise.all(
    files.map(async (file) => {
      const parsed = name.safeParse(file.name);
      if (!parsed.success)
        throw invalidInput([{ path: 'file', message: 'A file needs a name of at most 200 characters.' }]);
      return { name: cleanText(storableText(parsed.data)), bytes: await file.bytes() };
    }),
  );
}
