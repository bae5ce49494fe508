import { expect, test } from 'vitest';
import { allowedBaseUrl } from './base-url.ts';

const stripe = { name: 'Stripe', acceptsBaseUrl: true };

test.each([
  ['http://127.0.0.1:12111', 'http://127.0.0.1:12111'],
  ['http://127.9.9.9:80/', 'http://127.9.9.9'],
  ['http://[::1]:12111', 'http://[::1]:12111'],
  ['http://localhost:12111', 'http://localhost:12111'],
  ['https://8.8.8.8', 'https://8.8.8.8'],
])('%s is allowed', async (given, origin) => {
  expect(await allowedBaseUrl(given, stripe, false)).toBe(origin);
});

test('nothing means the far side’s own address', async () => {
  expect(await allowedBaseUrl(null, stripe, false)).toBeNull();
  expect(await allowedBaseUrl('', stripe, false)).toBeNull();
});

test.each([
  'http://169.254.169.254',
  'http://10.0.0.1',
  'http://172.16.0.9',
  'http://192.168.1.1',
  'http://0.0.0.0',
  'http://[fd00::1]',
  'http://[fe80::1]',
  'http://[::ffff:10.0.0.1]',
  'http://2852039166',
  'http://0x0a000001',
])('%s is inside a network and refused, unless the owner set otherwise', async (given) => {
  await expect(allowedBaseUrl(given, stripe, false)).rejects.toMatchObject({
    status: 422,
    code: 'base_url_refused',
  });
  expect(await allowedBaseUrl(given, stripe, true)).toBe(new URL(given).origin);
});

test.each([
  'http://8.8.8.8',
  'ftp://127.0.0.1',
  'file:///etc/passwd',
  'gopher://127.0.0.1',
  'http://user:secret@127.0.0.1',
  'http://127.0.0.1/admin?x=1',
  'http://no-such-host.invalid',
  'javascript:alert(1)',
  'not an address',
])('%s is refused, whatever is set', async (given) => {
  await expect(allowedBaseUrl(given, stripe, true)).rejects.toMatchObject({ status: 422 });
});

test('a type without an address of its own takes none', async () => {
  await expect(
    allowedBaseUrl('http://127.0.0.1', { name: 'X', acceptsBaseUrl: false }, true),
  ).rejects.toThrow('X takes no');
});
