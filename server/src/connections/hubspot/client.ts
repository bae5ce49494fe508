/**
 * HubSpot's CRM API, version 3, by a small typed fetch: its own client is 50 MB of every API there is, for the five calls
 * that are needed.
 */
import { z } from 'zod';

import type { ConnectionTarget } from '../connection.ts';
import { credentialForm } from '../credential-fields.ts';
import { explaining, type FarSideFailure } from '../far-side.ts';

export const keyPage = 'https://app.hubspot.com, Settings, Integrations, Private Apps';
const timeoutMs = 20_000;

export const hubspotForm = credentialForm('HubSpot', [
  {
    name: 'token',
    label: 'Private app token',
    secret: true,
    placeholder: 'pat-eu1-…',
    help: `From ${keyPage}: an app with only the scopes named here.`,
    pattern: {
      source: 'pat-[a-z0-9]{2,6}-[A-Za-z0-9-]{8,200}',
      message: 'A private app’s token begins with pat-.',
    },
  },
]);

export type Kind = 'contacts' | 'companies' | 'deals';

const recordSchema = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string().optional(),
  updatedAt: z.string().optional(),
});
export type CrmRecord = z.infer<typeof recordSchema>;

const searchSchema = z.object({ total: z.number(), results: z.array(recordSchema) });
const problemSchema = z.object({ message: z.string(), correlationId: z.string().optional() });
const accountSchema = z.object({
  portalId: z.number(),
  timeZone: z.string().optional(),
  accountType: z.string().optional(),
});

export interface Search {
  readonly filters: readonly {
    readonly propertyName: string;
    readonly operator: 'EQ' | 'GTE';
    readonly value: string;
  }[];
  readonly query?: string | undefined;
  readonly properties: readonly string[];
  readonly limit: number;
  readonly newestFirst?: true;
}

export interface Hubspot {
  account(): Promise<z.infer<typeof accountSchema>>;
  get(kind: Kind | 'notes', id: string, properties: readonly string[]): Promise<CrmRecord>;
  /** By a property that is unique there: a contact's `email`. */
  search(kind: Kind | 'notes', search: Search): Promise<z.infer<typeof searchSchema>>;
  create(
    kind: Kind | 'notes',
    record: { properties: Record<string, string>; associations?: unknown },
  ): Promise<CrmRecord>;
  update(kind: Kind, id: string, properties: Record<string, string>): Promise<CrmRecord>;
  /** The notes that hang on a record, newest last. */
  notesOf(kind: Kind, id: string): Promise<CrmRecord[]>;
}

/** An answer that is no 2xx. */
class HubspotError extends Error {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  constructor(
    status: number,
    message: string,
    requestId: string | undefined,
    retryAfter: number | undefined,
  ) {
    super(message);
    this.name = 'HubspotError';
    this.status = status;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

export function hubspotClient(target: ConnectionTarget, signal?: AbortSignal): Hubspot {
  const base = target.baseUrl ?? 'https://api.hubapi.com';

  async function ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
    const { token } = hubspotForm.parse(target.credentials);
    const timeout = AbortSignal.timeout(timeoutMs);
    const answer = await (target.fetch ?? fetch)(`${base}${path}`, {
      ...{ method, signal: signal ? AbortSignal.any([signal, timeout]) : timeout },
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return schema.parse(JSON.parse(text));
    const problem = problemSchema.safeParse(readJson(text)).data;
    const after = Number(answer.headers.get('retry-after') ?? Number.NaN);
    throw new HubspotError(
      answer.status,
      problem?.message ?? `it answered ${answer.status}`,
      problem?.correlationId,
      Number.isFinite(after) ? after : undefined,
    );
  }

  const at = (kind: string, id = '') => `/crm/v3/objects/${kind}${id && `/${encodeURIComponent(id)}`}`;
  const listed = (properties: readonly string[]) =>
    `?properties=${properties.map(encodeURIComponent).join(',')}`;

  return {
    account: () => ask(accountSchema, 'GET', '/account-info/v3/details'),
    get: (kind, id, properties) => ask(recordSchema, 'GET', `${at(kind, id)}${listed(properties)}`),
    search: (kind, { filters, query, properties, limit, newestFirst }) =>
      ask(searchSchema, 'POST', `${at(kind)}/search`, {
        ...(filters.length > 0 && { filterGroups: [{ filters }] }),
        ...(query && { query }),
        ...{ properties, limit },
        ...(newestFirst && { sorts: [{ propertyName: 'createdate', direction: 'DESCENDING' }] }),
      }),
    create: (kind, record) => ask(recordSchema, 'POST', at(kind), record),
    update: (kind, id, properties) => ask(recordSchema, 'PATCH', at(kind, id), { properties }),
    async notesOf(kind, id) {
      const links = await ask(
        z.object({ results: z.array(z.object({ toObjectId: z.union([z.string(), z.number()]) })) }),
        'GET',
        `/crm/v4/objects/${kind}/${encodeURIComponent(id)}/associations/notes?limit=500`,
      );
      const ids = links.results.map(({ toObjectId }) => String(toObjectId));
      if (ids.length === 0) return [];
      const batch = await ask(
        z.object({ results: z.array(recordSchema) }),
        'POST',
        `${at('notes')}/batch/read`,
        {
          ...{
            properties: ['hs_note_body', 'hs_timestamp'],
            inputs: ids.slice(-100).map((each) => ({ id: each })),
          },
        },
      );
      return batch.results;
    },
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function failureOf(cause: unknown): FarSideFailure {
  const message = cause instanceof Error ? cause.message : String(cause);
  const base = { service: 'HubSpot', keyPage, cause, message };
  if (!(cause instanceof HubspotError)) return base;
  const { status, requestId, retryAfter } = cause;
  return { ...base, status, requestId, retryAfter };
}

export const { reading, writing } = explaining(failureOf);
