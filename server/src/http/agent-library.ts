import { z } from 'zod';
import { type Agent, createAgent, duplicateAgent, getAgent } from '../agents/agents.ts';
import { agentFileSchema, fileNameOf, toFile } from '../agents/portable.ts';
import { proposeAgent } from '../agents/propose.ts';
import { agentTemplates } from '../agents/templates.ts';
import { invalidInput } from '../problem.ts';
import { type ApiApp, addRoute, idParams, nameText } from './route.ts';
import type { Service } from './service.ts';

const tag = 'Agents';

/** Ways to an agent: from a template, another agent, a file, or a description in plain words. */
export function addAgentLibraryRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const changed = () => service.live.publish({ kind: 'changed', what: 'agents' });

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/agents/templates', summary: 'Agents to start from', tag, action: 'read' },
    async () => ({ data: agentTemplates, next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/proposals',
      summary:
        'Describe what you need: instructions, tools, least permissions and policy; nothing is created',
      tag,
      action: 'operate',
      body: z.strictObject({
        text: z.string().trim().min(10, 'Describe it in a sentence or two.').max(4_000),
        /** Whose tools it may have; may be left out where there is one account. */
        connectionId: z.string().max(80).optional(),
      }),
    },
    async ({ body: { text, connectionId } }) => {
      const connection = await accountFor(connectionId);
      const presets = service.connections.types().find(({ type }) => type === 'stripe')?.presets ?? [];
      const { tools } = connection ? await service.openConnection(connection) : { tools: [] };
      return { ...proposeAgent(text, { tools, presets }), connectionId: connection };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/import',
      summary: 'Create an agent from a file; it reaches no account until an owner attaches one',
      tag,
      action: 'operate',
      body: agentFileSchema,
      status: 201,
    },
    async ({ body: { name, description, instructions, model, limits }, actor }) => {
      if (model && !service.models.isKnown(model))
        throw invalidInput([
          { path: 'model', message: `"${model}" names no model. Use null for the default.` },
        ]);
      const agent = await createAgent(db, { name, description, instructions, model, limits }, actor);
      return announced(agent, 'agent.imported', { name }, actor);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/export',
      summary: 'An agent as a file, without keys, accounts, people and documents',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => {
      const agent = await getAgent(db, params.id);
      return Response.json(toFile(agent), {
        headers: { 'Content-Disposition': `attachment; filename="${fileNameOf(agent)}"` },
      });
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/:id/duplicate',
      summary: 'Another agent with the same instructions, model, limits, connections, policies and documents',
      tag,
      action: 'administer',
      params: idParams,
      body: z.strictObject({ name: nameText(120).optional() }),
      status: 201,
    },
    async ({ params, body, actor }) => {
      const agent = await duplicateAgent(db, params.id, body.name, actor);
      return announced(agent, 'agent.duplicated', { from: params.id, name: agent.name }, actor);
    },
  );

  async function announced(
    agent: Agent,
    action: string,
    details: { [key: string]: string },
    actor: Parameters<typeof service.audit.record>[0]['actor'],
  ): Promise<Agent> {
    await service.audit.record({ actor, action, subject: agent.id, details });
    await changed();
    return agent;
  }

  /** The only account where none is named: null where there are none or several. @throws Problem 404 */
  async function accountFor(named: string | undefined): Promise<string | null> {
    if (named !== undefined) return (await service.connections.get(named)).id;
    const accounts = (await service.connections.list()).filter(({ beside }) => beside === null);
    return accounts.length === 1 ? (accounts[0]?.id ?? null) : null;
  }
}
