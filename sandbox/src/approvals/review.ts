import type { Account } from '../account.ts';
import { invalidRequest, StripeFault } from '../wire/errors.ts';
import { isoTime } from '../wire/v2.ts';
import {
  type ApprovalRequest,
  announce,
  approvalRequests,
  type HeldAction,
  heldActions,
  moved,
  type Review,
} from './request.ts';
import { forgetAction } from './routes.ts';

export interface Verdict {
  readonly result: 'approved' | 'rejected';
  readonly reason?: string;
  readonly reviewer?: string;
}

/** Does a held action; answers what it made. Throws what a client would have been refused with. */
type Carry = (account: Account, action: HeldAction) => { readonly id: string; readonly object: string };

/**
 * A second person's verdict. Once approved the action is done at once, together with the note of it or, where it is
 * refused, not at all; then the request has failed and says why. Throws Stripe's 400 when nothing waits for a verdict.
 */
export function review(account: Account, id: string, verdict: Verdict, carry: Carry): ApprovalRequest {
  const request = account.of(approvalRequests).get(id);
  const action = account.of(heldActions).get(id);
  if (!request || !action || request.status !== 'requires_review')
    throw invalidRequest(`The approval request ${id} does not wait for a review.`, { param: 'id' });
  if (verdict.result === 'rejected')
    return account.transact(() =>
      settle(account, request, 'rejected', { review: reviewOf(account, verdict) }),
    );
  try {
    return account.transact(() => {
      const result = carry(account, action);
      return settle(account, request, 'succeeded', {
        review: reviewOf(account, verdict),
        status_details: { succeeded: { result: { id: result.id, object: result.object } } },
      });
    });
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    const { type, code = null, message } = error.body;
    return account.transact(() =>
      settle(account, request, 'failed', {
        review: reviewOf(account, verdict),
        status_details: { failed: { error_code: code, error_message: message, error_type: type } },
      }),
    );
  }
}

function settle(
  account: Account,
  request: ApprovalRequest,
  status: 'failed' | 'rejected' | 'succeeded',
  more: Pick<ApprovalRequest, 'review'> & Partial<Pick<ApprovalRequest, 'status_details'>>,
): ApprovalRequest {
  forgetAction(account, request.id);
  const next = moved(request, status, account.ownNow(), more);
  account.of(approvalRequests).put(next);
  if (status !== 'rejected') announce(account, request.id, 'approved');
  announce(account, request.id, status);
  return next;
}

function reviewOf(account: Account, { result, reason, reviewer }: Verdict): Review {
  return {
    reason: reason ?? null,
    result,
    reviewed_at: isoTime(account.ownNow()),
    reviewed_by: { type: 'user', user: { email: reviewer ?? 'reviewer@northwind.example' } },
  };
}
