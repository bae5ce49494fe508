import type { Json } from '@purser/server/api';
import { expect, test } from 'vitest';
import { balanceWords, listWords, objectWords } from './object-words.ts';

test('a customer is called by name, with the e-mail as a fact', () => {
  const words = objectWords({
    object: 'customer',
    id: 'cus_1',
    name: 'Bob Loblaw',
    email: 'bob@example.com',
  });
  expect(words).toMatchObject({
    kind: 'Customer',
    title: 'Bob Loblaw',
    facts: [{ label: 'E-mail', value: 'bob@example.com' }],
  });
});

test('a customer without a name is called by the e-mail, which is not said twice', () => {
  expect(objectWords({ object: 'customer', id: 'cus_1', email: 'bob@example.com' })).toMatchObject({
    title: 'bob@example.com',
    facts: [],
  });
});

test('a subscription is called by its product', () => {
  const items = [{ product_name: 'Premium Subscription', amount: '29.99 USD', interval: 'month' }];
  const words = objectWords({ object: 'subscription', id: 'sub_1', status: 'past_due', items });
  expect(words).toMatchObject({ title: 'Premium Subscription', status: 'past due' });
  expect(words?.facts).toContainEqual({ label: 'Amount', value: '$29.99 per month' });
});

test.each<Json>([null, 'text', { object: 'spaceship', id: 'x' }, { object: 'customer' }])(
  '%j is no object to show',
  (output) => {
    expect(objectWords(output)).toBeNull();
  },
);

test('a balance has a line per currency', () => {
  expect(balanceWords({ object: 'balance', available: ['10.00 USD', '1000 JPY'], pending: [] })).toEqual({
    available: ['$10.00', '¥1,000'],
    pending: [],
  });
});

test('a list says when it is not complete', () => {
  const list = {
    object: 'list',
    of: 'charge',
    complete: false,
    seen: 1,
    data: [{ id: 'ch_1', amount: '5.00 USD' }],
  };
  expect(listWords(list)).toMatchObject({
    complete: false,
    columns: ['Amount'],
    rows: [{ id: 'ch_1', cells: ['$5.00'] }],
  });
});

test.each<[Json, string, string | null]>([
  [
    {
      object: 'checkout.session',
      id: 'cs_1',
      total: '20.00 USD',
      url: 'https://checkout.stripe.com/c/pay/cs_1',
    },
    '$20.00',
    'https://checkout.stripe.com/c/pay/cs_1',
  ],
  [{ object: 'billing_portal.session', id: 'bps_1', customer: 'cus_1', customer_name: 'Bob' }, 'Bob', null],
  [{ object: 'setup_intent', id: 'seti_1', customer: 'cus_1' }, 'cus_1', null],
  [{ object: 'review', id: 'prv_1', charge: 'ch_1' }, 'ch_1', null],
  [{ object: 'file', id: 'file_1', title: null, filename: 'receipt.pdf' }, 'receipt.pdf', null],
  [{ object: 'tax_id', id: 'txi_1', value: 'DE123456789' }, 'DE123456789', null],
  [{ object: 'radar.early_fraud_warning', id: 'issfr_1', amount: '5.00 USD' }, '$5.00', null],
  [{ object: 'balance_transaction', id: 'txn_1', amount: '-5.00 USD', type: 'refund' }, '-$5.00', null],
  [
    { object: 'webhook_endpoint', id: 'we_1', url: 'https://shop.example/hooks' },
    'https://shop.example/hooks',
    null,
  ],
])('%j has a title, and a page only where customers have one', (output, title, page) => {
  const words = objectWords(output);
  expect(words).toMatchObject({ title, page });
  expect(words?.kind).not.toContain('_');
});
