import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { Next } from '../playbook.ts';
import { type Step, stepsFrom } from '../steps.ts';
import { payment } from './payment.ts';

const now = new Date('2026-11-02T12:00:00Z');
const card = (id: string, last4: string, exp_year = 2030) => ({
  id,
  type: 'card',
  card: { brand: 'visa', last4, exp_year, exp_month: 8 },
});

/** What comes next for a customer with these cards, after these steps. */
function next(cards: object[], steps: Partial<Step>[]): Promise<Next> {
  const api = {
    customers: {
      retrieve: async () => ({
        id: 'cus_1',
        email: null,
        invoice_settings: { default_payment_method: 'pm_1' },
      }),
      listPaymentMethods: async () => ({ data: cards }),
    },
  } as unknown as Stripe;
  return payment.next({
    ...{ id: '', asked: [], connectionId: 'con_1', mode: 'test', timeZone: 'UTC' },
    ...{ now, startedAt: now, settings: {} },
    account: { id: 'acct_1', name: 'Northwind', country: 'US', defaultCurrency: 'usd' },
    input: { customer: 'cus_1', amount: '25.00', currency: 'usd' },
    read: (work) => work(api),
    steps: stepsFrom(steps as Step[]),
  });
}
const declined = (pm: string, decline_code: string): Partial<Step> => ({
  ...{ id: `charge_${pm}`, tool: 'charge_customer', status: 'failed', at: now },
  error: { code: 'card_declined', message: 'Declined.', details: { decline_code } },
});
const two = [card('pm_2', '4444'), card('pm_1', '4242')];

test.each([
  ['insufficient_funds', 'call'],
  ['expired_card', 'call'],
  ['lost_card', 'call'],
  ['fraudulent', 'end'],
  ['merchant_blacklist', 'end'],
  ['stop_payment_order', 'end'],
  ['duplicate_transaction', 'end'],
])('after %s comes: %s', async (code, what) => {
  expect(await next(two, [declined('pm_1', code)])).toMatchObject({
    do: what,
    ...(what === 'call' ? { input: { payment_method: 'pm_2' } } : { outcome: 'failed' }),
  });
});

test('a card that has run out is not tried, unless it is the default', async () => {
  const cards = [card('pm_2', '4444', 2025), card('pm_1', '4242', 2025)];
  expect(await next(cards, [])).toMatchObject({ input: { payment_method: 'pm_1' } });
  expect(await next(cards, [declined('pm_1', 'expired_card')])).toMatchObject({
    do: 'end',
    outcome: 'failed',
  });
});

test('what no card can mend ends it without a word to the customer', async () => {
  const error = { code: 'denied_by_policy', message: 'Not allowed.' };
  const step = { id: 'charge_pm_1', tool: 'charge_customer', status: 'failed', error, at: now } as const;
  expect(await next(two, [step])).toEqual({ do: 'end', outcome: 'not_possible', say: 'Not allowed.' });
});

test('while nobody knows whether a card was charged, no other is', async () => {
  const step = { id: 'charge_pm_1', tool: 'charge_customer', status: 'unknown', at: now } as const;
  expect(await next(two, [step])).toMatchObject({ do: 'wait', until: new Date('2026-11-02T12:10:00Z') });
});
