import { expect, test } from 'vitest';
import { linkTarget } from './trusted-link.ts';

const origin = 'https://purser.example';

test.each([
  'https://stripe.com/docs',
  'https://dashboard.stripe.com/test/customers/cus_1',
  'http://127.0.0.1:12111/pay/in_1',
  'http://localhost:12111/pay/in_1',
  'https://purser.example/threads/th_1',
  '/agents/agt_1/knowledge?document=doc_1&at=2',
])('%s may be followed', (href) => {
  expect(linkTarget(href, origin)?.trusted).toBe(true);
});

test.each([
  ['http://evil/x.png', 'evil'],
  ['https://stripe.com.evil.example/', 'stripe.com.evil.example'],
  ['https://evilstripe.com/', 'evilstripe.com'],
  ['https://stripe.com@evil.example/', 'evil.example'],
  ['http://dashboard.stripe.com/', 'dashboard.stripe.com'],
  ['https://127.0.0.1.evil.example/', '127.0.0.1.evil.example'],
])('%s is shown, not followed', (href, host) => {
  expect(linkTarget(href, origin)).toEqual({ host, trusted: false });
});

test.each([
  'mailto:bob@example.com',
  'javascript:alert(1)',
  '//evil.example/x',
  '/\\\\evil.example',
  'threads',
  undefined,
])('%s is no link', (href) => {
  expect(linkTarget(href, origin)).toBeNull();
});
