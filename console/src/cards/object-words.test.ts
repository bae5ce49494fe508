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
