import { expect, test } from 'vitest';
import { ToolError } from '../../../tools/tool.ts';
import { searchQuery } from './search.ts';

test('quotes and backslashes stay inside the text they belong to', () => {
  const query = searchQuery({ type: 'customer', name: 'O"Brien\\', email: 'a@b.c' }, undefined);
  expect(query).toBe('name~"O\\"Brien\\\\" AND email~"a@b.c"');
});

test('amounts, metadata and times are written in Stripe’s language', () => {
  const input = {
    type: 'invoice',
    amount: '10.5',
    currency: 'usd',
    metadata_key: 'order',
    metadata_value: '7',
  } as const;
  expect(searchQuery(input, { gte: 1, lt: 2 })).toBe(
    'total=1050 AND currency:"usd" AND metadata["order"]:"7" AND created>=1 AND created<2',
  );
});

test('an empty search is refused', () => {
  expect(() => searchQuery({ type: 'charge' }, undefined)).toThrow(ToolError);
});
