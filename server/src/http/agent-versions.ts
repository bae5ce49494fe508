import { z } from 'zod';
import { getAgent } from '../agents/agents.ts';
import { modelPricesSchema, readPrices, savePrices, usageOf } from '../agents/limits.ts';
import { diffVersions, listVersions, restoreVersion } from '../agents/versions.ts';
import { invalidInput, notFound } from '../problem.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const versionParams = z.strictObject({ id: z.string().max(80), version: z.string().max(20) });
const day = z.iso.date();
const dayMs = 86_400_000;
const mostDays = 366;

/** What an agent was, how much it used, and what models cost. */
export function addAgentVersionRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/versions',
      summary: 'What an agent was, each time it changed; newest first',
      tag: 'Agents',
      action: 'read',
      params: idParams,
      query: z.strictObject({ ...pageQuery, cursor: z.coerce.number().int().min(1).optional() }),
    },
    async ({ params, query: { limit, cursor } }) => {
      const data = await listVersions(db, params.id, { limit, ...(cursor ? { before: cursor } : {}) });
      const last = data.length === limit ? data.at(-1)?.version : undefined;
      return { data, next_cursor: last ? String(last) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/versions/:version/diff',
      summary: 'What a version changed, line by line; against the one before it, or another',
      tag: 'Agents',
      action: 'read',
      params: versionParams,
      query: z.strictObject({ from: z.coerce.number().int().min(1).optional() }),
    },
    ({ params: { id, version }, query }) => {
      const to = numberOf(version);
      return diffVersions(db, id, { from: query.from ?? Math.max(1, to - 1), to });
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/:id/versions/:version/restore',
      summary: 'Make the agent what it was; its connections and policies stay as they are',
      tag: 'Agents',
      action: 'operate',
      params: versionParams,
    },
    async ({ params: { id, version }, actor }) => {
      const agent = await restoreVersion(db, id, numberOf(version), actor);
      await service.audit.record({ actor, action: 'agent.restored', subject: id, details: { version } });
      await service.live.publish({ kind: 'changed', what: 'agents' });
      return agent;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/usage',
      summary:
        'Tokens and cost of an agent by day (UTC) and model; `to` is exclusive, default: the last 30 days',
      tag: 'Agents',
      action: 'read',
      params: idParams,
      query: z.strictObject({ from: day.optional(), to: day.optional() }),
    },
    async ({ params, query }) => {
      await getAgent(db, params.id);
      const to = query.to
        ? new Date(query.to)
        : new Date(Math.ceil(service.clock.now().getTime() / dayMs) * dayMs);
      const from = query.from ? new Date(query.from) : new Date(to.getTime() - 30 * dayMs);
      const days = (to.getTime() - from.getTime()) / dayMs;
      if (days <= 0 || days > mostDays)
        throw invalidInput([{ path: 'query.to', message: `It must be 1 to ${mostDays} days after from.` }]);
      return { data: await usageOf(db, params.id, { from, to }), next_cursor: null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/models/prices',
      summary: 'What models cost, in US dollars per million tokens',
      tag: 'Workspace',
      action: 'read',
    },
    () => readPrices(db),
  );

  addRoute(
    app,
    service,
    {
      method: 'put',
      path: '/api/models/prices',
      summary: 'Enter what models cost, in US dollars per million tokens; replaces all of them',
      tag: 'Workspace',
      action: 'administer',
      body: modelPricesSchema,
    },
    async ({ body, actor }) => {
      await savePrices(db, body);
      await service.audit.record({ actor, action: 'model_prices.changed', details: body });
      await service.live.publish({ kind: 'changed', what: 'settings' });
      return readPrices(db);
    },
  );
}

/** @throws Problem 404 for what counts no version */
function numberOf(version: string): number {
  if (/^[1-9]\d{0,8}$/.test(version)) return Number(version);
  throw notFound('version of this agent', version);
}
