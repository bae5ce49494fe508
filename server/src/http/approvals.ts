import { z } from 'zod';
import { listApprovals } from '../guard/approvals.ts';
import { getOperation, listOperations } from '../guard/operations.ts';
import { badCursor, notFound } from '../problem.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';
import { restingTurn } from './turn-result.ts';

const approvalDecision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().trim().max(2_000).optional(),
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
        status: z.enum(['pending', 'approved', 'rejected', 'expired', 'void']).optional(),
        threadId: z.string().max(80).optional(),
        ...pageQuery,
      }),
    },
    async ({ query: { status, threadId, limit, cursor } }) => {
      const filter = { ...(status ? { status } : {}), ...(threadId ? { threadId } : {}) };
      if (cursor && (await listApprovals(db, { id: cursor })).length === 0) throw badCursor();
      const data = await listApprovals(db, filter, { limit, ...(cursor ? { before: cursor } : {}) });
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
      const { runId, threadId } = await service.approvals.decide(params.id, {
        approve: body.decision === 'approve',
        ...(body.reason ? { reason: body.reason } : {}),
        by: { type: principal.type, id: principal.id, name: principal.name },
      });
      await service.runs.resume(runId);
      await service.live.publish({ kind: 'run', threadId, runId });
      await service.live.publish({ kind: 'changed', what: 'approvals' });
      if (query.wait) return restingTurn(service, { threadId, runId });
      const [approval] = await listApprovals(db, { id: params.id });
      return approval;
    },
  );
}

export function addOperationRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const tag = 'Operations';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/operations',
      summary: 'Every write, newest first',
      tag,
      action: 'read',
      query: z.strictObject({
        state: z
          .enum([
            'planned',
            'waiting',
            'approved',
            'claimed',
            'sent',
            'done',
            'failed',
            'rejected',
            'unknown',
          ])
          .optional(),
        agentId: z.string().max(80).optional(),
        connectionId: z.string().max(80).optional(),
        ...pageQuery,
      }),
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      if (cursor && !(await getOperation(db, cursor))) throw badCursor();
      const data = await listOperations(db, filter, { limit, ...(cursor ? { before: cursor } : {}) });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/operations/:id',
      summary: 'Read an operation',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => {
      const operation = await getOperation(db, params.id);
      if (!operation) throw notFound('operation', params.id);
      return operation;
    },
  );
}
