import type { Heard } from '../webhooks/asking.ts';
import { formLimits } from '../wire/form.ts';
import { applyMetadata, type MetadataChange, metadata } from '../wire/params.ts';
import type { PendingRequest, Reason } from './authorization.ts';

/** What the business itself says to a request. */
export interface Verdict {
  readonly approved: boolean;
  /** What to hold, where it may say so. */
  readonly amount?: number;
  readonly metadata?: MetadataChange;
  readonly reason: Reason;
  /** What was wrong with its answer. */
  readonly message: string | null;
}

/** Reads what an endpoint answered to `issuing_authorization.request`. Silence and nonsense are a no. */
export function verdictOf(heard: Heard, request: PendingRequest): Verdict {
  if (heard.kind === 'late') return { approved: false, reason: 'webhook_timeout', message: null };
  if (heard.kind === 'failed') return invalid('The webhook endpoint could not be reached.');
  if (heard.status !== 200)
    return invalid(`The webhook endpoint answered with the status ${heard.status} instead of 200.`);
  if (heard.version === null) return invalid('The response has no `Stripe-Version` header.');
  const body = parsed(heard.body);
  if (body === null) return invalid('The response body is not a JSON object.');
  const { amount, approved, metadata: meta } = body;
  if (typeof approved !== 'boolean')
    return invalid('The response body must have `approved`, which is true or false.');
  const wrong = wrongAmount(amount, request);
  if (wrong !== null) return invalid(wrong);
  try {
    return {
      approved,
      ...(typeof amount === 'number' ? { amount } : {}),
      ...(meta === undefined ? {} : { metadata: readMetadata(meta) }),
      reason: approved ? 'webhook_approved' : 'webhook_declined',
      message: null,
    };
  } catch (error) {
    return invalid(error instanceof Error ? error.message : 'Invalid metadata.');
  }
}

function invalid(message: string): Verdict {
  return { approved: false, reason: 'webhook_error', message };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  if (text.length > formLimits.bytes) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function wrongAmount(amount: unknown, request: PendingRequest): string | null {
  if (amount === undefined || amount === null) return null;
  if (!request.is_amount_controllable)
    return '`amount` can only be given when `is_amount_controllable` is true.';
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount <= 0)
    return '`amount` must be a positive integer.';
  return amount > request.amount ? `\`amount\` must be at most what is requested: ${request.amount}.` : null;
}

/** Throws Stripe's refusal of metadata that cannot be. */
function readMetadata(value: unknown): MetadataChange {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const read = metadata().parse(
    Object.fromEntries(entries.map(([name, item]) => [name, String(item)])),
    'metadata',
  );
  applyMetadata({}, read);
  return read;
}
