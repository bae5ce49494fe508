import { z } from 'zod';
import type { Principal } from '../access/access.ts';
import { can } from '../access/roles.ts';
import type { OutsideAnswer } from '../connections/connection.ts';
import { notFound, Problem } from '../problem.ts';
import { ToolError } from '../tools/tool.ts';
import { decideApprovals } from './approvals.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';

/** What a connection is told of what happens here, and what people answer there. */
export function addAnnouncementRoutes(app: ApiApp, service: Service): void {
  const { announcements } = service;
  const tag = 'Connections';

  // No sign-in: the far side's signature over the raw body says who it is.
  app.post('/webhooks/answers/:connectionId', async (context) => {
    const raw = await context.req.text();
    const { connectionId } = context.req.param();
    const header = (name: string) => context.req.header(name);
    const answer = await service.connections.readAnswer(connectionId, { raw, header });
    if (answer) await takeAnswer(service, answer);
    return context.body(null, 200);
  });

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id/announcements',
      summary: 'What a connection was told of what happens here, newest first',
      tag,
      action: 'read',
      params: idParams,
      query: z.strictObject(pageQuery),
    },
    async ({ params, query: { limit, cursor } }) => {
      await service.connections.get(params.id);
      const data = await announcements.list(params.id, { limit, ...(cursor ? { before: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/connections/:id/announcements/:announcementId/retry',
      summary: 'Tell it again what could not be told',
      tag,
      action: 'operate',
      params: z.strictObject({ id: z.string().max(80), announcementId: z.string().max(80) }),
      status: 202,
    },
    async ({ params: { id, announcementId } }) => {
      if (!(await announcements.retry(id, announcementId)))
        throw notFound('announcement that failed', announcementId);
      return { queued: true };
    },
  );
}

/** A press of a button is that person's act, with the rights they have here: nobody else's, and no more. */
async function takeAnswer(service: Service, answer: OutsideAnswer): Promise<void> {
  const told = await settle(service, answer);
  // Whoever pressed is told why it did not count; what did is seen in the message itself.
  await answer.tell(told).catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
  });
}

async function settle(service: Service, answer: OutsideAnswer): Promise<string> {
  const { email, approvalId, digest, approve } = answer;
  const person = email === null ? null : await service.access.personByEmail(email);
  if (!person)
    return 'Nobody in Purser has the address of your profile here, so this does not count. Ask an owner to invite you.';
  if (!can(person.role, 'approve'))
    return `Your role in Purser (${person.role}) does not allow you to approve. An owner can give another role.`;
  const shown = await service.database.db
    .selectFrom('approvals')
    .select('digest')
    .where('id', '=', approvalId)
    .executeTakeFirst();
  if (shown?.digest !== digest) return 'This is not what waits for an approval any more. Open it in Purser.';
  try {
    await decideApprovals(service, [approvalId], { decision: approve ? 'approve' : 'reject' }, stale(person));
    return approve ? 'Approved.' : 'Rejected.';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.code === 'step_up_required'
      ? 'This amount needs a fresh proof of who you are. Open it in Purser and approve it there.'
      : error.detail;
  }
}

/** Whoever presses a button there has proven nothing here: what needs a fresh proof is not approved by it. */
const stale = (person: Principal): Principal => ({
  ...person,
  session: { id: 'outside', provenAt: new Date(0), proofs: ['password'], owesSecondFactor: false },
});
