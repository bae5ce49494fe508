import { expect, test } from 'vitest';
import { filterOf, isFiltered } from './operation-filter.ts';

const now = new Date(2026, 10, 2, 15, 30);

test('a period begins at midnight, counting today', () => {
  expect(filterOf({ period: 'today' }, now).from).toBe(new Date(2026, 10, 2).toISOString());
  expect(filterOf({ period: 'week' }, now).from).toBe(new Date(2026, 9, 27).toISOString());
});

test('what an address says that nobody knows is left out', () => {
  const given = { state: 'lost', period: 'ages', agent: 'ag_1' };
  expect(filterOf(given, now)).toMatchObject({ state: undefined, from: undefined, agentId: 'ag_1' });
  expect(filterOf({ state: 'unknown' }, now).state).toBe('unknown');
});

test('an amount is asked for with its currency, and what is none is left out', () => {
  expect(filterOf({ least: '99.50', currency: 'eur' }, now)).toMatchObject({
    least: '99.50',
    currency: 'eur',
  });
  expect(filterOf({ least: '100' }, now)).toMatchObject({ currency: 'usd' });
  expect(filterOf({ least: 'much', currency: 'eur' }, now)).not.toHaveProperty('least');
  expect(isFiltered({ currency: 'eur' })).toBe(false);
});

test('nothing in the address is no filter', () => {
  expect(isFiltered({ q: undefined })).toBe(false);
  expect(isFiltered({ q: 'bob' })).toBe(true);
});
