import { type ErrorCode, StripeFault } from '../wire/errors.ts';
import type { PaymentIntent } from './intent.ts';

export type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** What can be asked of an intent: by the business, or by the customer who acts. */
type Request =
  | 'change'
  | 'confirm'
  | 'cancel'
  | 'capture'
  | 'increment'
  | 'applyBalance'
  | 'verifyDeposits'
  | 'act';
/** That, or a bank's answer to a debit. */
export type Action = Request | 'settle';

/**
 * Where each action is allowed:
 *
 *                             ┌────────── declined, authentication failed ──────────┐
 *                             ▼                                                      │
 *  requires_payment_method ─▶ requires_confirmation ─confirm─▶ requires_action ─act─▶ (charge) ─▶ succeeded
 *                                        └───────────confirm───────────────────────────▶ │ ├─▶ processing ─settle─▶ succeeded
 *                                                                                          └─▶ requires_capture ─capture─▶ succeeded
 *  all but succeeded ─cancel─▶ canceled;  requires_capture ─in time─▶ canceled
 */
export const allowed: Record<Status, Record<Action, boolean>> = {
  requires_payment_method: may('change', 'confirm', 'cancel'),
  requires_confirmation: may('change', 'confirm', 'cancel'),
  requires_action: may('change', 'confirm', 'cancel', 'applyBalance', 'verifyDeposits', 'act'),
  processing: may('cancel', 'settle'),
  requires_capture: may('cancel', 'capture', 'increment'),
  succeeded: may(),
  canceled: may(),
};

function may(...actions: readonly Action[]): Record<Action, boolean> {
  const can = (action: Action) => actions.includes(action);
  return {
    change: can('change'),
    confirm: can('confirm'),
    cancel: can('cancel'),
    capture: can('capture'),
    increment: can('increment'),
    applyBalance: can('applyBalance'),
    verifyDeposits: can('verifyDeposits'),
    act: can('act'),
    settle: can('settle'),
  };
}

/** Throws Stripe's refusal when an intent is not in a state for an action. `changed`: what a change is about. */
export function requireAllowed(
  intent: PaymentIntent,
  action: Request,
  changed: readonly string[] = [],
): void {
  if (isAllowed(intent, action)) return;
  const [param] = changed;
  throw refusedFor(intent, refusals[action](intent, changed), {
    code: action === 'verifyDeposits' || action === 'applyBalance' ? 'intent_invalid_state' : undefined,
    param,
  });
}

export function isAllowed(intent: PaymentIntent, action: Action): boolean {
  return isStatus(intent.status) && allowed[intent.status][action];
}

function isStatus(status: string): status is Status {
  return Object.hasOwn(allowed, status);
}

/** A 400 about an intent, which rides along. Codes other than the usual are named; null: none. */
export function refusedFor(
  intent: PaymentIntent,
  message: string,
  details: { readonly code?: ErrorCode | null; readonly param?: string } = {},
): StripeFault {
  const { code = 'payment_intent_unexpected_state', param } = details;
  return new StripeFault(400, {
    type: 'invalid_request_error',
    ...(code === null ? {} : { code }),
    message,
    ...(param === undefined ? {} : { param }),
    payment_intent: intent,
  });
}

const refusals: Record<Request, (intent: PaymentIntent, changed: readonly string[]) => string> = {
  change({ status }, changed) {
    const what = changed.join(' and ');
    return `This PaymentIntent's ${what} could not be updated because it has a status of ${status}. You may only update the ${what} of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, requires_action.`;
  },
  confirm({ status }) {
    return status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be confirmed: requires_confirmation, requires_action.`;
  },
  cancel: ({ status }) =>
    `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action, expired, processing.`,
  capture({ amount, amount_received: received, capture_method: method, status }) {
    if (status !== 'succeeded')
      return `This PaymentIntent could not be captured because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`;
    return method === 'manual' && received >= amount
      ? 'This PaymentIntent could not be captured because it has already been captured.'
      : 'The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount has been released.';
  },
  increment: ({ status }) =>
    `This PaymentIntent could not be incremented because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be incremented: requires_capture.`,
  applyBalance: notActionable,
  verifyDeposits: notActionable,
  act: ({ status }) => `This PaymentIntent does not wait for its customer: it has a status of ${status}.`,
};

function notActionable({ status }: PaymentIntent): string {
  return `This PaymentIntent cannot be actioned on because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be actioned on: ["requires_action"].`;
}
