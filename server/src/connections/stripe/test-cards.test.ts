import { describe, expect, test } from 'vitest';
import { ToolError } from '../../tools/tool.ts';
import { paymentMethodFrom } from './test-cards.ts';

const refusal = (given: string, mode: 'test' | 'live'): ToolError => {
  try {
    paymentMethodFrom(given, mode);
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('payment methods in words', () => {
  test.each([
    ['4242424242424242', 'pm_card_visa'],
    ['4242 4242 4242 4242', 'pm_card_visa'],
    ['4000-0000-0000-0002', 'pm_card_visa_chargeDeclined'],
    ['3782 822463 10005', 'pm_card_amex'],
    ['pm_card_visa', 'pm_card_visa'],
    ['pm_card_visa (test card •••• 4242)', 'pm_card_visa'],
    ['Visa', 'pm_card_visa'],
    ['pm_1abc', 'pm_1abc'],
  ])('%s in test mode is %s', (given, id) => {
    expect(paymentMethodFrom(given, 'test')).toBe(id);
  });

  test('no other number is taken, and it is not repeated', () => {
    const error = refusal('4111 1111 1111 1111', 'test');
    expect(error.code).toBe('card_number_refused');
    expect(JSON.stringify([error.message, error.next, error.details])).not.toMatch(/4111|1111/);
  });

  test('live mode takes no number and no test card', () => {
    expect(refusal('4242 4242 4242 4242', 'live').code).toBe('card_number_refused');
    expect(refusal('pm_card_visa', 'live').code).toBe('mode_mismatch');
  });

  test('anything else is no payment method', () => {
    expect(refusal('my usual card', 'test').code).toBe('invalid_payment_method');
  });
});
