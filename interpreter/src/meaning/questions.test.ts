import { describe, expect, test } from 'vitest';
import { readSetting } from '../setting.ts';
import { startConversation } from '../testing/conversation.ts';
import { toolDeclarations } from '../testing/tool-declarations.ts';
import { readToolbox } from '../toolbox.ts';
import { understand } from './understand.ts';

const setting = readSetting('Today is 2026-11-23 (UTC). default currency usd', new Date());
const toolbox = readToolbox(toolDeclarations);
const queryOf = (text: string) => understand(text, setting, toolbox)[0]?.query;

describe('a question is read as what it looks through and what is made of it', () => {
  test.each([
    ['who paid us the most in October?', { of: 'charge', measure: 'rank', by: 'customer', least: false }],
    ['top three customers by spend', { of: 'charge', measure: 'rank', by: 'customer', limit: 3 }],
    ['which customer owes us the most', { of: 'invoice', measure: 'rank', by: 'customer', states: ['open'] }],
    ['smallest payment?', { of: 'charge', measure: 'rank', least: true, limit: 1 }],
    ['which month was best?', { of: 'charge', measure: 'rank', by: 'month' }],
    ['how much has Bob paid so far?', { of: 'charge', measure: 'sum' }],
    ['how much did we refund this year', { of: 'refund', measure: 'sum' }],
    ['average payment size', { of: 'charge', measure: 'average' }],
    ['compare payments this month with last month', { of: 'charge', measure: 'compare' }],
    ['how much will Fay be charged next?', { of: 'subscription', measure: 'next' }],
    ['did Bob pay?', { of: 'charge', measure: 'check' }],
    ['customers who never paid', { of: 'charge', measure: 'absent' }],
    ['past due or incomplete subscriptions', { of: 'subscription', states: ['past_due', 'incomplete'] }],
    ['list the payments in yen', { of: 'charge', measure: 'list', currency: 'jpy' }],
    ['payments made with Mastercard', { of: 'charge', brand: 'mastercard' }],
    ['any payments from Japan?', { of: 'charge', country: 'JP' }],
    ['how many disputes did we lose?', { of: 'dispute', measure: 'count', states: ['lost'] }],
    ['where do we stand with cash in stripe, available vs. on the way?', { of: 'balance' }],
  ])('%s', (text, query) => {
    expect(queryOf(text)).toMatchObject(query);
  });
});

describe('an order is none, however it is put', () => {
  test.each([
    'charge Bob $10',
    'could you refund the biggest payment of Bob?',
    'please give me a payment link for the One-time Setup',
    'go ahead and create the customer Ann Lee, ann@x.com?',
    'create a coupon for our best customer, 20% off',
    'see if you can refund Carla',
  ])('%s', (text) => {
    expect(queryOf(text)).toBeUndefined();
  });
});

describe('a question is gone on from', () => {
  test('another measure, another person and another time keep the rest', async () => {
    const { say } = startConversation();
    await say("show Bob's payments");
    expect((await say('how much is that in total?')).text).toMatch(/in \d+ payments of Bob/);
    expect((await say('and the biggest?')).calls).toEqual(['list_charges']);
    expect((await say('and last month?')).calls).toEqual(['list_charges']);
  });

  test('whoever is meant by "he" is asked for where nobody was spoken of', async () => {
    const { say } = startConversation();
    const told = await say('what did he pay?');
    expect(told).toMatchObject({ calls: [], text: expect.stringContaining('Whom do you mean?') });
  });
});
