import { describe, expect, test } from 'vitest';
import { startConversation, type Told } from '../testing/conversation.ts';

async function talk(...said: string[]): Promise<Told[]> {
  const conversation = startConversation();
  const told: Told[] = [];
  for (const text of said) told.push(await conversation.say(text));
  return told;
}

const writes = (told: Told | undefined) => told?.written.map(({ tool, input }) => [tool, input]) ?? [];

describe('going on from what was said', () => {
  test('half of the payment named before is refunded, to the cent', async () => {
    const [, second] = await talk("Show me Bob's last payment.", 'now refund half of it');
    expect(writes(second)).toEqual([['create_refund', { charge: 'ch_b2', amount: '20.00' }]]);
  });

  test('a payment intent is paid with a test card as the host hands it on', async () => {
    const [, second] = await talk(
      'create a payment intent for $50 for bob.loblaw@example.com',
      'Pay that payment intent with card pm_card_visa (test card •••• 4242)',
    );
    expect(writes(second)).toEqual([
      ['confirm_payment_intent', { payment_intent: 'pi_new1', payment_method: 'pm_card_visa' }],
    ]);
    expect(second?.text).toContain('$50.00');
  });

  test('a declined card is said to be declined, with what to do', async () => {
    const [, second] = await talk(
      'create a payment intent for $50 for bob.loblaw@example.com',
      'pay it with 4000 0000 0000 0002',
    );
    expect(second?.text).toMatch(/declined/);
    expect(second?.text).toMatch(/another card/i);
    expect(second?.steps).toBe(2);
  });

  test('another card can be tried afterwards', async () => {
    const [, , third] = await talk(
      'create a payment intent for $50 for bob.loblaw@example.com',
      'pay it with 4000000000000002',
      'and now with 4242424242424242',
    );
    expect(writes(third)).toEqual([
      ['confirm_payment_intent', { payment_intent: 'pi_new1', payment_method: '4242424242424242' }],
    ]);
  });

  test('a number that the host took out is never used', async () => {
    const [, second] = await talk(
      'create a payment intent for $50 for bob.loblaw@example.com',
      'pay it with [card number removed •••• 1234]',
    );
    expect(writes(second)).toEqual([]);
    expect(second?.text).toMatch(/do not take card numbers/);
  });

  test('"same for …" repeats the act for somebody else', async () => {
    const [, second] = await talk('charge Carla $10', 'same for Bob Loblaw');
    expect(writes(second)).toEqual([
      ['charge_customer', { customer: 'Bob Loblaw', amount: '10', currency: 'usd' }],
    ]);
  });

  test('another month changes only the month', async () => {
    const [, second] = await talk('show payments in March', 'and in October?');
    expect(second?.text).toContain('$29.99');
    expect(second?.text).not.toContain('$80.00');
  });

  test('what was done is not silently done differently', async () => {
    const [, second] = await talk('charge Carla $10', 'no, 30');
    expect(writes(second)).toEqual([]);
  });

  test('a person spoken of can be meant by a pronoun', async () => {
    const [told] = await talk(
      'create a customer Ann Lee with email ann@x.com and subscribe her to the Premium Subscription',
    );
    expect(writes(told)).toEqual([
      ['create_customer', { name: 'Ann Lee', email: 'ann@x.com' }],
      ['create_subscription', { customer: 'cus_new1', product: 'Premium Subscription' }],
    ]);
  });

  test('the second of a list that was shown', async () => {
    const [, second] = await talk("list Bob's payments", 'refund the second one');
    expect(writes(second)).toEqual([['create_refund', { charge: 'ch_b1', full: true }]]);
  });

  test('all but one', async () => {
    const [told] = await talk('refund everything Anna paid in March except the set-up fee');
    expect(writes(told)).toEqual([['create_refund', { charge: 'ch_a2', full: true }]]);
  });
});

