import { z } from 'zod';
import { getAgent } from '../agents/agents.ts';
import { invalidInput } from '../problem.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

const scope = z.enum(['all', 'agent', 'connection']);
const subject = z.string().max(80).default('');

/** The kill switch: whoever may approve may halt; only an owner starts things again. */
export function addHaltRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const tag = 'Halts';
  const changed = () => service.live.publish({ kind: 'changed', what: 'settings' });

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/halts', summary: 'What stands still', tag, action: 'read' },
    async () => ({ data: await service.halts.list(), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/halts',
      summary: 'Halt an agent, a connection or everything: running turns stop, and nothing is written',
      tag,
      action: 'approve',
      body: z.strictObject({
        scope,
        subject,
        reason: z.string().trim().min(1, 'Say why.').max(500),
      }),
      status: 201,
    },
    async ({ body, actor }) => {
      await checkSubject(body);
      const halt = await service.halts.halt(body, actor);
      await service.runs.cancelAll({
        ...(body.scope === 'agent' ? { agentId: body.subject } : {}),
        ...(body.scope === 'connection' ? { connectionId: body.subject } : {}),
      });
      await changed();
      return halt;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/halts',
      summary: 'Lift a halt',
      tag,
      action: 'administer',
      query: z.strictObject({ scope, subject }),
      status: 204,
    },
    async ({ query, actor }) => {
      await service.halts.lift(query, actor);
      await changed();
    },
  );

  async function checkSubject(halt: {
    scope: 'all' | 'agent' | 'connection';
    subject: string;
  }): Promise<void> {
    if ((halt.scope === 'all') !== (halt.subject === ''))
      throw invalidInput([
        { path: 'subject', message: 'Name the agent or connection by its id; leave it out for all.' },
      ]);
    if (halt.scope === 'agent') await getAgent(db, halt.subject);
    if (halt.scope === 'connection') await service.connections.get(halt.subject);
  }
}
