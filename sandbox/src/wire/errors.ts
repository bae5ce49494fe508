import type Stripe from 'stripe';
import type { Wire } from './shapes.ts';

/** The error codes that the SDK lists. */
type ListedCode = NonNullable<Wire<Stripe.PaymentIntent.LastPaymentError>['code']>;
/** Documented with lists, with subscriptions, or answered for transfers, and not in the SDK's list. */
const unlistedCodes = [
  'property_forbidden',
  'subscription_payment_intent_requires_action',
  'insufficient_capabilities_for_transfer',
  'sandbox_not_supported',
] as const;
type UnlistedCode = (typeof unlistedCodes)[number];

/** The error codes that Stripe answers. */
export type ErrorCode = ListedCode | Exclude<UnlistedCode, 'sandbox_not_supported'>;

/** A code as an object that remembers an error can have it. */
export function listedCode(code: ErrorBody['code']): ListedCode | undefined {
  return code === undefined || isUnlisted(code) ? undefined : code;
}

function isUnlisted(code: ListedCode | UnlistedCode): code is UnlistedCode {
  return unlistedCodes.some((unlisted) => unlisted === code);
}

/** The `error` object of Stripe's error bodies. */
export interface ErrorBody {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: ListedCode | UnlistedCode;
  readonly param?: string;
  readonly decline_code?: string;
  readonly doc_url?: string;
  readonly request_log_url?: string;
  readonly advice_code?: string;
  readonly network_decline_code?: string;
  readonly charge?: string;
  /** What waits for a second person's approval. */
  readonly approval_request?: {
    readonly id: string;
    readonly action: string;
    readonly status: string;
    readonly dashboard_url: string;
    readonly expires_at: string;
  };
  readonly payment_intent?: Wire<Stripe.PaymentIntent>;
  readonly payment_method?: Wire<Stripe.PaymentMethod>;
  readonly setup_intent?: Wire<Stripe.SetupIntent>;
}

/**
 * A refusal as Stripe words it. Thrown inside a change it undoes the change, unless `keeps` is set: a declined card
 * is an error to the caller, yet the failed charge stays.
 */
export class StripeFault extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly keeps: boolean;
  /** What API v2 calls it, where it has a type or a code of its own. */
  readonly v2Type: string | undefined;
  readonly v2Code: string | undefined;
  /** Sent with the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    body: ErrorBody,
    options: {
      keeps?: boolean;
      headers?: Readonly<Record<string, string>>;
      v2Type?: string;
      v2Code?: string;
    } = {},
  ) {
    super(body.message);
    this.name = 'StripeFault';
    this.status = status;
    this.body = body.code ? { doc_url: docUrl(body.code), ...body } : body;
    this.keeps = options.keeps ?? false;
    this.v2Type = options.v2Type;
    this.v2Code = options.v2Code;
    this.headers = options.headers ?? {};
  }
}

/** Where Stripe explains an error code. */
export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

/** 400: the request cannot be done as asked. */
export function invalidRequest(
  message: string,
  details: { param?: string; code?: ErrorCode } = {},
): StripeFault {
  return new StripeFault(400, { type: 'invalid_request_error', message, ...details });
}

/** 400 for an id in a parameter, 404 for the object in the address (`param` is then `id`). */
export function noSuch(
  kind: string,
  id: string,
  param: string,
  status: 400 | 404 = param === 'id' ? 404 : 400,
): StripeFault {
  const message = `No such ${kind}: '${id}'`;
  return new StripeFault(status, { type: 'invalid_request_error', code: 'resource_missing', param, message });
}

export function missingParam(param: string): StripeFault {
  return invalidRequest(`Missing required param: ${param}.`, { param, code: 'parameter_missing' });
}

/** 401: the key is missing or unknown. */
export function unauthorized(message: string, code?: ErrorCode): StripeFault {
  return new StripeFault(401, { type: 'invalid_request_error', message, ...(code ? { code } : {}) });
}

/**
 * 429: somebody else is at the object. The status is that of rate limits and the SDKs tell it from them by the code and
 * by being told to retry.
 */
export function lockTimeout(): StripeFault {
  const body = {
    type: 'invalid_request_error',
    code: 'lock_timeout',
    message:
      'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate. For more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.',
  } as const;
  return new StripeFault(429, body, { headers: { 'stripe-should-retry': 'true' } });
}

/** 501: an endpoint that Stripe has and the sandbox does not. */
export function notSupported(what: string): StripeFault {
  const body = {
    type: 'api_error',
    code: 'sandbox_not_supported',
    message: `The sandbox does not support ${what} yet. Stripe does; nothing was done.`,
  } as const;
  // Asking again will not help; the SDKs would, three times.
  return new StripeFault(501, body, { headers: { 'stripe-should-retry': 'false' } });
}
