import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { record } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { planDeliveries } from '../webhooks/plan.ts';
import type { FormMap } from '../wire/form.ts';
import { isoTime } from '../wire/v2.ts';
import type { Action } from './rule.ts';

/**
 * An approval request, as Stripe's reference describes it for 2026-08-26.preview.
 *
 * ```
 * requires_review ──approve──▶ the action is done ──▶ succeeded, or failed where it is refused
 *        ├──reject──▶ rejected
 *        ├──cancel──▶ canceled
 *        └──14 days──▶ expired
 * ```
 */
export interface ApprovalRequest {
  readonly id: string;
  readonly object: 'v2.core.approval_request';
  readonly action: Action;
  readonly created: string;
  readonly dashboard_url: string;
  readonly expires_at: string;
  readonly livemode: boolean;
  readonly reason: string | null;
  readonly requested_by: {
    readonly type: 'api_key';
    readonly api_key: { readonly id: string; readonly name: string };
  };
  readonly review: Review | null;
  readonly rule: { readonly name: string | null };
  readonly status: ApprovalStatus;
  readonly status_details: StatusDetails | null;
  readonly status_transitions: Readonly<Record<Transition, string | null>>;
}
export type ApprovalStatus = 'canceled' | 'expired' | 'failed' | 'rejected' | 'requires_review' | 'succeeded';
type Transition = 'approved_at' | 'canceled_at' | 'expired_at' | 'failed_at' | 'rejected_at' | 'succeeded_at';

export interface Review {
  readonly reason: string | null;
  readonly result: 'approved' | 'rejected';
  readonly reviewed_at: string;
  readonly reviewed_by: { readonly type: 'user'; readonly user: { readonly email: string } };
}

export interface StatusDetails {
  readonly failed?: {
    readonly error_code: string | null;
    readonly error_message: string;
    readonly error_type: string;
  };
  readonly succeeded?: { readonly result: { readonly id: string; readonly object: string } };
}

export const approvalRequests: CollectionSpec<ApprovalRequest> = { name: 'approval_requests', indexes: {} };

/** What is done once it is approved; under the same id. */
export interface HeldAction {
  readonly id: string;
  /** The connected account it is done on; null for the account itself. */
  readonly account: string | null;
  readonly method: 'DELETE' | 'POST';
  readonly path: string;
  readonly form: FormMap;
  /** The API version it was asked in. */
  readonly version: string;
  /** The job that lets the request expire. */
  readonly job: string;
}

export const heldActions: CollectionSpec<HeldAction> = { name: 'approval_actions', indexes: {} };

/** How long a request waits for its review. */
export const reviewSeconds = 14 * day;

const nothingYet: ApprovalRequest['status_transitions'] = {
  approved_at: null,
  canceled_at: null,
  expired_at: null,
  failed_at: null,
  rejected_at: null,
  succeeded_at: null,
};

export function newRequest(
  account: Account,
  made: Pick<ApprovalRequest, 'action' | 'id' | 'requested_by' | 'rule'>,
): ApprovalRequest {
  const now = account.ownNow();
  return {
    ...made,
    object: 'v2.core.approval_request',
    created: isoTime(now),
    dashboard_url: `https://dashboard.stripe.com/${account.id}/settings/approvals/requests/${made.id}`,
    expires_at: isoTime(now + reviewSeconds),
    livemode: account.livemode,
    reason: null,
    review: null,
    status: 'requires_review',
    status_details: null,
    status_transitions: nothingYet,
  };
}

/** The request in a further state; from the review on nothing waits for it any more. */
export function moved(
  request: ApprovalRequest,
  status: Exclude<ApprovalStatus, 'requires_review'>,
  now: number,
  more: Partial<Pick<ApprovalRequest, 'review' | 'status_details'>> = {},
): ApprovalRequest {
  const at = isoTime(now);
  const isApproved = more.review?.result === 'approved';
  return {
    ...request,
    ...more,
    status,
    status_transitions: {
      ...request.status_transitions,
      ...(isApproved ? { approved_at: at } : {}),
      [`${status}_at`]: at,
    },
  };
}

/** Says what happened to a request, to whoever listens for thin events. */
export function announce(account: Account, id: string, what: ApprovalStatus | 'approved' | 'created'): void {
  const related = { id, type: 'v2.core.approval_request', url: `/v2/core/approval_requests/${id}` };
  planDeliveries(account, record(account, `v2.core.approval_request.${what}`, related));
}
