import type Stripe from 'stripe';
import type { Mode } from '../../tools/account.ts';
import { type Json, OutcomeUnknown, type Permission, ToolError, WaitsOutside } from '../../tools/tool.ts';
import { isStripeError } from './client.ts';
import { declinedError } from './declined.ts';
import { keysUrl, type MissingPermission, missingPermission } from './permissions.ts';
import { type Exchange, wasNotSent } from './transport.ts';

/** What an error came out of. */
export interface FailedCall {
  readonly kind: 'read' | 'write';
  readonly mode: Mode;
  readonly exchange: Exchange;
  /** What the whole tool needs: a write first reads, and Stripe names only what the request at hand lacked. */
  readonly permissions?: readonly Permission[];
}

type Details = { [key: string]: Json };
type StripeError = Stripe.errors.StripeError;

const detailsOf = (error: StripeError): Details => ({
  ...(error.code && { stripe_code: error.code }),
  ...(error.param && { param: error.param }),
  ...(error.requestId && { request_id: error.requestId }),
});

const made = (
  call: FailedCall,
  cause: unknown,
  code: string,
  message: string,
  next: string,
  details: Details = {},
) => new ToolError(code, message, { next, details, requestIds: call.exchange.requestIds, cause });

/** The level that lets the tool finish: nobody should set Read only to be asked for Write next. */
function wholly(
  missing: MissingPermission | undefined,
  permissions: readonly Permission[] = [],
): MissingPermission | undefined {
  const writes = permissions.some(
    ({ resource, access }) => resource === missing?.resource && access === 'write',
  );
  return missing && writes ? { ...missing, access: 'write' } : missing;
}

function permissionError(error: StripeError, call: FailedCall): ToolError {
  const missing = wholly(missingPermission(error.message), call.permissions);
  const url = keysUrl(call.mode);
  const named = missing ? `${missing.label} (${missing.access})` : 'a permission that Stripe does not name';
  const next = missing
    ? `Edit the key at ${url}, set "${missing.label}" to ${missing.access === 'write' ? 'Write' : 'Read'} and save; then ask again.`
    : `Compare the key's permissions at ${url} with those that Purser lists for this connection.`;
  return made(call, error, 'permission_missing', `The Stripe key lacks the permission ${named}.`, next, {
    ...(missing && { permission: named, resource: missing.resource, access: missing.access }),
    dashboard_url: url,
    ...detailsOf(error),
  });
}

function keyError(error: StripeError, call: FailedCall): ToolError {
  const url = keysUrl(call.mode);
  return error.code === 'api_key_expired'
    ? made(
        call,
        error,
        'key_expired',
        'The Stripe key has expired or was revoked.',
        `Make a new key at ${url} and replace it in the connection.`,
      )
    : made(
        call,
        error,
        'key_wrong',
        'Stripe does not accept the key of this connection.',
        `Check it at ${url} and replace it in the connection.`,
      );
}

function cardError(error: StripeError, call: FailedCall): ToolError {
  const intent = error.payment_intent;
  const facts = {
    ...{ code: error.code, declineCode: error.decline_code, charge: error.charge, intent },
    method: error.payment_method?.id,
  };
  return declinedError(facts, {
    details: detailsOf(error),
    requestIds: call.exchange.requestIds,
    cause: error,
  });
}

function missingError(error: StripeError, call: FailedCall): ToolError {
  if (/similar object exists in (live|test) mode/.test(error.message)) {
    const other = call.mode === 'live' ? 'test' : 'live';
    const message = `That object exists in ${other} mode, and this connection is in ${call.mode} mode.`;
    return made(
      call,
      error,
      'mode_mismatch',
      message,
      `Use a connection in ${other} mode for it.`,
      detailsOf(error),
    );
  }
  const next = 'Check the id; look the object up by listing it.';
  return made(call, error, 'not_found', error.message, next, detailsOf(error));
}

