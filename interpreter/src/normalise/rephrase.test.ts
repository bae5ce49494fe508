import { describe, expect, test } from 'vitest';
import { rephrased } from './rephrase.ts';

describe('said the plain way round', () => {
  test.each([
    ['Paul Weiß should be subscribed to the Basic Plan', 'subscribe Paul Weiß to the Basic Plan'],
    ['paul@example.de needs to be refunded', 'refund paul@example.de'],
    ['team seats should no longer be sold', 'archive the product "team seats"'],
    ['bob loblaw wants the cheaper Basic Plan instead', 'switch bob loblaw to Basic Plan'],
    [
      "Carla's new number is +34 600 111 222, please update it",
      'change the phone number of Carla to +34 600 111 222',
    ],
    ['Carla needs two more seats', "add two seats to Carla's subscription"],
    ['he should be refunded', 'refund him'],
    ['Can you get Bob refunded?', 'refund Bob'],
    ['Bring Old Widget back on sale', 'reactivate the product "Old Widget"'],
    [
      'give paul@example.de a two-week trial of the Basic Plan',
      'subscribe paul@example.de to the Basic Plan with a two-week trial',
    ],
    [
      'paul@example.de wants five Team Seats, please subscribe him',
      'subscribe paul@example.de to five Team Seats',
    ],
    [
      'Put "VIP, call first" as the description of Carla',
      'set the description of Carla to "VIP, call first"',
    ],
    [
      'Everyone whose payment bounced in the past 24 hours should get a dunning email',
      'send dunning email to Everyone whose payment bounced in the past 24 hours',
    ],
    ['Is there enough in our balance to cover rent of $500?', 'show the balance'],
    ["let Bob's subscription run out", "cancel Bob's subscription at the end of the period"],
    [
      'set sub_1abc to cancel at the end of the billing period',
      'cancel sub_1abc at the end of the billing period',
    ],
  ])('%s', (said, plain) => {
    expect(rephrased(said)).toBe(plain);
  });
});

describe('orders in other frames are said plainly', () => {
  test.each([
    // Manners, and thanks after it.
    ['hi, would you mind refunding Bob?', 'refund Bob'],
    ["I'd be grateful if you could charge Carla $45", 'charge Carla $45'],
    // What is taken back.
    ['Get Emma... no, get Paul subscribed to the Basic Plan', 'subscribe Paul to the Basic Plan'],
    ['Refund $20, sorry, $30 to Bob', 'Refund $30 to Bob'],
    ['Cancel sub_1abc today, not at the end of the period', 'Cancel sub_1abc today'],
    // What is spoken of first.
    ["Anna's subscription: cancel it at period end", "cancel Anna's subscription at period end"],
    ['in_1abc - void', 'void in_1abc'],
    ['Team Seats → $9.50 a month', 'change the price of Team Seats to $9.50 a month'],
    ['carla@example.com: 5 seats', "change the seats of carla@example.com's subscription to 5"],
    // Statements and nouns.
    ['Paul wants the Basic Plan instead of Premium', 'switch Paul to Basic Plan'],
    ['Paul gets a $25 credit on his balance', "credit $25 to Paul's balance"],
    ['A payment of $45 from Carla', 'charge Carla $45'],
    ['Paul would like a quote for two Team Seats', 'create a quote for Paul for two Team Seats'],
    [
      'Paul should get two weeks of the Basic Plan for free',
      'subscribe Paul to the Basic Plan with a trial of two weeks',
    ],
    [
      'a@example.com is wrong, the right one is b@example.com',
      'change the e-mail of a@example.com to b@example.com',
    ],
    // Two verbs for one thing, one wish in two sentences.
    ["finalize and send Anna's draft", "finalize Anna's draft and send it"],
    ['Carla wants to change her card. Send me a link for that.', 'create a portal link for Carla.'],
    ['Paul will take the Basic Plan. Start it.', 'place Paul on the Basic Plan.'],
    // The end of what is paid.
    [
      'downgrade Bob to the Basic Plan once the month he paid for is over',
      'downgrade Bob to the Basic Plan at the end of the period',
    ],
  ])('%s', (said, plain) => {
    expect(rephrased(said)).toBe(plain);
  });
});

describe('a story says what the request after it means', () => {
  test.each([
    ['The goods for pi_3abcDEF have shipped, capture it', 'capture pi_3abcDEF'],
    ['Old One can go, delete that customer', 'delete the customer Old One'],
    ["Paul's open invoice was a mistake, void it", "void Paul's open invoice"],
    ['Paul Weiß paid his invoice by bank transfer, mark it as paid', "mark Paul Weiß's invoice as paid"],
    ["We'll never see the money of in_1abc. Mark it uncollectible.", 'Mark in_1abc uncollectible.'],
    [
      'Bob Loblaw is unhappy, refund his consulting payment in full',
      "refund Bob Loblaw's consulting payment in full",
    ],
    ["please cancel pi_3abc, we don't need it", 'cancel pi_3abc'],
  ])('%s', (said, plain) => {
    expect(rephrased(said)).toBe(plain);
  });
});

describe('what could change a request stays as it was said', () => {
  test.each([
    // Facts, conditions and second people within the story.
    'anna@example.com owes us 8.25, charge her',
    'Bob and Carla left, cancel his subscription',
    'If Bob left, cancel his subscription',
    // Somebody else's words.
    'Bob wrote: refund him',
    'The customer says: cancel it',
    // Reasons that a refund records, and sums.
    'Refund ch_3abc, it was a duplicate',
    'Refund ch_3abc, he paid $50 too much',
    // Questions and quotations.
    'What should be refunded?',
    'Should Bob be refunded?',
    'have we refunded Bob',
    'Have they been refunded?',
    'what would it cost if Bob moved to the Basic Plan today?',
    'Bob needs to be refunded?',
    'create a product "Bob should be refunded"',
    'Charge Carla $20',
  ])('%s', (said) => {
    expect(rephrased(said)).toBe(said);
  });
});
