import { expect, test } from 'vitest';
import { search } from './search.ts';

const fields = {
  amount: 'number',
  name: 'text',
  'payment_method_details.*.last4': 'token',
  subscription: { kind: 'token', at: 'parent.subscription' },
} as const;
const objects = [
  { id: 'a', amount: 5, name: 'Jane Doe', metadata: { n: '1', OR: 'x' }, parent: { subscription: 'sub_1' } },
  { id: 'b', amount: 15, name: 'Joe Or Jane', payment_method_details: { card: { last4: '4242' } } },
  { id: 'c', amount: 25, name: null, payment_method_details: { us_bank_account: { last4: '6789' } } },
];

function found(query: string): string {
  return search(objects, { fields, known: null }, '/v1/things/search', { query })
    .data.map(({ id }) => id)
    .join('');
}

test.each([
  ['amount>5', 'bc'],
  ['amount:"15"', 'b'],
  ['-amount:15', 'ac'],
  ["name:'jane' amount<10", 'a'],
  ["name:'jane'  amount<10", 'a'],
  ["name:'jane' and amount<10", 'a'],
  ["name:'joe' OR amount:25", 'bc'],
  ['name~"doe" -amount:7', 'a'],
  [`metadata["OR"]:'x'`, 'a'],
  ["metadata['n']:null", 'bc'],
  ['payment_method_details.card.last4:4242', 'b'],
  ["payment_method_details.us_bank_account.last4:'6789'", 'c'],
  ['subscription:"sub_1"', 'a'],
])('%s finds %s', (query, ids) => {
  expect(found(query)).toBe(ids);
});

test.each([
  ["name:'x' AND amount>1 OR amount<3", /mix AND and OR/],
  ["name:'x' amount>1 OR amount<3", /mix AND and OR/],
  ["name:'x'amount>1", /unable to parse/],
  ["name:'x' AND", /unable to parse/],
  ['name:x', /unable to parse/],
  ['(amount>1)', /unable to parse/],
  ['', /unable to parse/],
  ['payment_method_details.last4:4242', /unsupported search field/],
  ['parent.subscription:"sub_1"', /unsupported search field/],
  ['name>"x"', /cannot be compared/],
  ['name~"ab"', /at least three characters/],
  ['amount:"x"', /needs a number/],
])('%s is refused', (query, why) => {
  expect(() => found(query)).toThrow(why);
});
