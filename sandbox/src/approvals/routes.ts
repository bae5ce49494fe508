import type { Account } from '../account.ts';
import { type Call, declare, found, type Resource, route } from '../resource.ts';
import { StripeFault } from '../wire/errors.ts';
import { inRange, oneOf, unsettableText } from '../wire/params.ts';
import { rangeQuery, v2PageOf, v2PageParams, v2TimeRange } from '../wire/v2.ts';
import { expireJob } from './gate.ts';
import { type ApprovalRequest, announce, approvalRequests, heldActions, moved } from './request.ts';
import { actions, approvalRules } from './rule.ts';

const permission = 'approval_request';
const path = '/v2/core/approval_requests';
const listParams = {
  ...v2PageParams,
  action: oneOf(...actions),
  created: v2TimeRange,
  status: oneOf('canceled', 'expired', 'failed', 'rejected', 'requires_review', 'succeeded'),
} as const;

function existing(call: Call<unknown>): ApprovalRequest {
  return found(call, approvalRequests, 'approval request');
}

function cancel(call: Call<unknown>): ApprovalRequest {
  const { account } = call;
  const request = existing(call);
  if (request.status !== 'requires_review') throw notCancelable(request);
  return end(account, request, 'canceled');
}

/** Ends a request without its action being done. */
function end(account: Account, request: ApprovalRequest, status: 'canceled' | 'expired'): ApprovalRequest {
  forgetAction(account, request.id);
  const next = moved(request, status, account.ownNow());
  account.of(approvalRequests).put(next);
  announce(account, request.id, status);
  return next;
}

/** Drops what a request held back, and its expiry. */
export function forgetAction(account: Account, id: string): void {
  const held = account.of(heldActions).get(id);
  if (held) account.cancel(held.job);
  account.of(heldActions).delete(id);
}

function notCancelable({ id, status }: ApprovalRequest): StripeFault {
  return new StripeFault(
    409,
    {
      type: 'invalid_request_error',
      message: `The approval request ${id} is ${status} and can no longer be canceled.`,
    },
    { v2Type: status === 'canceled' ? 'already_canceled' : 'not_cancelable' },
  );
}

/** `/v2/core/approval_requests`: what waits for a second person, and what became of it. */
export const approvalResource: Resource = {
  collections: [declare(approvalRequests), declare(approvalRules), declare(heldActions)],
  routes: [
    route('GET', path, { permission, params: listParams }, (call) => {
      const { action, created, status, ...page } = call.params;
      const query = {
        ...rangeQuery('created', created),
        ...(action === undefined ? {} : { action }),
        ...(status === undefined ? {} : { status }),
      };
      return v2PageOf(
        call.account.of(approvalRequests),
        { ...page, url: call.url, query },
        (request) =>
          (action === undefined || request.action === action) &&
          (status === undefined || request.status === status) &&
          inRange(Date.parse(request.created) / 1000, created),
      );
    }),
    route('GET', `${path}/:id`, { permission }, existing),
    route('POST', `${path}/:id`, { permission, params: { reason: unsettableText() } }, (call) => {
      const request = existing(call);
      if (request.status !== 'requires_review')
        throw new StripeFault(400, {
          type: 'invalid_request_error',
          message: `The approval request ${request.id} is ${request.status} and can no longer be changed.`,
        });
      const { reason = request.reason } = call.params;
      return call.account.of(approvalRequests).put({ ...request, reason });
    }),
    route('POST', `${path}/:id/cancel`, { permission }, cancel),
  ],
  jobs: {
    [expireJob]: (account, id) => {
      const request = account.of(approvalRequests).get(id);
      if (request?.status === 'requires_review') end(account, request, 'expired');
    },
  },
};
