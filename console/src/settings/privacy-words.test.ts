import { expect, it } from 'vitest';
import { daysOf, erasureWords, namesIn } from './privacy-words.ts';

it('reads names and days as they are typed', () => {
  expect(namesIn(' jane@example.com, Jane Doe ,, x')).toEqual(['jane@example.com', 'Jane Doe']);
  expect([daysOf(''), daysOf(' 30 '), daysOf('0'), daysOf('1.5'), daysOf('x'), daysOf('29', 30)]).toEqual([
    null,
    30,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

it('says what came of an erasure', () => {
  const base = {
    id: 'era_1',
    customer: 'cus_1',
    connectionId: 'con_1',
    threadId: null,
    requestedAt: '',
    finishedAt: null,
  };
  expect(erasureWords({ ...base, state: 'waiting', stripe: null, report: null })).toContain('Waits');
  const report = { erased: { mails: 2, entries: 3 }, kept: [] };
  expect(erasureWords({ ...base, state: 'done', stripe: 'deleted', report })).toBe(
    'Taken out of 5 records; deleted at Stripe',
  );
});
