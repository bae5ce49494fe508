import { z } from 'zod';
import type { Principal } from '../access/access.ts';
import { listApprovals } from '../guard/approval-list.ts';
import { badCursor, invalidInput, notFound } from '../problem.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';
import { requireFreshAbove } from './step-up.ts';
import { restingTurn } from './turn-result.ts';

const approvalDecision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().max(2_000).optional(),
  /** Lets only so much through, in major units of the operation's currency. */
  amount: z.string().trim().max(24).optional(),
});
const waitQuery = z.strictObject({ wait: z.stringbool().default(false) });

export function addApprovalRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const tag = 'Approvals';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/approvals',
      summary: 'What waits, or waited, for a person',
      tag,
      action: 'read',
      query: z.strictObject({
        status: z.enum(['pending', 'decided', 'approved', 'rejected', 'expired', 'void']).optional(),
        threadId: z.string().max(80).optional(),
        order: z.enum(['newest', 'oldest']).default('newest'),
        ...pageQuery,
      }),
    },
    async ({ query: { status, threadId, order, limit, cursor } }) => {
      const filter = { ...(status ? { status } : {}), ...(threadId ? { threadId } : {}) };
      if (cursor && (await listApprovals(db, { id: cursor })).length === 0) throw badCursor();
      const page = { limit, oldestFirst: order === 'oldest', ...(cursor && { after: cursor }) };
      const data = await listApprovals(db, filter, page);
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/approvals/:id',
      summary: 'Read an approval',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => {
      const [approval] = await listApprovals(db, { id: params.id });
      if (!approval) throw notFound('approval', params.id);
      return approval;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/approvals/:id',
      summary: 'Approve or reject, once; with ?wait=true answers when the turn rests',
      tag,
      action: 'approve',
      params: idParams,
      query: waitQuery,
      body: approvalDecision,
    },
    async ({ params, query, body, principal }) => {
      const [run] = await decideApprovals(service, [params.id], body, principal);
      if (query.wait && run) return restingTurn(service, run);
      const [approval] = await listApprovals(db, { id: params.id });
      return approval;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/approvals',
      summary: 'Approve or reject several at once: all of them or none',
      tag,
      action: 'approve',
      body: z.strictObject({
        ids: z
          .array(z.string().max(80))
          .min(1)
          .max(100)
          .refine((ids) => new Set(ids).size === ids.length, 'Name each approval once.'),
        decision: approvalDecision.shape.decision,
        reason: approvalDecision.shape.reason,
      }),
    },
    async ({ body: { ids, ...body }, principal }) => {
      await decideApprovals(service, ids, body, principal);
      const decided = await Promise.all(ids.map((id) => listApprovals(db, { id })));
      return { data: decided.flat(), next_cursor: null };
    },
  );
}

/**
 * A person's word on approvals; what waited for it goes on.
 * @throws Problem as the approvals do
 */
export async function decideApprovals(
  service: Service,
  ids: readonly string[],
  { decision, ...more }: z.infer<typeof approvalDecision>,
  principal: Principal,
) {
  const { type, id, name, madeBy } = principal;
  const approve = decision === 'approve';
  if (approve) await requireFreshAbove(service, principal, ids);
  if (!approve && more.amount !== undefined)
    throw invalidInput([
      { path: 'amount', message: 'An amount goes with an approval, not with a rejection.' },
    ]);
  const runs = await service.approvals.decide(ids, {
    approve,
    ...more,
    by: { type, id, name, ...(madeBy && { madeBy }) },
  });
  for (const { runId, threadId } of runs) {
    await service.runs.resume(runId);
    await service.live.publish({ kind: 'run', threadId, runId });
  }
  await service.live.publish({ kind: 'changed', what: 'approvals' });
  return runs;
}
