import { expect, test } from 'vitest';
import { budgetWords, placeOf, ruleWords, tidied } from './policy-words.ts';

const tools = [
  { name: 'create_refund', title: 'Create refund' },
  { name: 'charge_customer', title: 'Charge customer' },
];
const usd = (amount: string) => ({ amount, currency: 'usd' });

test('a rule is a sentence, with the tools as people know them', () => {
  expect(
    ruleWords({ decision: 'ask', tools: ['create_refund', 'charge_customer'], above: [usd('50')] }, tools),
  ).toBe('Ask before: Create refund or Charge customer above $50.00');
  expect(
    ruleWords(
      {
        decision: 'deny',
        effects: ['money'],
        customers: ['cus_1'],
        hours: { from: '18:00', to: '08:00', days: ['sat', 'sun'] },
      },
      tools,
    ),
  ).toBe('Never do: moving money for cus_1 between 18:00 and 08:00 on Sat or Sun');
  expect(ruleWords({ decision: 'allow', upTo: [usd('5'), { amount: '500', currency: 'jpy' }] }, tools)).toBe(
    'Allow: anything up to $5.00 or ¥500',
  );
});

test('a budget is a sentence', () => {
  expect(budgetWords({ per: 'person', amounts: [usd('500')], count: 20, over: 'ask' })).toBe(
    'Each person, a day: $500.00 and 20 writes; beyond it, ask',
  );
  expect(budgetWords({ per: 'task', count: 1, over: 'deny' })).toBe(
    'Each task, a day: 1 write; nothing beyond it',
  );
});

test('what was begun and left empty is not sent', () => {
  const policy = {
    rules: [{ decision: 'ask' as const, tools: [], effects: ['money' as const], customers: [' Ann ', ''] }],
    budgets: [],
    effects: { read: 'allow' as const },
  };
  expect(tidied(policy)).toEqual({
    rules: [{ decision: 'ask', effects: ['money'], customers: ['Ann'] }],
    effects: { read: 'allow' },
  });
});

test.each([
  ['policy.rules.0.above.1.amount', 'Rule 1, above'],
  ['policy.rules.2', 'Rule 3'],
  ['policy.budgets.0.count', 'Budget 1, count'],
  ['policy.approval.hours', 'Approvals'],
  ['preset', 'Policy'],
])('%s is found at %s', (path, place) => {
  expect(placeOf(path)).toBe(place);
});
