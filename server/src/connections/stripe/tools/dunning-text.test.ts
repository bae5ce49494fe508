import { describe, expect, test } from 'vitest';
import { messageOf, type Situation } from './dunning-text.ts';

const facts = { amount: '$29.99', invoice: 'A-1', business: 'Acme', retry: '2027-01-05', due: undefined };
const links = { pay: 'https://pay.example/i', portal: undefined, name: 'Ann Lee' };

/** What each message has to say, and so that none is forgotten. */
const says: Readonly<Record<Situation, RegExp>> = {
  retry_later: /try again on 2027-01-05/,
  other_method: /another card/,
  authenticate: /confirm the payment/,
  fix_details: /enter them again/,
  never_retry: /cannot be used/,
  unpaid: /still open/,
};

describe.each(Object.entries(says) as [Situation, RegExp][])('%s', (situation, words) => {
  const { subject, text } = messageOf(situation, facts, links);

  test('says what helps, the amount or invoice, and where to pay', () => {
    expect(text).toMatch(words);
    expect(text).toMatch(/^Hello Ann,/);
    expect(text).toContain('$29.99');
    expect(text).toContain('https://pay.example/i');
    expect(text).toMatch(/Acme$/);
    expect(subject.length).toBeLessThan(70);
  });

  test('keeps what is between customer and bank to itself', () => {
    expect(`${subject} ${text}`).not.toMatch(/fraud|stolen|lost|suspect|insufficient|block/i);
  });
});

test('without a name, a next try or a portal nothing is made up', () => {
  const { text } = messageOf('retry_later', { ...facts, retry: undefined }, { ...links, name: null });
  expect(text).toMatch(/^Hello,/);
  expect(text).toContain('You can try again here');
  expect(text).not.toMatch(/undefined|null|sign in/);
  expect(messageOf('unpaid', facts, { ...links, portal: 'https://portal.example' }).text).toContain(
    'https://portal.example',
  );
});
