import { describe, expect, test } from 'vitest';
import type { Effect } from '../../tools/tool.ts';
import { asksFor, readsOnly } from './intent.ts';

const tools = {
  refund: {
    effect: 'money',
    words: { action: 'refund', object: 'charge', synonyms: ['money back', 'reimburse'] },
  },
  charge: {
    effect: 'money',
    words: { action: 'charge', object: 'customer', synonyms: ['bill', 'take a payment'] },
  },
  subscribe: {
    effect: 'money',
    words: { action: 'create', object: 'subscription', synonyms: ['subscribe', 'sign up'] },
  },
  invoice: { effect: 'write', words: { action: 'create', object: 'invoice', synonyms: ['bill'] } },
  coupon: {
    effect: 'money',
    words: { action: 'create', object: 'coupon', synonyms: ['discount', 'voucher'] },
  },
  end: {
    effect: 'destructive',
    words: { action: 'cancel', object: 'subscription', synonyms: ['terminate'] },
  },
  remove: {
    effect: 'destructive',
    words: { action: 'delete', object: 'customer', synonyms: ['remove', 'erase'] },
  },
  mail: {
    effect: 'outbound',
    words: { action: 'send', object: 'message', synonyms: ['mail', 'email', 'notify'] },
  },
} satisfies Record<string, { effect: Effect; words: { action: string; object: string; synonyms: string[] } }>;

describe('of a phrase of its own', () => {
  const atPeriodEnd = {
    effect: 'money',
    words: { action: 'apply', object: 'plan', synonyms: ['after the grace period', 'money back'] },
  } as const;

  test('every word that tells has to be said', () => {
    expect(asksFor(atPeriodEnd, ['once the grace period is over'])).toBe(true);
    expect(asksFor(atPeriodEnd, ['his money comes back, doesn’t it'])).toBe(true);
    for (const text of ['the weather is fine', 'after dinner', 'a lot of money', 'I am back']) {
      expect(asksFor(atPeriodEnd, [text]), text).toBe(false);
    }
  });
});

describe('a wish for a change is heard, however it is worded', () => {
  test.each<[keyof typeof tools, string]>([
    ['refund', 'Refund Bob'],
    ['refund', 'pls refnd ch_123'],
    ['refund', 'Give Bob his money back'],
    ['refund', 'can you reimburse her for the last invoice?'],
    ['refund', 'I want to return $10 to Ann'],
    ['refund', 'find her last payment and refund it'],
    ['refund', 'Rembourse Bob, s’il te plaît'],
    ['refund', 'Bitte erstatte Bob 10 Euro'],
    ['charge', 'bob.loblaw@example.com should be charged 1,000 yen'],
    ['charge', 'Take $40 from Dora'],
    ['charge', 'process a payment of $25 for Dora, and if it fails, try her backup card'],
    ['charge', 'bill Dora forty bucks'],
    ['charge', 'collect $5 from him now'],
    ['subscribe', 'put Bob on the Premium plan'],
    ['subscribe', 'Sign her up for Basic, monthly'],
    ['subscribe', 'start a subscription for Bob'],
    ['invoice', 'Invoice Bob for $300 of design work'],
    ['invoice', 'draft an invoice'],
    ['coupon', 'make a 20% off coupon'],
    ['coupon', 'we need a new coupon: 10% off, once'],
    ['end', "Cancel Bob's plan right away"],
    ['end', 'stop the subscription of Bob immediately'],
    ['end', 'terminate it'],
    ['remove', 'Remove old@example.com'],
    ['remove', 'please delete that customer'],
    ['mail', 'Tell Dora that it failed'],
    ['mail', 'check for failed payments and send dunning emails to those customers'],
    ['mail', 'let her know'],
    ['mail', 'email Dora about it'],
  ])('%s: %s', (tool, text) => {
    expect(asksFor(tools[tool], [text])).toBe(true);
    expect(readsOnly(text)).toBe(false);
  });
});

describe('a question asks for no change of any kind', () => {
  test.each([
    'Show me all customers',
    'What is my balance?',
    'List the last 10 charges',
    'Any open invoices?',
    'How many refunds did we make in March?',
    'When was the last refund?',
    'Give me a list of disputes',
    'get invoice in_123',
    'Who was charged twice?',
    'which subscriptions were cancelled last month',
    'Has the refund been paid?',
    'What does the last invoice say?',
    'tell me about Bob',
    'find Bob',
    'Look up the payment of Dora',
    'Is there a coupon for that?',
    'do we have failed payments today',
    'Explain the decline code do_not_honor',
    'How much did we earn, by product?',
    'send me the numbers of October',
    'Which customers will be billed tomorrow?',
    'zeig mir die letzten Rechnungen',
    'the last refund of Bob?',
    'her latest charge',
  ])('%s', (text) => {
    const heard = Object.entries(tools)
      .filter(([, tool]) => asksFor(tool, [text]))
      .map(([name]) => name);
    expect(heard).toEqual([]);
  });
});

test('an order for one kind of change is none for another', () => {
  expect(asksFor(tools.remove, ["Change Bob's phone number"])).toBe(false);
  expect(asksFor(tools.mail, ['Refund Bob'])).toBe(false);
  expect(asksFor(tools.refund, ['Delete Bob'])).toBe(false);
  expect(asksFor(tools.refund, ['Charge Bob $10'])).toBe(false);
  expect(asksFor(tools.charge, ['Cancel his subscription'])).toBe(false);
});
