import { expect, test } from 'vitest';
import { ConnectionProblem } from '../connection.ts';
import { parseBaseUrl } from './base-url.ts';

test.each([
  [null, 'test', { host: 'api.stripe.com', port: 443, protocol: 'https' }],
  ['', 'live', { host: 'api.stripe.com', port: 443, protocol: 'https' }],
  ['http://127.0.0.1:12111', 'test', { host: '127.0.0.1', port: 12111, protocol: 'http' }],
  ['http://localhost:12111/v1/', 'live', { host: 'localhost', port: 12111, protocol: 'http' }],
  ['https://stripe.example', 'live', { host: 'stripe.example', port: 443, protocol: 'https' }],
] as const)('%s in %s mode', (address, mode, endpoint) => {
  expect(parseBaseUrl(address, mode)).toEqual(endpoint);
});

test.each([
  ['nonsense', 'test'],
  ['ftp://127.0.0.1', 'test'],
  ['http://key:secret@127.0.0.1', 'test'],
  ['http://127.0.0.1/other', 'test'],
  ['http://127.0.0.1/?a=b', 'test'],
  ['http://stripe.example', 'live'],
] as const)('%s in %s mode is refused', (address, mode) => {
  expect(() => parseBaseUrl(address, mode)).toThrow(ConnectionProblem);
});
