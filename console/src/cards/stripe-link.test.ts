import { expect, test } from 'vitest';
import { stripeLink } from './stripe-link.ts';

const account = { id: 'acct_1', name: 'Shop', country: 'US', defaultCurrency: 'usd' };
const at = { baseUrl: null, mode: 'test', demo: false, account } as const;

test('an object is shown on its page, or found by a search where its kind has none', () => {
  expect(stripeLink(at, 'customer', 'cus_1')).toBe(
    'https://dashboard.stripe.com/acct_1/test/customers/cus_1',
  );
  expect(stripeLink({ ...at, mode: 'live' }, 'review', 'prv_1')).toBe(
    'https://dashboard.stripe.com/acct_1/search?query=prv_1',
  );
  expect(stripeLink(at, 'file', 'a/b?c')).toBe(
    'https://dashboard.stripe.com/acct_1/test/search?query=a%2Fb%3Fc',
  );
});

test('what is not at Stripe has no page there', () => {
  expect(stripeLink(at, 'mail', 'mail_1')).toBeNull();
  expect(stripeLink({ ...at, demo: true }, 'customer', 'cus_1')).toBeNull();
  expect(stripeLink({ ...at, baseUrl: 'http://127.0.0.1:12111' }, 'customer', 'cus_1')).toBeNull();
  expect(stripeLink(undefined, 'customer', 'cus_1')).toBeNull();
});
