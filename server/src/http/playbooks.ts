import { z } from 'zod';
import { invalidInput } from '../problem.ts';
import { type ApiApp, type ApiContext, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const nameParams = z.strictObject({ name: z.string().max(60) });
const connectionId = z.string().min(1).max(80);
const input = z.record(z.string().max(100), z.unknown());
const states = ['working', 'waiting', 'done', 'failed', 'stopped'] as const;

/** The Idempotency-Key of a request. @throws Problem 422 */
export function keyOf(context: ApiContext): string | undefined {
  const key = context.req.header('idempotency-key');
  if (key !== undefined && (key.length === 0 || key.length > 255))
    throw invalidInput([{ path: 'Idempotency-Key', message: 'Use 1 to 255 characters.' }]);
  return key;
}

export function addPlaybookRoutes(app: ApiApp, service: Service): void {
  const { playbooks } = service;
  const tag = 'Playbooks';
  const changed = () => service.live.publish({ kind: 'changed', what: 'playbooks' });
  const ofConnection = z.strictObject({ connectionId: connectionId.optional() });

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/playbooks',
      summary: 'Playbooks: what each does, where it is set up, how its runs ended',
      tag,
      action: 'read',
      query: ofConnection,
    },
    async ({ query }) => ({ data: await playbooks.list(query.connectionId), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/playbooks/:name',
      summary: 'Read a playbook',
      tag,
      action: 'read',
      params: nameParams,
      query: ofConnection,
    },
    async ({ params, query }) => playbooks.get(params.name, query.connectionId),
  );

  addRoute(
    app,
    service,
    {
      method: 'put',
      path: '/api/playbooks/:name/connections/:connectionId',
      summary:
        'Set a playbook up on a connection: its agent, its settings, on or off; what is left out stays',
      tag,
      action: 'administer',
      params: nameParams.extend({ connectionId }),
      body: z.strictObject({
        /** Whose policy, budgets and halts hold for what it writes. */
        agentId: z.string().max(80).optional(),
        enabled: z.boolean().optional(),
        settings: input.optional(),
      }),
    },
    async ({ params, body, actor }) => {
      const setup = await playbooks.set(params.name, params.connectionId, body, actor);
      await changed();
      return setup;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/playbooks/:name/dry-run',
      summary: 'What a playbook would do now, doing nothing: about one input, or all that it finds',
      tag,
      action: 'read',
      params: nameParams,
      body: z.strictObject({ connectionId, settings: input.optional(), input: input.optional() }),
    },
    async ({ params, body: { connectionId: id, ...given } }) => ({
      data: await playbooks.dryRun(params.name, id, given),
      next_cursor: null,
    }),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/playbooks/:name/runs',
      summary:
        'Begin a run about one input, or runs about all that the playbook finds; the Idempotency-Key header is honoured',
      tag,
      action: 'operate',
      params: nameParams,
      body: z.strictObject({ connectionId, input: input.optional() }),
      status: 202,
    },
    async ({ params: { name }, body, actor, context }) => {
      const key = keyOf(context);
      const begun =
        body.input === undefined
          ? await playbooks.beginAll(name, body.connectionId, actor)
          : [await playbooks.begin(name, body.connectionId, { input: body.input, key, by: actor })];
      await changed();
      return { data: begun, next_cursor: null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/playbook-runs',
      summary: 'Runs of playbooks, newest first',
      tag,
      action: 'read',
      query: z.strictObject({
        ...pageQuery,
        playbook: z.string().max(60).optional(),
        connectionId: connectionId.optional(),
        state: z.enum(states).optional(),
      }),
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      const data = await playbooks.runs(filter, { limit, before: cursor });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/playbook-runs/:id',
      summary: 'A run with every step: what was decided and why, and what came of it',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => playbooks.run(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/playbook-runs/:id/ask',
      summary: 'Ask something of a run that is under way, as its playbook offers it: cancel, submit, …',
      tag,
      action: 'operate',
      params: idParams,
      body: z.strictObject({
        what: z.string().min(1).max(60),
        note: z.string().trim().min(1).max(500).optional(),
      }),
      status: 202,
    },
    async ({ params, body, actor }) => {
      await playbooks.ask(params.id, body, actor);
      await changed();
      return playbooks.run(params.id);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/playbook-runs/:id/stop',
      summary: 'End a run for good; what was sent is seen through',
      tag,
      action: 'operate',
      params: idParams,
    },
    async ({ params, actor }) => {
      await playbooks.stop(params.id, actor);
      await changed();
      return playbooks.run(params.id);
    },
  );
}
