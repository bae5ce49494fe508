import type { Approval } from '@purser/server/api';
import { expect, test } from 'vitest';
import {
  amountProblem,
  approveLabel,
  batchesOf,
  reasonsOf,
  sumText,
  tellingFacts,
} from './approval-words.ts';

const preview = { summary: '', facts: [], objects: [] };

test('the button says the verb and the sum', () => {
  const amount = { decimal: '29.99', currency: 'usd' };
  expect(
    approveLabel({ tool: 'create_refund', title: 'Create refund', preview: { ...preview, amount } }),
  ).toBe('Refund $29.99');
});

test('a tool without a word of its own says its title with the sum', () => {
  const amount = { decimal: '29.99', currency: 'usd' };
  expect(
    approveLabel({
      tool: 'create_subscription',
      title: 'Create subscription',
      preview: { ...preview, amount },
    }),
  ).toBe('Create subscription for $29.99');
});

test('where no money moves the title is enough', () => {
  expect(approveLabel({ tool: 'delete_customer', title: 'Delete customer', preview })).toBe(
    'Delete customer',
  );
});

test('that it cannot be undone is said once', () => {
  const facts = [
    { label: 'Subscriptions that end at once', value: '1' },
    { label: 'Can be undone', value: 'no' },
  ];
  const asked = { preview: { ...preview, facts } };
  expect(tellingFacts({ ...asked, reason: 'This cannot be undone.' })).toEqual([facts[0]]);
  expect(tellingFacts({ ...asked, reason: 'This moves or commits money.' })).toEqual(facts);
});

test('a lowered amount is what the button says', () => {
  const amount = { decimal: '29.99', currency: 'usd' };
  expect(
    approveLabel({ tool: 'create_refund', title: '', preview: { ...preview, amount }, loweredTo: '10' }),
  ).toBe('Refund $10.00');
});

test('each reason is a line of its own', () => {
  expect(reasonsOf({ reason: 'The same was done 5 minutes ago.\nThis moves money.' })).toEqual([
    'The same was done 5 minutes ago.',
    'This moves money.',
  ]);
});

const waiting = (id: string, values: Partial<Approval> = {}) =>
  ({
    id,
    threadId: 'th_1',
    tool: 'send_email',
    mode: 'live',
    status: 'pending',
    needed: 1,
    outside: null,
    ...values,
  }) as Approval;

test('what one turn asks of the same kind is one decision; all else is decided alone', () => {
  const approvals = [
    waiting('a'),
    waiting('b', { tool: 'create_refund' }),
    waiting('c'),
    waiting('d', { threadId: 'th_2' }),
    waiting('e', { needed: 2 }),
    waiting('f', { outside: { id: 'apreq_1', url: 'https://dashboard.stripe.com' } }),
    waiting('g', { status: 'approved' }),
  ];
  const ids = batchesOf(approvals).map((batch) => batch.map(({ id }) => id));
  expect(ids).toEqual([['a', 'c'], ['b'], ['d'], ['e'], ['f'], ['g']]);
});

test('more than a hundred of a kind are several decisions, none left out', () => {
  const many = Array.from({ length: 230 }, (_, n) => waiting(`a${n}`));
  const batches = batchesOf(many);
  expect(batches.map(({ length }) => length)).toEqual([100, 100, 30]);
  expect(batches.flat()).toEqual(many);
});

test('a sum is made per currency', () => {
  const of = (decimal: string, currency: string) => ({
    preview: { ...preview, amount: { decimal, currency } },
    loweredTo: null,
  });
  expect(sumText([of('10.10', 'usd'), of('1000', 'jpy'), of('0.20', 'usd')])).toBe('$10.30, ¥1,000');
  expect(sumText([{ preview, loweredTo: null }])).toBe('');
});

test.each([
  ['29.99', null],
  ['0.01', null],
  ['30', /At most \$29\.99/],
  ['0', /such as 29\.99/],
  ['1.005', /such as 29\.99/],
  ['lots', /such as 29\.99/],
])('an approver who types %s is told what is wrong', (typed, problem) => {
  const said = amountProblem(typed, { decimal: '29.99', currency: 'usd' });
  if (problem) expect(said).toMatch(problem);
  else expect(said).toBeNull();
});
