import { z } from 'zod';
import {
  attachConnection,
  createAgent,
  deleteAgent,
  detachConnection,
  getAgent,
  listAgents,
  updateAgent,
} from '../agents/agents.ts';
import { agentLimitsSchema } from '../agents/limits.ts';
import { type Policy, policySchema } from '../guard/policy.ts';
import { invalidInput } from '../problem.ts';
import { type ApiApp, addRoute, idParams, nameText, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const name = nameText(120);
const description = z.string().max(2_000);
const instructions = z.string().max(100_000);
const model = z.string().trim().min(1, 'Name a model, or send null for the default.').max(200).nullable();

const newAgent = z.strictObject({
  name,
  description: description.optional(),
  instructions: instructions.optional(),
  model: model.optional(),
  limits: agentLimitsSchema.optional(),
});
const agentChange = newAgent.partial();

const readingRequest = z.strictObject({
  text: z.string().trim().min(1).max(20_000),
  /** Read in the light of what was said there. */
  threadId: z.string().max(80).optional(),
});

const attachment = z.strictObject({ id: z.string(), connectionId: z.string() });
const tag = 'Agents';

export function addAgentRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const changed = () => service.live.publish({ kind: 'changed', what: 'agents' });

  /** A preset brings its policy, unless another is given. @throws Problem 422 for a preset the type has not. */
  async function termsOf(
    connectionId: string,
    { policy, preset: name }: { policy?: Policy | undefined; preset?: string | undefined },
  ): Promise<{ policy?: Policy; preset?: string }> {
    if (name === undefined) return policy ? { policy } : {};
    const { type } = await service.connections.get(connectionId);
    const presets = service.connections.types().find((each) => each.type === type)?.presets ?? [];
    const preset = presets.find((each) => each.name === name);
    if (preset) return { preset: name, policy: policy ?? policySchema.parse(preset.policy) };
    const message = `There is no preset "${name}". Choose one of: ${presets.map((each) => each.name).join(', ')}.`;
    throw invalidInput([{ path: 'preset', message }]);
  }

  function checkModel(chosen: string | null | undefined): void {
    if (!chosen || service.models.isKnown(chosen)) return;
    const message = `"${chosen}" names no model. Use "builtin" or provider/model, such as anthropic/claude-… or openai-compatible/….`;
    throw invalidInput([{ path: 'model', message }]);
  }

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents',
      summary: 'List agents',
      tag,
      action: 'read',
      query: z.strictObject(pageQuery),
    },
    async ({ query: { limit, cursor } }) => {
      const data = await listAgents(db, { limit, ...(cursor ? { after: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents/:id/reading',
      summary: 'How the built-in model would read a message, stage by stage; nothing is done',
      tag,
      action: 'read',
      params: idParams,
      body: readingRequest,
    },
    async ({ params: { id }, body }) => ({ markdown: await service.explain({ agentId: id, ...body }) }),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/agents',
      summary: 'Create an agent',
      tag,
      action: 'operate',
      body: newAgent,
      status: 201,
    },
    async ({ body, actor }) => {
      checkModel(body.model);
      const agent = await createAgent(db, body, actor);
      await service.audit.record({
        actor,
        action: 'agent.created',
        subject: agent.id,
        details: { name: agent.name },
      });
      await changed();
      return agent;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id',
      summary: 'Read an agent',
      tag,
      action: 'read',
      params: idParams,
    },
    ({ params }) => getAgent(db, params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'patch',
      path: '/api/agents/:id',
      summary: 'Change an agent; new instructions hold from its next turn on',
      tag,
      action: 'operate',
      params: idParams,
      body: agentChange,
    },
    async ({ params, body, actor }) => {
      checkModel(body.model);
      const agent = await updateAgent(db, params.id, body, actor);
      await service.audit.record({ actor, action: 'agent.updated', subject: agent.id, details: body });
      await changed();
      return agent;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/agents/:id',
      summary: 'Delete an agent; its threads stay to be read',
      tag,
      action: 'operate',
      params: idParams,
      status: 204,
    },
    async ({ params, actor }) => {
      await deleteAgent(db, params.id);
      await service.audit.record({ actor, action: 'agent.deleted', subject: params.id });
      await changed();
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'put',
      path: '/api/agents/:id/connections/:connectionId',
      summary: 'Attach a connection, or replace its policy',
      tag,
      action: 'administer',
      fresh: true,
      params: attachment,
      body: z.strictObject({
        policy: policySchema.optional(),
        /** Which tools it carries; without a policy it brings its own. */
        preset: z.string().max(40).optional(),
      }),
    },
    async ({ params, body, actor }) => {
      const terms = await termsOf(params.connectionId, body);
      const agent = await attachConnection(db, params.id, params.connectionId, terms);
      const details = { connectionId: params.connectionId, ...terms };
      await service.audit.record({ actor, action: 'agent.connection_attached', subject: params.id, details });
      await changed();
      return agent;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/agents/:id/connections/:connectionId',
      summary: 'Detach a connection',
      tag,
      action: 'administer',
      fresh: true,
      params: attachment,
      status: 204,
    },
    async ({ params, actor }) => {
      await detachConnection(db, params.id, params.connectionId);
      const details = { connectionId: params.connectionId };
      await service.audit.record({ actor, action: 'agent.connection_detached', subject: params.id, details });
      await changed();
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/agents/:id/suggestions',
      summary: 'Requests that make sense now, from the state of the account',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => {
      const agent = await getAgent(db, params.id);
      const connection = agent.connections.find((each) => each.beside === null);
      return { data: connection ? await service.connections.suggestions(connection.connectionId) : [] };
    },
  );
}
