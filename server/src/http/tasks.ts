import { z } from 'zod';
import { checkEvent, nextTimes, triggerSchema, wordsOf } from '../automations/trigger.ts';
import { type ApiApp, addRoute, idParams, nameText, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const prompt = z.string().trim().min(1, 'Say what the agent should do.').max(20_000);
const newTask = z.strictObject({
  agentId: z.string().max(80),
  /** Where the agent reaches several accounts. */
  connectionId: z.string().max(80).nullable().optional(),
  name: nameText(120),
  prompt,
  trigger: triggerSchema,
  enabled: z.boolean().optional(),
});

export function addTaskRoutes(app: ApiApp, service: Service): void {
  const { tasks } = service;
  const tag = 'Tasks';
  const changed = () => service.live.publish({ kind: 'changed', what: 'tasks' });

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/tasks',
      summary: 'Tasks, oldest first',
      tag,
      action: 'read',
      query: z.strictObject({ ...pageQuery, agentId: z.string().max(80).optional() }),
    },
    async ({ query: { limit, cursor, agentId } }) => {
      const data = await tasks.list({
        limit,
        ...(cursor ? { after: cursor } : {}),
        ...(agentId ? { agentId } : {}),
      });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/tasks',
      summary: 'Give an agent a task, on a schedule, on an event or by hand',
      tag,
      action: 'operate',
      body: newTask,
      status: 201,
    },
    async ({ body, actor }) => {
      const task = await tasks.create(given(body), actor);
      await changed();
      return task;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/tasks/preview',
      summary: 'A trigger in words, and when a schedule would be due next; nothing is kept',
      tag,
      action: 'read',
      body: z.strictObject({ trigger: triggerSchema }),
    },
    async ({ body: { trigger } }) => {
      checkEvent(trigger);
      const next = nextTimes(trigger, service.clock.now(), 4).map((time) => time.toISOString());
      return { when: wordsOf(trigger), next };
    },
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/tasks/:id', summary: 'Read a task', tag, action: 'read', params: idParams },
    async ({ params }) => tasks.get(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'patch',
      path: '/api/tasks/:id',
      summary: 'Change a task, pause it or go on with it',
      tag,
      action: 'operate',
      params: idParams,
      body: newTask.partial(),
    },
    async ({ params, body, actor }) => {
      const task = await tasks.update(params.id, given(body), actor);
      await changed();
      return task;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/tasks/:id',
      summary: 'Delete a task; its runs stay to be read in their threads',
      tag,
      action: 'operate',
      params: idParams,
      status: 204,
    },
    async ({ params, actor }) => {
      await tasks.remove(params.id, actor);
      await changed();
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/tasks/:id/run',
      summary: 'Run a task now',
      tag,
      action: 'operate',
      params: idParams,
      status: 202,
    },
    async ({ params, actor }) => {
      const run = await tasks.run(params.id, actor);
      await changed();
      return run;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/tasks/:id/runs',
      summary: 'Runs of a task, newest first',
      tag,
      action: 'read',
      params: idParams,
      query: z.strictObject(pageQuery),
    },
    async ({ params, query: { limit, cursor } }) => {
      const data = await tasks.runs(params.id, { limit, ...(cursor ? { before: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );
}

/** What was left out of a body is left alone. */
function given<T extends object>(body: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
