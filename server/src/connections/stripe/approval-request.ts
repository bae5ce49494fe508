import type Stripe from 'stripe';
import { z } from 'zod';
import type { OutsideVerdict } from '../../tools/tool.ts';

/** Approval requests are in public preview (docs.stripe.com/api/v2/core/approval_requests). */
export const approvalsVersion = '2026-08-26.preview';

const approvalRequest = z.object({
  status: z.string(),
  review: z.object({ reason: z.string().nullish() }).nullish(),
  status_details: z
    .object({
      failed: z.object({ error_message: z.string().nullish() }).nullish(),
      succeeded: z.object({ result: z.object({ id: z.string(), object: z.string() }).nullish() }).nullish(),
    })
    .nullish(),
});

/** How one of Stripe's own approval requests stands. @throws the SDK's errors */
export async function askApproval(api: Stripe, id: string): Promise<OutsideVerdict> {
  const path = `/v2/core/approval_requests/${encodeURIComponent(id)}`;
  const answer = await api.rawRequest('GET', path, undefined, { apiVersion: approvalsVersion });
  const { status, review, status_details: details } = approvalRequest.parse(answer);
  switch (status) {
    case 'succeeded': {
      const result = details?.succeeded?.result;
      return { status: 'done', ...(result && { object: { type: result.object, id: result.id } }) };
    }
    case 'failed':
      return { status: 'failed', why: details?.failed?.error_message ?? 'Stripe gives no reason.' };
    case 'rejected':
      return { status: 'rejected', why: review?.reason ?? 'no reason was given.' };
    case 'canceled':
      return { status: 'rejected', why: 'the request was cancelled.' };
    case 'expired':
      return { status: 'rejected', why: 'nobody decided in time.' };
    default:
      return { status: 'waiting' };
  }
}
