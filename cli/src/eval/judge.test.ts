import { describe, expect, test } from 'vitest';
import { changesBetween } from './account-state.ts';
import { type Observed, problemsOf, wroteWrongly } from './judge.ts';
import type { Expectation } from './scenario.ts';

const nothing: Expectation = { effects: [], mails: [], tells: [], hides: [], asks: false };
const ids = new Map([['bob', 'cus_1']]);
const state = (...rows: { kind: string; id: string; [field: string]: unknown }[]) =>
  new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]));
const seen = (more: Partial<Observed>): Observed => ({ answer: 'Done.', changes: [], mails: [], ...more });
const refunded = changesBetween(
  state({ kind: 'charge', id: 'ch_1', amount_refunded: 0 }),
  state(
    { kind: 'charge', id: 'ch_1', amount_refunded: 500 },
    { kind: 'refund', id: 're_1', amount: 500, customer: 'cus_1' },
  ),
);

describe('what was written', () => {
  const expected = { ...nothing, effects: ['+ refund amount=500 customer={bob}'] };

  test('is right where it is what was expected and what that brings with it', () => {
    expect(problemsOf(expected, seen({ changes: refunded }), ids)).toEqual([]);
  });

  test('is missing where nothing fits', () => {
    expect(problemsOf(expected, seen({}), ids)).toEqual(['missing: + refund amount=500 customer=cus_1']);
  });

  test('is unwanted where nobody expected it, also twice the same', () => {
    expect(wroteWrongly(problemsOf(nothing, seen({ changes: refunded }), ids))).toBe(true);
    const [first] = refunded.filter(({ kind }) => kind === 'refund');
    const twice = first ? [...refunded, { ...first, id: 're_2' }] : [];
    expect(wroteWrongly(problemsOf(expected, seen({ changes: twice }), ids))).toBe(true);
  });

  test('is no change where only the mark of an operation or a clock moved', () => {
    const row = { kind: 'product', id: 'p', name: 'A' };
    const after = { ...row, updated: 5, metadata: { purser_op: 'op_1' } };
    expect(changesBetween(state({ ...row, metadata: {} }), state(after))).toEqual([]);
  });
});

test('each mail goes to who was expected, once, and to nobody else', () => {
  const expected = { ...nothing, mails: ['a@x.com'] };
  expect(problemsOf(expected, seen({ mails: ['a@x.com'] }), ids)).toEqual([]);
  expect(problemsOf(expected, seen({ mails: ['a@x.com', 'a@x.com'] }), ids)).toEqual([
    'unwanted: a mail to a@x.com',
  ]);
  expect(problemsOf(expected, seen({}), ids)).toEqual(['missing: a mail to a@x.com']);
});

test('an answer is compared without emphasis and thousands separators', () => {
  const answer = 'Bob paid **$1,250.50**. Which payment do you mean?';
  const asks = { ...nothing, tells: ['1250.50', 'never | PAID'], hides: ['sk_test'], asks: true };
  expect(problemsOf(asks, seen({ answer }), ids)).toEqual([]);
  expect(problemsOf({ ...asks, tells: ['99'], hides: ['bob'] }, seen({ answer: 'Bob.' }), ids)).toEqual([
    'not told: 99',
    'unwanted: the answer says "bob"',
    'does not ask back',
  ]);
});
