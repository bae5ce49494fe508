import { describe, expect, test } from 'vitest';
import { readSetting } from '../setting.ts';
import { declareTool, toolDeclarations } from '../testing/tool-declarations.ts';
import { readToolbox } from '../toolbox.ts';
import { standingOrder } from './standing.ts';

const setting = readSetting('Today is 2026-11-23 (UTC). default currency usd', new Date());
const post = declareTool({
  ...{ name: 'post_pigeon_message', effect: 'write', fields: ['channel', 'text'] },
  ...{ action: 'post', object: 'pigeon_message', synonyms: ['tell pigeon'] },
});
const toolbox = readToolbox([
  ...toolDeclarations,
  { ...post, providerOptions: { builtin: { ...post.providerOptions?.builtin, title: 'Post to Pigeon' } } },
]);
const read = (text: string) => standingOrder(text, setting, toolbox);

describe('what is to be done from now on, at a place that tools name', () => {
  test.each([
    [
      "tell Pigeon's #sales of every payment over $500",
      'payment_intent.succeeded',
      "Tell Pigeon's #sales of this payment.",
    ],
    ['post each new dispute to #ops', 'charge.dispute.created', 'Post this dispute to #ops.'],
    [
      'Whenever a subscription is cancelled, let #ops know',
      'customer.subscription.deleted',
      'Let #ops know about this subscription.',
    ],
    [
      'notify #ops on Pigeon when an invoice payment fails',
      'invoice.payment_failed',
      'Notify #ops on Pigeon about this invoice.',
    ],
    ['each time somebody signs up post it in #sales', 'customer.created', 'Post this customer in #sales.'],
    ['once a payout has failed, tell Pigeon', 'payout.failed', 'Tell Pigeon about this payout.'],
    ['for any refund put a line in #money', 'refund.created', 'Put a line in #money about this refund.'],
    [
      'after a successful payment e-mail the customer',
      'payment_intent.succeeded',
      'E-mail the customer about this payment.',
    ],
  ])('%s', (text, event, prompt) => {
    expect(read(text)).toMatchObject({ happening: { event }, prompt });
  });

  test('which of them are meant becomes a filter', () => {
    expect(read('post every payment above 1,000 euros to #sales')?.happening?.filter).toEqual({
      above: { amount: '1000', currency: 'eur' },
    });
    expect(read('tell #ops of each failed payment with code expired_card')?.happening).toMatchObject({
      event: 'charge.failed',
      filter: { where: [{ field: 'failure_code', is: 'expired_card' }] },
    });
    expect(
      read('tell #ops about every declined payment with code insufficient_funds')?.happening?.filter,
    ).toEqual({
      where: [{ field: 'outcome.reason', is: 'insufficient_funds' }],
    });
  });

  test('how often it has to happen is counted when it does', () => {
    const order = read('tell #ops when card payments fail with the same code more than 3 times in an hour');
    expect(order?.happening?.repeated).toEqual({ times: 4, minutes: 60, sameCode: true });
  });

  test.each([
    ['every Monday at 9 show me the overdue invoices', '0 9 * * 1'],
    ['list failed payments every weekday at 17:30', '30 17 * * 1-5'],
    ['each morning tell me what is pending', '0 9 * * *'],
  ])('%s', (text, cron) => {
    expect(read(text)?.cron).toBe(cron);
  });
});

describe('what is done once, or waits for somebody certain, is none', () => {
  test.each([
    'email every customer whose payment failed',
    'cancel every subscription that failed',
    'show me every payment over $50',
    'show me what Bob pays every month',
    'charge Bob $10 every Monday',
    'if Bob pays, tell #ops',
    'charge Bob $10, if it fails tell #ops',
    'when a payment fails, refund it',
    'post the refunds of today to #ops',
    'tell #ops that every payment over $500 is checked by hand',
  ])('%s', (text) => {
    expect(read(text)).toBeUndefined();
  });
});
