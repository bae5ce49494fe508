import { expect, test } from 'vitest';
import { approveLabel, tellingFacts } from './approval-words.ts';

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
