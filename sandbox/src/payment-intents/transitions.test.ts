import { beforeEach, describe, expect, test } from 'vitest';
import { type Account, openAccount } from '../account.ts';
import { type Charge, charges, settleCharge } from '../charges/charge.ts';
import { createPaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { registryOf, resources } from '../resources.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { StripeFault } from '../wire/errors.ts';
import { finishAuthentication, verifyIntentDeposits } from './act.ts';
import { type ConfirmOptions, confirmPaymentIntent } from './confirm.ts';
import { createPaymentIntent, type IntentInput, type PaymentIntent, paymentIntents } from './intent.ts';
import { cancelPaymentIntent, capturePaymentIntent, incrementAuthorization } from './settle.ts';
import { type Action, allowed, isAllowed, requireAllowed, type Status } from './transitions.ts';
import { updateFrom } from './update.ts';

/** What is asked, in the ways that can end differently. */
type Input =
  | 'change'
  | 'confirm'
  | 'confirm_declined'
  | 'cancel'
  | 'capture'
  | 'increment'
  | 'verify_deposits'
  | 'authenticate'
  | 'authenticate_fails'
  | 'bank_pays'
  | 'bank_returns';
/** A status it leads to, that it is refused, or that nothing comes of it. */
type Expected = Status | 'refused' | 'ignored';

const nothing = {
  change: 'refused',
  confirm: 'refused',
  confirm_declined: 'refused',
  cancel: 'refused',
  capture: 'refused',
  increment: 'refused',
  verify_deposits: 'refused',
  authenticate: 'refused',
  authenticate_fails: 'refused',
  bank_pays: 'ignored',
  bank_returns: 'ignored',
} as const satisfies Record<Input, Expected>;

/** Every status with every input: a pair left out does not compile. */
const table: Record<Status | 'requires_deposits', Record<Input, Expected>> = {
  requires_payment_method: {
    ...nothing,
    change: 'requires_payment_method',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
  },
  requires_confirmation: {
    ...nothing,
    change: 'requires_confirmation',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
  },
  // 3D Secure
  requires_action: {
    ...nothing,
    change: 'requires_confirmation',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
    authenticate: 'succeeded',
    authenticate_fails: 'requires_payment_method',
  },
  // The same status, waiting for microdeposits of a bank account.
  requires_deposits: {
    ...nothing,
    change: 'requires_confirmation',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
    verify_deposits: 'processing',
    authenticate: 'processing',
    authenticate_fails: 'requires_payment_method',
  },
  processing: {
    ...nothing,
    cancel: 'canceled',
    bank_pays: 'succeeded',
    bank_returns: 'requires_payment_method',
  },
  requires_capture: {
    ...nothing,
    cancel: 'canceled',
    capture: 'succeeded',
    increment: 'requires_capture',
  },
  succeeded: nothing,
  canceled: nothing,
};

let account: Account;
beforeEach(() => {
  account = openAccount({
    id: 'acct_test',
    livemode: false,
    registry: registryOf(resources),
    clock: { now: () => Date.UTC(2026, 0, 1) },
    journal: forgetfulJournal,
    origin: () => 'http://sandbox',
    log: () => {},
  });
});

const methodCalled = (token: string) => resolveMethod(account, token, 'payment_method');
const fresh = (input: Partial<IntentInput> = {}) =>
  createPaymentIntent(account, {
    amount: 1000,
    currency: 'usd',
    methodTypes: ['card', 'us_bank_account'],
    ...input,
  });
const confirmed = (intent: PaymentIntent, token = 'pm_card_visa', options: ConfirmOptions = {}) =>
  confirmPaymentIntent(account, intent, { method: methodCalled(token), ...options }).intent;
const agreed = { acceptance: { type: 'offline' } } as const;
const chargeOf = (intent: PaymentIntent): Charge | undefined =>
  account.of(charges).get(intent.latest_charge ?? '');

/** A debit that the bank will answer in the way that is asked for. */
let bank = 'pm_usBankAccount_success';
const reach: Record<keyof typeof table, () => PaymentIntent> = {
  requires_payment_method: () => fresh(),
  requires_confirmation: () => fresh({ method: methodCalled('pm_card_visa') }),
  requires_action: () => confirmed(fresh(), 'pm_card_authenticationRequired'),
  requires_deposits: () => confirmed(fresh(), unverified(), agreed),
  processing: () => confirmed(fresh(), bank, agreed),
  requires_capture: () =>
    confirmed(
      fresh({
        captureMethod: 'manual',
        options: { card: { request_incremental_authorization: 'if_available' } },
      }),
    ),
  succeeded: () => confirmed(fresh()),
  canceled: () => cancelPaymentIntent(account, fresh(), null),
};

/** A bank account that was typed in: nobody knows yet whose it is. */
function unverified(): string {
  const details = { account_number: '000123456789', routing_number: '110000000' };
  const billing = { name: 'Jenny Rosen' };
  return createPaymentMethod(account, {
    type: 'us_bank_account',
    us_bank_account: details,
    billing_details: billing,
  }).id;
}

const apply: Record<Input, (intent: PaymentIntent) => PaymentIntent> = {
  change: (intent) => updateFrom(account, intent, { amount: 1200 }),
  confirm: (intent) => confirmed(intent),
  confirm_declined: (intent) => confirmed(intent, 'pm_card_chargeDeclined'),
  cancel: (intent) => cancelPaymentIntent(account, intent, null),
  capture: (intent) => capturePaymentIntent(account, intent),
  increment: (intent) => incrementAuthorization(account, intent, 1500),
  verify_deposits: (intent) => verifyIntentDeposits(account, intent, { amounts: [32, 45] }).intent,
  authenticate: (intent) => finishAuthentication(account, intent, true),
  authenticate_fails: (intent) => finishAuthentication(account, intent, false),
  bank_pays: answeredByBank,
  bank_returns: answeredByBank,
};

function answeredByBank(intent: PaymentIntent): PaymentIntent {
  settleCharge(account, chargeOf(intent)?.id ?? '');
  return account.of(paymentIntents).get(intent.id) ?? intent;
}

describe.each(Object.keys(table) as (keyof typeof table)[])('from %s', (status) => {
  test.each(Object.entries(table[status]) as [Input, Expected][])('%s leads to %s', (input, expected) => {
    account.transact(() => {
      bank = input === 'bank_returns' ? 'pm_usBankAccount_insufficientFunds' : 'pm_usBankAccount_success';
      const intent = reach[status]();
      expect(intent.status).toBe(status === 'requires_deposits' ? 'requires_action' : status);
      if (expected === 'refused') expect(() => apply[input](intent)).toThrow(StripeFault);
      else if (expected === 'ignored') expect(apply[input](intent)).toEqual(intent);
      else expect(apply[input](intent).status).toBe(expected);
    });
  });
});

test('what is refused says what the intent is and when it would do', () => {
  account.transact(() => {
    for (const status of Object.keys(allowed) as Status[]) {
      const intent = reach[status]();
      for (const action of Object.keys(allowed[status]) as Action[]) {
        if (action === 'settle' || isAllowed(intent, action)) continue;
        const message = refusalOf(() => requireAllowed(intent, action, ['amount']));
        expect(message, `${action} of ${status}`).toMatch(
          /has a status of|already (succeeded|been captured)|has been released/,
        );
      }
    }
  });
});

function refusalOf(work: () => void): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StripeFault) return error.body.message;
    throw error;
  }
  return '';
}
