import { expect, test } from 'vitest';
import { limitsOf } from './limits.ts';

test.each([
  ['live', 'GET', '/v1/customers?limit=100', 90, 22.5],
  ['test', 'GET', '/v1/customers/cus_123', 22.5, 22.5],
  ['live', 'GET', '/v1/charges/search?query=a', 90, 18],
  ['live', 'POST', '/v1/files', 90, 18],
] as const)('%s %s %s', (mode, method, path, all, endpoint) => {
  const limits = limitsOf('acct_1', mode, method, path);
  expect(limits.map(({ perSecond }) => perSecond)).toEqual([all, endpoint]);
});

test('ids are one endpoint, methods and accounts are not', () => {
  const key = (account: string, method: string, path: string) =>
    limitsOf(account, 'test', method, path)[1]?.key;
  const one = key('acct_1', 'POST', '/v1/payment_intents/pi_1/confirm');
  expect(key('acct_1', 'POST', '/v1/payment_intents/pi_2/confirm')).toBe(one);
  expect(key('acct_1', 'GET', '/v1/payment_intents/pi_2/confirm')).not.toBe(one);
  expect(key('acct_2', 'POST', '/v1/payment_intents/pi_1/confirm')).not.toBe(one);
});