function refusedError(error: StripeError, call: FailedCall): ToolError {
  if (error.code === 'resource_missing') return missingError(error, call);
  const next = error.param
    ? `Change "${error.param}" and try again.`
    : 'Change the request; repeating it as it is will fail again.';
  const code =
    error.code ?? (error.type === 'StripeIdempotencyError' ? 'idempotency_error' : 'invalid_request');
  return made(call, error, code, error.message, next, detailsOf(error));
}

function unavailableError(error: StripeError, call: FailedCall): ToolError {
  if (error.type === 'StripeConnectionError') {
    const next = 'Check the network and the address of the connection; then try again.';
    return made(call, error, 'unreachable', 'Stripe could not be reached.', next, detailsOf(error));
  }
  if (error.statusCode === 501) {
    const next = 'It works with a connection to Stripe itself.';
    return made(call, error, 'not_supported', error.message, next, detailsOf(error));
  }
  const next = 'Try again in a minute; https://status.stripe.com shows how Stripe is.';
  return made(
    call,
    error,
    'stripe_unavailable',
    'Stripe answered with an error of its own.',
    next,
    detailsOf(error),
  );
}

function explain(error: StripeError, call: FailedCall): ToolError {
  switch (error.type) {
    case 'StripePermissionError':
      return permissionError(error, call);
    case 'StripeAuthenticationError':
      return keyError(error, call);
    case 'StripeCardError':
      return cardError(error, call);
    case 'StripeInvalidRequestError':
    case 'StripeIdempotencyError':
      return refusedError(error, call);
    case 'StripeRateLimitError': {
      const locked = error.code === 'lock_timeout';
      const message = locked
        ? 'Stripe is still busy with that object.'
        : 'Stripe is getting too many requests from this account.';
      return made(
        call,
        error,
        locked ? 'lock_timeout' : 'rate_limited',
        message,
        'Try again in a minute.',
        detailsOf(error),
      );
    }
    default:
      return unavailableError(error, call);
  }
}

/** Stripe's own approval request, where an account has rules for what needs a second person. In public preview. */
function approvalAskedFor(error: StripeError): { id: string; url: string } | undefined {
  if (error.code !== 'approval_required') return undefined;
  const raw: unknown = error.raw;
  const request =
    typeof raw === 'object' && raw !== null && 'approval_request' in raw ? raw.approval_request : undefined;
  if (typeof request !== 'object' || request === null || !('id' in request)) return undefined;
  const url = 'dashboard_url' in request ? String(request.dashboard_url) : 'https://dashboard.stripe.com/';
  return { id: String(request.id), url };
}

/** Whether a write may have happened although it failed: something left, and no answer settles it. */
function isUnknown(error: unknown, call: FailedCall): boolean {
  if (call.kind === 'read') return false;
  if (call.exchange.unsettled) return true;
  if (!isStripeError(error)) return false;
  if (error.type === 'StripeConnectionError') return !wasNotSent(error.detail);
  return error.type === 'StripeAPIError' && error.statusCode !== 501;
}

/**
 * Says what an error of the SDK means: a `ToolError` with the next step, or `OutcomeUnknown` for a write of which
 * nobody can say whether it happened. What is not Stripe's comes back as it was.
 */
export function explainFailure(error: unknown, call: FailedCall): unknown {
  if (isUnknown(error, call)) {
    const message = 'The request was sent to Stripe, and no answer tells whether it was carried out.';
    return new OutcomeUnknown(message, { requestIds: call.exchange.requestIds, cause: error });
  }
  if (!isStripeError(error)) return error;
  const asked = call.kind === 'write' ? approvalAskedFor(error) : undefined;
  if (!asked) return explain(error, call);
  const message = 'A rule of the Stripe account wants somebody to approve this in the Stripe Dashboard.';
  return new WaitsOutside(message, { ...asked, requestIds: call.exchange.requestIds, cause: error });
}
