import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { approvalsVersion } from '../approval-request.ts';
import { idField, limitField } from '../fields.ts';
import { listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { compact } from '../views/shape.ts';

const path = '/v2/core/approval_requests';
const statuses = ['requires_review', 'succeeded', 'rejected', 'failed', 'canceled', 'expired'] as const;

const requestSchema = z.object({
  id: z.string(),
  action: z.string(),
  status: z.string(),
  created: z.string(),
  expires_at: z.string().nullish(),
  dashboard_url: z.string().nullish(),
  reason: z.string().nullish(),
  rule: z.object({ name: z.string().nullish() }).nullish(),
  review: z.object({ reason: z.string().nullish(), result: z.string().nullish() }).nullish(),
});
type ApprovalRequest = z.infer<typeof requestSchema>;

const pageSchema = z.object({ data: z.array(requestSchema), next_page_url: z.string().nullish() });

const row = (request: ApprovalRequest): Json =>
  compact({
    id: request.id,
    action: request.action,
    status: request.status,
    rule: request.rule?.name,
    reason: request.reason,
    review: request.review && compact({ result: request.review.result, reason: request.review.reason }),
    decided_at: request.status === 'requires_review' ? request.dashboard_url : undefined,
    created: request.created,
    expires_at: request.expires_at,
  });

const ask = async (api: Stripe, method: 'GET' | 'POST', address: string, key?: string): Promise<unknown> =>
  api.rawRequest(method, address, undefined, {
    apiVersion: approvalsVersion,
    ...(key !== undefined && { idempotencyKey: key }),
  });

async function retrieve(api: Stripe, id: string): Promise<ApprovalRequest> {
  return requestSchema.parse(await ask(api, 'GET', `${path}/${encodeURIComponent(id)}`));
}

function listApprovals(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_stripe_approvals',
    title: 'List Stripe approvals',
    description:
      'Stripe’s own approval requests of the account (rules that want a second person in the Stripe Dashboard), newest first: action, status, who decides where. Approvals of this workspace are not here.',
    input: z.strictObject({
      status: z.enum(statuses).optional().describe('Only those; "requires_review" still wait.'),
      limit: limitField.max(100).optional(),
    }),
    permissions: needs('approval_request:read'),
    words: {
      action: 'list',
      object: 'approval_request',
      synonyms: ['stripe approvals', 'approval requests', 'pending at stripe'],
    },
    async read({ status, limit = 20 }, api) {
      const query = `?limit=${limit}${status ? `&status=${status}` : ''}`;
      const page = pageSchema.parse(await ask(api, 'GET', path + query));
      const complete = !page.next_page_url;
      const listed = {
        items: page.data,
        complete,
        ...(!complete && { stopped: `showing the newest ${limit}` }),
      };
      return {
        view: listView('approval_request', listed, row, { limit }),
        record: page.data,
        summary: listSummary(listed, 'approval request'),
        objects: page.data.map(({ id, action }) => ({ type: 'approval_request', id, label: action })),
      };
    },
  });
}

function cancelApproval(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'cancel_stripe_approval',
    title: 'Cancel Stripe approval',
    description:
      'Withdraws one of Stripe’s own approval requests that still waits: what it held back is not done. To approve or reject it, a person has to use the Stripe Dashboard.',
    effect: 'write',
    input: z.strictObject({ approval_request: idField('approval request', 'apreq_') }),
    sealed: z.object({ id: z.string(), action: z.string() }),
    permissions: needs('approval_request:write'),
    words: {
      action: 'cancel',
      object: 'approval_request',
      synonyms: ['stripe approval', 'withdraw the approval'],
    },
    async plan({ approval_request: id }, api) {
      const request = await retrieve(api, id.trim());
      if (request.status !== 'requires_review')
        throw new ToolError('already_decided', `The approval request ${request.id} is ${request.status}.`, {
          next: 'Nothing is left to withdraw.',
        });
      return {
        preview: {
          summary: `Withdraw Stripe's approval request for ${request.action}`,
          facts: [
            ...(request.rule?.name ? [{ label: 'Rule', value: request.rule.name }] : []),
            { label: 'What it held back', value: 'is not done' },
            { label: 'Can be undone', value: 'no: it has to be asked for again' },
          ],
          objects: [{ type: 'approval_request', id: request.id, label: request.action }],
        },
        sealed: { id: request.id, action: request.action },
      };
    },
    async act({ id }, api, context) {
      await ask(api, 'POST', `${path}/${encodeURIComponent(id)}/cancel`, context.idempotencyKey(0));
      return withdrawn(await retrieve(api, id));
    },
    async find({ id }, api) {
      const request = await retrieve(api, id);
      return request.status === 'canceled' ? withdrawn(request) : null;
    },
  });
}

const withdrawn = (request: ApprovalRequest) => ({
  view: { object: 'approval_request', ...(row(request) as { [key: string]: Json }) },
  record: request,
  summary: `Withdrew Stripe's approval request for ${request.action}`,
  objects: [{ type: 'approval_request', id: request.id, label: request.action }],
});

/** Approvals that Stripe itself asks for. */
export function stripeApprovalTools(desk: Desk): Tool[] {
  return [listApprovals(desk), cancelApproval(desk)];
}
