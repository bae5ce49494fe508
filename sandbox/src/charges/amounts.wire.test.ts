import Stripe from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_amounts', { httpClient, maxNetworkRetries: 0, telemetry: false });

async function outcome(amount: number | string, currency: string): Promise<string> {
  try {
    const made = await stripe.paymentIntents.create({ amount: amount as number, currency });
    return `${made.amount} ${made.currency}`;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    expect(error).toMatchObject({ statusCode: 400, param: currency === 'xyz' ? 'currency' : 'amount' });
    return `${error.code}: ${error.message}`;
  }
}

test.each([
  [49, 'usd', 'amount_too_small: Amount must be at least $0.50 usd'],
  [50, 'usd', '50 usd'],
  [50, 'USD', '50 usd'],
  [99_999_999, 'usd', '99999999 usd'],
  [100_000_000, 'usd', 'amount_too_large: Amount must be no more than $999,999.99'],
  [29, 'gbp', 'amount_too_small: Amount must be at least £0.30 gbp'],
  // Currencies without minor units: an amount of 50 is fifty yen.
  [49, 'jpy', 'amount_too_small: Amount must be at least ¥50 jpy'],
  [50, 'jpy', '50 jpy'],
  [100_000_000, 'jpy', 'amount_too_large: Amount must be no more than ¥99,999,999'],
  // With three decimals, the last digit has to be 0.
  [5120, 'kwd', '5120 kwd'],
  [5124, 'kwd', 'parameter_invalid_integer: Invalid amount: amounts in kwd must be a multiple of 10.'],
  // Two decimals for old times' sake, and none in truth.
  [500_000, 'ugx', '500000 ugx'],
  [550, 'ugx', 'parameter_invalid_integer: Invalid amount: amounts in ugx must be a multiple of 100.'],
  [999_999_999_999, 'idr', '999999999999 idr'],
  [9_999_999_999, 'cop', '9999999999 cop'],
  [0, 'usd', 'parameter_invalid_integer: This value must be greater than or equal to 1.'],
  [-50, 'usd', 'parameter_invalid_integer: This value must be greater than or equal to 1.'],
  [50.5, 'usd', 'parameter_invalid_integer: Invalid integer: 50.5'],
  ['1e3', 'usd', 'parameter_invalid_integer: Invalid integer: 1e3'],
  ['9'.repeat(30), 'usd', `parameter_invalid_integer: Invalid integer: ${'9'.repeat(30)}`],
])('a payment of %s %s: %s', async (amount, currency, expected) => {
  expect(await outcome(amount, currency)).toBe(expected);
});

test('an unknown currency is refused by name', async () => {
  expect(await outcome(500, 'xyz')).toMatch(/Invalid currency: xyz/);
});
