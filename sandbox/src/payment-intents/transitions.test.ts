import { beforeEach, describe, expect, test } from 'vitest';
import { type Account, openAccount } from '../account.ts';
import { resolveMethod } from '../payment-methods/payment-method.ts';
import { registryOf, resources } from '../resources.ts';
import { forgetfulJournal } from '../store/journal.ts';
import { StripeFault } from '../wire/errors.ts';
import { confirmPaymentIntent, finishAuthentication } from './confirm.ts';
import { createPaymentIntent, type PaymentIntent } from './intent.ts';
import { cancelPaymentIntent, capturePaymentIntent } from './settle.ts';

type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';
type Input = 'confirm' | 'confirm_declined' | 'authenticate' | 'authenticate_fails' | 'capture' | 'cancel';
/** A status it leads to, or the code of the refusal. */
type Expected = Status | 'refused';

/** Every status with every input: a pair left out does not compile. */
const table: Record<Status, Record<Input, Expected>> = {
  requires_payment_method: {
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    authenticate: 'refused',
    authenticate_fails: 'refused',
    capture: 'refused',
    cancel: 'canceled',
  },
  requires_confirmation: {
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    authenticate: 'refused',
    authenticate_fails: 'refused',
    capture: 'refused',
    cancel: 'canceled',
  },
  requires_action: {
    confirm: 'succeeded',
    confirm_declined: 'requires_payment_method',
    authenticate: 'succeeded',
    authenticate_fails: 'requires_payment_method',
    capture: 'refused',
    cancel: 'canceled',
  },
  requires_capture: {
    confirm: 'refused',
    confirm_declined: 'refused',
    authenticate: 'refused',
    authenticate_fails: 'refused',
    capture: 'succeeded',
    cancel: 'canceled',
  },
  succeeded: {
    confirm: 'refused',
    confirm_declined: 'refused',
    authenticate: 'refused',
    authenticate_fails: 'refused',
    capture: 'refused',
    cancel: 'refused',
  },
  canceled: {
    confirm: 'refused',
    confirm_declined: 'refused',
    authenticate: 'refused',
    authenticate_fails: 'refused',
    capture: 'refused',
    cancel: 'refused',
  },
};

let account: Account;
beforeEach(async () => {
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

const card = (token: string) => resolveMethod(account, token, 'payment_method');
const fresh = (manual = false) =>
  createPaymentIntent(account, {
    amount: 1000,
    currency: 'usd',
    methodTypes: ['card'],
    captureMethod: manual ? 'manual' : 'automatic',
  });
const confirmed = (intent: PaymentIntent, token = 'pm_card_visa') =>
  confirmPaymentIntent(account, intent, { method: card(token) }).intent;

const reach: Record<Status, () => PaymentIntent> = {
  requires_payment_method: () => fresh(),
  requires_confirmation: () =>
    createPaymentIntent(account, {
      amount: 1000,
      currency: 'usd',
      methodTypes: ['card'],
      method: card('pm_card_visa'),
    }),
  requires_action: () => confirmed(fresh(), 'pm_card_authenticationRequired'),
  requires_capture: () => confirmed(fresh(true)),
  succeeded: () => confirmed(fresh()),
  canceled: () => cancelPaymentIntent(account, fresh(), null),
};

const apply: Record<Input, (intent: PaymentIntent) => PaymentIntent> = {
  confirm: (intent) => confirmed(intent),
  confirm_declined: (intent) => confirmed(intent, 'pm_card_chargeDeclined'),
  authenticate: (intent) => finishAuthentication(account, intent, true),
  authenticate_fails: (intent) => finishAuthentication(account, intent, false),
  capture: (intent) => capturePaymentIntent(account, intent),
  cancel: (intent) => cancelPaymentIntent(account, intent, null),
};

describe.each(Object.keys(table) as Status[])('from %s', (status) => {
  test.each(Object.entries(table[status]) as [Input, Expected][])('%s leads to %s', (input, expected) => {
    account.transact(() => {
      const intent = reach[status]();
      expect(intent.status).toBe(status);
      if (expected !== 'refused') expect(apply[input](intent).status).toBe(expected);
      else expect(() => apply[input](intent)).toThrow(StripeFault);
    });
  });
});
