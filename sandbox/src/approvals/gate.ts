import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { StripeFault } from '../wire/errors.ts';
import type { FormMap } from '../wire/form.ts';
import {
  type ApprovalRequest,
  announce,
  approvalRequests,
  heldActions,
  newRequest,
  reviewSeconds,
} from './request.ts';
import { type Action, type ApprovalRule, actionOf, appliesTo, approvalRules } from './rule.ts';

/** A request that is about to be served. */
interface Asked {
  readonly account: Account;
  readonly method: 'DELETE' | 'GET' | 'POST';
  /** The path as the route declares it, and as it was called. */
  readonly route: string;
  readonly path: string;
  readonly form: FormMap;
  readonly version: string;
}

export const expireJob = 'approval.expire';

/**
 * Holds a request that a rule of the account wants approved: nothing of it is done but the approval request, which the
 * refusal names. Asked again with the same idempotency key, the same refusal comes back.
 * @throws StripeFault 402 `approval_required`, or 403 `action_blocked`.
 */
export function requireApproval(asked: Asked): void {
  const { account } = asked;
  const home = account.platform ?? account;
  if (home.of(approvalRules).size === 0 || asked.method === 'GET') return;
  const action = actionOf(`${asked.method} ${asked.route}`);
  const rule = action && home.of(approvalRules).get(action);
  if (!rule || !appliesTo(rule, { isRestricted: isRestricted(account), amount: amountOf(asked.form) }))
    return;
  if (rule.control === 'block') throw blocked(action);
  throw held(home, hold(home, asked, rule));
}

function hold(home: Account, asked: Asked, rule: ApprovalRule): ApprovalRequest {
  const id = newId('apreq', 24);
  const key = asked.account.request?.key ?? '';
  const request = newRequest(home, {
    id,
    action: rule.id,
    requested_by: {
      type: 'api_key',
      api_key: { id: key, name: isRestricted(asked.account) ? 'Restricted key' : 'Secret key' },
    },
    rule: { name: rule.name },
  });
  home.of(approvalRequests).put(request);
  home.of(heldActions).put({
    id,
    account: asked.account === home ? null : asked.account.id,
    method: asked.method === 'DELETE' ? 'DELETE' : 'POST',
    path: asked.path,
    form: asked.form,
    version: asked.version,
    job: home.schedule(home.ownNow() + reviewSeconds, expireJob, id),
  });
  announce(home, id, 'created');
  return request;
}

function held(home: Account, request: ApprovalRequest): StripeFault {
  const { id, action, status, dashboard_url, expires_at } = request;
  return new StripeFault(
    402,
    {
      type: 'invalid_request_error',
      code: 'approval_required',
      message: `This request needs approval before it is carried out on account ${home.id}. It waits for review as ${id}: ${dashboard_url}`,
      approval_request: { id, action, status, dashboard_url, expires_at },
    },
    { keeps: true },
  );
}

function blocked(action: Action): StripeFault {
  return new StripeFault(403, {
    type: 'invalid_request_error',
    code: 'action_blocked',
    message: `A rule of this account blocks the action ${action}.`,
  });
}

function isRestricted(account: Account): boolean {
  return account.request?.key.startsWith('rk_') ?? false;
}

function amountOf(form: FormMap): number | null {
  return typeof form.amount === 'string' && /^\d{1,15}$/.test(form.amount) ? Number(form.amount) : null;
}
