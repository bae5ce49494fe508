import fc from 'fast-check';
import { expect, test } from 'vitest';
import { titleFrom } from './title.ts';

test.each([
  ['Can you check my Stripe account balance?', 'Check my Stripe account balance'],
  ['Can you list my recent customers and products?', 'List my recent customers and products'],
  ['Hi! Could you please list my customers? Thanks', 'List my customers'],
  ['Hello there,\n\nI would like you to refund half of ch_123, please.', 'Refund half of ch_123'],
  ['hey, would you mind cancelling sub_42 for me?', 'Cancelling sub_42'],
  ['How many customers do we have?', 'How many customers do we have?'],
  ['What is our balance in EUR?', 'What is our balance in EUR?'],
  ['refund bob.loblaw@example.com', 'Refund bob.loblaw@example.com'],
  ['bob.loblaw@example.com wants his money back', 'bob.loblaw@example.com wants his money back'],
  ['cus_123', 'cus_123'],
  ['Please charge 29.99 usd to Acme Inc. in Berlin.', 'Charge 29.99 usd to Acme Inc. in Berlin'],
  ['Cancel the plan. Then write to him.', 'Cancel the plan'],
  ['> **Zeig mir die Rechnungen**', 'Zeig mir die Rechnungen**'],
  ['Thanks!', ''],
  ['', ''],
  ['  \n\t ', ''],
  ['?!', ''],
])('%j is titled %j', (message, title) => {
  expect(titleFrom(message)).toBe(title);
});

test.each([
  [
    'Can you create a test product called "Premium Subscription" with a monthly price of $29.99?',
    ['Create', '"Premium Subscription"', '$29.99'],
  ],
  [
    'Can you create a new customer with email bob.loblaw@example.com and name "Bob Loblaw"?',
    ['Create', 'customer', 'bob.loblaw@example.com', '"Bob Loblaw"'],
  ],
  [
    'Can you create a payment intent for $50 for customer bob.loblaw@example.com?',
    ['$50', 'bob.loblaw@example.com'],
  ],
  [
    'Can you create a monthly subscription for Bob Loblaw using the Premium Subscription product?',
    ['Bob Loblaw', 'Premium Subscription'],
  ],
])('%s keeps names and amounts', (message, kept) => {
  const title = titleFrom(message);
  expect(title.length).toBeLessThanOrEqual(60);
  for (const piece of kept) expect(title).toContain(piece);
});

test('a long story is cut at a word', () => {
  const title = titleFrom(`please ${'tell me everything that happened with these payments '.repeat(20)}`);
  expect(title).toMatch(/^Tell me everything that happened .*\w…$/);
  expect(title.length).toBeLessThanOrEqual(60);
});

test('a question that loses its end says so', () => {
  const question =
    'Which customers had a failed payment last month and have not paid since, and what do they owe?';
  expect(titleFrom(question)).toBe('Which customers had failed payment last month have not paid…');
});

test('whatever is written, a title is short, on one line and whole', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.lorem({ maxCount: 60 })),
      (text) => {
        const title = titleFrom(text);
        expect(title.length).toBeLessThanOrEqual(60);
        expect(title).not.toMatch(/[\n\r\t]/);
        expect(title.isWellFormed()).toBe(true);
        expect(title).toBe(title.trim());
      },
    ),
  );
});

test('only the beginning of a pasted document is read', () => {
  expect(titleFrom(`List customers ${'"'.repeat(100_000)}`)).toMatch(/^List customers/);
  expect(titleFrom(`${'please '.repeat(100_000)}list customers`)).toBe('');
});