describe('answers to its own questions', () => {
  test.each([['the second one'], ['billy2@example.com'], ['Billy Joel'], ['2'], ['joel']])(
    'which Billy: %s',
    async (answer) => {
      const [first, second] = await talk('charge Billy $10', answer);
      expect(writes(first)).toEqual([]);
      expect(writes(second)).toEqual([
        ['charge_customer', { customer: 'cus_bill2', amount: '10', currency: 'usd' }],
      ]);
    },
  );

  test('how much', async () => {
    const [, second] = await talk('charge Carla', '25');
    expect(writes(second)).toEqual([
      ['charge_customer', { customer: 'Carla', amount: '25', currency: 'usd' }],
    ]);
  });

  test('when', async () => {
    const [, second] = await talk("cancel Bob Loblaw's subscription", 'at the end of the period');
    expect(writes(second)).toEqual([['cancel_subscription_at_period_end', { customer: 'Bob Loblaw' }]]);
  });

  test('never mind', async () => {
    const [, second] = await talk('charge Billy $10', 'never mind');
    expect(writes(second)).toEqual([]);
  });

  test('another request instead of an answer', async () => {
    const [, second] = await talk('charge Billy $10', 'what is my balance?');
    expect(second?.calls).toEqual(['retrieve_balance']);
  });

  test('three questions in a row', async () => {
    const [, , third] = await talk('create an invoice', 'Carla', '$40');
    expect(writes(third)).toEqual([['create_invoice', { customer: 'Carla', amount: '40', currency: 'usd' }]]);
  });
});

describe('where it must not act', () => {
  test.each([
    ["refund Bob's last payment only if it is below $20"],
    ['charge Carla $10 tomorrow'],
    ['charge Carla $10 unless she paid already'],
    ["don't charge Carla $10"],
    ['should I refund Carla?'],
    ['how do I charge Carla $10?'],
    ['did you charge Carla $10?'],
    ['I charged Carla $10 yesterday'],
    ['charge Carla $10 and $20 for Bob and Dora'],
    ['charge all customers $5'],
    ['refund everybody'],
    ['pay Bob $50'],
    ['send $50 to Bob'],
    ['make a payment of $20 to Carla'],
    ['charge Carla $10 twice'],
    ['charge Carla -$10'],
    ['charge Carla 1.000 EUR'],
    ['charge Carla $0'],
    ['refund $0 of ch_b2'],
    ['refund 1.000 USD of ch_b2'],
    ['refund 150% of ch_b2'],
    ['refund minus $5 of ch_b2'],
    ['give Bob Loblaw a 20% discount'],
    ['create a subscription for Carla to Premium Subscription and Basic Plan'],
    ['would refunding Bob cost me fees?'],
    ['what happens if I refund Bob?'],
    ['accept the dispute dp_1'],
    ['cancel all subscriptions'],
    ['archive all products'],
    ['charge it'],
    ['yes'],
  ])('%s', async (text) => {
    const [told] = await talk(text);
    expect(writes(told)).toEqual([]);
    expect(told?.text).not.toBe('');
  });

  test('a rejected approval ends the matter', async () => {
    const told = await startConversation({ deny: true }).say('charge Carla $10');
    expect(told.text).toMatch(/not approved/);
    expect(told.calls).toEqual(['charge_customer']);
  });

  test('the instructions set a ceiling', async () => {
    const conversation = startConversation({
      instructions: 'We sell courses.\nNever refund more than $30 without a manager.',
    });
    const told = await conversation.say("refund Bob's last payment");
    expect(told.written).toEqual([]);
    expect(told.text).toContain('Never refund more than $30');
    const small = await conversation.say('refund $10 of ch_b2');
    expect(small.written).toHaveLength(1);
  });
});

test('what the business sells is answered from the instructions', async () => {
  const told = await startConversation({
    instructions: 'Northwind sells tea.\nProducts: Sencha ($12), Matcha ($30).',
  }).say('what do you sell?');
  expect(told.text).toContain('Sencha');
});
