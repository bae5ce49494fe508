import type { Connection } from '@purser/server/api';
import { expect, test } from 'vitest';
import { idLink } from './id-link.ts';

const connection = {
  ...{ id: 'con_1', mode: 'live', baseUrl: null, demo: false },
  account: { id: 'acct_1', name: 'Shop' },
} as unknown as Connection;

test('a customer is shown here, an invoice at Stripe, and what is no object nowhere', () => {
  expect(idLink(connection, 'cus_abc123')).toBe('/customers/con_1/cus_abc123');
  expect(idLink(connection, 'in_abc123')).toBe('https://dashboard.stripe.com/acct_1/invoices/in_abc123');
  expect(idLink(connection, 'req_abc123')).toBeNull();
  expect(idLink({ ...connection, demo: true }, 'in_abc123')).toBeNull();
  expect(idLink(undefined, 'cus_abc123')).toBeNull();
});
