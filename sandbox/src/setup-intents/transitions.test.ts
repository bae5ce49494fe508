import { beforeEach, describe, expect, test } from 'vitest';
import { type Account, openAccount } from '../account.ts';
import { createPaymentMethod, type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { registryOf, resources } from '../resources.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { StripeFault } from '../wire/errors.ts';
import { cancelSetupIntent, finishSetup, verifySetupDeposits } from './act.ts';
import { confirmSetupIntent, type SetupOptions } from './confirm.ts';
import { updateFrom } from './requests.ts';
import { createSetupIntent, type SetupIntent } from './setup-intent.ts';
import { type Action, allowed, isAllowed, requireAllowed, type Status } from './transitions.ts';

/** What is asked, in the ways that can end differently. */
type Input =
  | 'change'
  | 'describe'
  | 'confirm'
  | 'confirm_declined'
  | 'cancel'
  | 'verify_deposits'
  | 'authenticate'
  | 'authenticate_fails';
type Expected = Status | 'refused';

const nothing = {
  change: 'refused',
  confirm: 'refused',
  confirm_declined: 'refused',
  cancel: 'refused',
  verify_deposits: 'refused',
  authenticate: 'refused',
  authenticate_fails: 'refused',
} as const;

/** Every status with every input: a pair left out does not compile. */
const table: Record<Status | 'requires_deposits', Record<Input, Expected>> = {
  requires_payment_method: {
    ...nothing,
    change: 'requires_confirmation',
    describe: 'requires_payment_method',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
  },
  requires_confirmation: {
    ...nothing,
    change: 'requires_confirmation',
    describe: 'requires_confirmation',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
  },
  requires_action: {
    ...nothing,
    change: 'requires_confirmation',
    describe: 'requires_action',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
    authenticate: 'succeeded',
    authenticate_fails: 'requires_payment_method',
  },
  // The same status, waiting for microdeposits of a bank account.
  requires_deposits: {
    change: 'requires_confirmation',
    describe: 'requires_action',
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    cancel: 'canceled',
    verify_deposits: 'succeeded',
    authenticate: 'succeeded',
    authenticate_fails: 'requires_payment_method',
  },
  succeeded: { ...nothing, describe: 'succeeded' },
  canceled: { ...nothing, describe: 'canceled' },
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
const fresh = (method: PaymentMethod | null = null) =>
  createSetupIntent(account, { customer: null, method, methodTypes: ['card', 'us_bank_account'] });
const confirmed = (intent: SetupIntent, method: PaymentMethod, options: SetupOptions = {}) =>
  confirmSetupIntent(account, intent, { method, ...options }).intent;

/** A bank account that was typed in: nobody knows yet whose it is. */
const unverified = () =>
  createPaymentMethod(account, {
    type: 'us_bank_account',
    us_bank_account: { account_number: '000123456789', routing_number: '110000000' },
    billing_details: { name: 'Jenny Rosen' },
  });

const reach: Record<keyof typeof table, () => SetupIntent> = {
  requires_payment_method: () => fresh(),
  requires_confirmation: () => fresh(methodCalled('pm_card_visa')),
  requires_action: () => confirmed(fresh(), methodCalled('pm_card_authenticationRequired')),
  requires_deposits: () => confirmed(fresh(), unverified(), { acceptance: { type: 'offline' } }),
  succeeded: () => confirmed(fresh(), methodCalled('pm_card_visa')),
  canceled: () => cancelSetupIntent(account, fresh(), null),
};

const apply: Record<Input, (intent: SetupIntent) => SetupIntent> = {
  change: (intent) => updateFrom(account, intent, { payment_method: 'pm_card_mastercard' }),
  describe: (intent) => updateFrom(account, intent, { description: 'For later', metadata: { order: '7' } }),
  confirm: (intent) => confirmed(intent, methodCalled('pm_card_visa')),
  confirm_declined: (intent) => confirmed(intent, methodCalled('pm_card_chargeDeclined')),
  cancel: (intent) => cancelSetupIntent(account, intent, 'abandoned'),
  verify_deposits: (intent) => verifySetupDeposits(account, intent, { descriptor_code: 'SM11AA' }).intent,
  authenticate: (intent) => finishSetup(account, intent, true),
  authenticate_fails: (intent) => finishSetup(account, intent, false),
};

describe.each(Object.keys(table) as (keyof typeof table)[])('from %s', (status) => {
  test.each(Object.entries(table[status]) as [Input, Expected][])('%s leads to %s', (input, expected) => {
    account.transact(() => {
      const intent = reach[status]();
      expect(intent.status).toBe(status === 'requires_deposits' ? 'requires_action' : status);
      if (expected === 'refused') expect(() => apply[input](intent)).toThrow(StripeFault);
      else expect(apply[input](intent).status).toBe(expected);
    });
  });
});

test('what is refused says why', () => {
  account.transact(() => {
    for (const status of Object.keys(allowed) as Status[]) {
      const intent = reach[status]();
      for (const action of Object.keys(allowed[status]) as Action[])
        if (!isAllowed(intent, action))
          expect(() => requireAllowed(intent, action), `${action} of ${status}`).toThrow(
            /has a status of|already (succeeded|canceled)|has been canceled/,
          );
    }
  });
});
