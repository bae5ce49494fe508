import { type ErrorCode, StripeFault } from '../wire/errors.ts';
import type { SetupIntent } from './setup-intent.ts';

export type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled';
export type Action = 'change' | 'confirm' | 'cancel' | 'verifyDeposits' | 'act';

/**
 * Where each action is allowed:
 *
 *  requires_payment_method ─▶ requires_confirmation ─confirm─▶ [requires_action] ─act─▶ succeeded
 *            ▲───────────────── declined, authentication failed ──────┘
 *  all but succeeded ─cancel─▶ canceled
 */
export const allowed: Record<Status, Record<Action, boolean>> = {
  requires_payment_method: { change: true, confirm: true, cancel: true, verifyDeposits: false, act: false },
  requires_confirmation: { change: true, confirm: true, cancel: true, verifyDeposits: false, act: false },
  requires_action: { change: true, confirm: true, cancel: true, verifyDeposits: true, act: true },
  succeeded: { change: false, confirm: false, cancel: false, verifyDeposits: false, act: false },
  canceled: { change: false, confirm: false, cancel: false, verifyDeposits: false, act: false },
};

export function isAllowed({ status }: SetupIntent, action: Action): boolean {
  return isStatus(status) && allowed[status][action];
}

function isStatus(status: string): status is Status {
  return Object.hasOwn(allowed, status);
}

/** Throws Stripe's refusal when an intent is not in a state for an action. */
export function requireAllowed(intent: SetupIntent, action: Action): void {
  if (isAllowed(intent, action)) return;
  throw refusedFor(intent, refusals[action](intent.status), {
    code: action === 'verifyDeposits' ? 'intent_invalid_state' : 'setup_intent_unexpected_state',
  });
}

/** A 400 about an intent, which rides along. */
export function refusedFor(
  intent: SetupIntent,
  message: string,
  details: { readonly code?: ErrorCode; readonly param?: string } = {},
): StripeFault {
  return new StripeFault(400, { type: 'invalid_request_error', message, ...details, setup_intent: intent });
}

const over = (status: string) =>
  status === 'canceled' ? 'it has been canceled' : 'it has already succeeded';

const refusals: Record<Action, (status: string) => string> = {
  change: (status) => `You cannot update this SetupIntent because ${over(status)}.`,
  confirm: (status) => `You cannot confirm this SetupIntent because ${over(status)}.`,
  cancel: (status) =>
    status === 'canceled'
      ? 'You cannot cancel this SetupIntent because it is already canceled.'
      : `You cannot cancel this SetupIntent because it has a status of ${status}. Only a SetupIntent with one of the following statuses may be canceled: \`requires_payment_method\`, \`requires_confirmation\`, or \`requires_action\`.`,
  verifyDeposits: (status) =>
    `This SetupIntent cannot be actioned on because it has a status of ${status}. Only a SetupIntent with one of the following statuses may be actioned on: ["requires_action"].`,
  act: (status) => `This SetupIntent does not wait for its customer: it has a status of ${status}.`,
};
