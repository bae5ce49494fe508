import { expect, test } from 'vitest';
import { startConversation } from '../testing/conversation.ts';

async function writes(text: string): Promise<string[]> {
  return (await startConversation().say(text)).written.map(({ tool }) => tool);
}

test.each([
  ['create a product "Poster" for $15, no subscription', ['create_product']],
  ['create a payment intent for $20 for Bob Loblaw, leave it unconfirmed', ['create_payment_intent']],
  ["don't email him, just refund ch_b2", ['create_refund']],
  ['refund ch_b2 without notifying him', ['create_refund']],
])('%s: what is negated says how, and the act is done', async (text, tools) => {
  expect(await writes(text)).toEqual(tools);
});

test.each([
  'create a product "Poster" for $15 a month, no subscription',
  'charge Bob Loblaw $20, leave it unconfirmed',
  "don't refund ch_b2, just email him",
  "refund ch_b2, no, don't",
])('%s: what is negated is the act, or contradicts it', async (text) => {
  expect((await writes(text)).filter((tool) => tool !== 'send_message')).toEqual([]);
});

test('to send somebody nothing is to send nothing', async () => {
  expect(await writes('create the customer Nina Hart (nina@example.com), then send her nothing')).toEqual([]);
});
