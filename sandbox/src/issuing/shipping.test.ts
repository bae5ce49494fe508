import { expect, test } from 'vitest';
import { type ShippingStatus, type ShippingStep, statusAfter } from './shipping.ts';

/** Where each step leads from each status; null where it is refused. */
const table: Record<ShippingStatus, Record<ShippingStep, ShippingStatus | null>> = {
  pending: { submit: 'submitted', ship: null, deliver: null, return: null, fail: 'failure' },
  submitted: { submit: null, ship: 'shipped', deliver: null, return: null, fail: 'failure' },
  shipped: { submit: null, ship: null, deliver: 'delivered', return: 'returned', fail: 'failure' },
  delivered: { submit: null, ship: null, deliver: null, return: null, fail: null },
  returned: { submit: null, ship: null, deliver: null, return: null, fail: null },
  failure: { submit: null, ship: null, deliver: null, return: null, fail: null },
  canceled: { submit: null, ship: null, deliver: null, return: null, fail: null },
};

test('a card goes to its cardholder one step after the other', () => {
  for (const [status, steps] of Object.entries(table) as [
    ShippingStatus,
    Record<ShippingStep, ShippingStatus | null>,
  ][])
    for (const [step, after] of Object.entries(steps) as [ShippingStep, ShippingStatus | null][])
      expect([status, step, statusAfter(status, step)]).toEqual([status, step, after]);
});
