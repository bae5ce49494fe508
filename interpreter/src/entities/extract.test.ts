import { describe, expect, test } from 'vitest';
import { tidy } from '../normalise/text.ts';
import { readSetting } from '../setting.ts';
import type { Entity } from './entity.ts';
import { extractEntities } from './extract.ts';

const setting = readSetting('Today is 2026-11-23 (Europe/Berlin).', new Date('2026-11-23T12:00:00Z'));

function found<Type extends Entity['type']>(text: string, type: Type): Extract<Entity, { type: Type }>[] {
  return extractEntities(tidy(text), setting).filter(
    (entity): entity is Extract<Entity, { type: Type }> => entity.type === type,
  );
}

describe('sums of money', () => {
  test.each([
    ['charge $29.99', '29.99', 'usd'],
    ['charge her fifty bucks', '50', 'usd'],
    ['charge USD 1,250.50 now', '1250.50', 'usd'],
    ['charge ¥5000', '5000', 'jpy'],
    ['charge 5k euros', '5000', 'eur'],
    ['charge €12', '12', 'eur'],
    ['charge 1,000 yen', '1000', 'jpy'],
    ['charge 1.250,50 €', '1250.50', 'eur'],
    ['charge CHF 1’000', '1000', 'chf'],
    ['charge twenty-five pounds', '25', 'gbp'],
    ['charge a hundred and ten dollars', '110', 'usd'],
    ['charge 50 CAD', '50', 'cad'],
    ['charge $50 CAD', '50', 'cad'],
    ['charge 99 cents', '0.99', 'usd'],
    ['charge 0.250 kwd', '0.250', 'kwd'],
    ['charge $1.5k', '1500', 'usd'],
  ])('%s', (text, decimal, currency) => {
    expect(found(text, 'amount').map(({ amount }) => amount)).toEqual([{ decimal, currency }]);
  });

  test('a name that is also a currency code is no currency', () => {
    expect(found('charge Bob 10', 'amount')).toEqual([]);
  });
});

describe('periods', () => {
  test.each([
    ['last month', '2026-10-01', '2026-11-01'],
    ['in March', '2026-03-01', '2026-04-01'],
    ['in March last year', '2025-03-01', '2025-04-01'],
    ['in December', '2025-12-01', '2026-01-01'],
    ['Q3', '2026-07-01', '2026-10-01'],
    ['this week', '2026-11-23', '2026-11-30'],
    ['last week', '2026-11-16', '2026-11-23'],
    ['yesterday', '2026-11-22', '2026-11-23'],
    ['since January', '2026-01-01', undefined],
    ['in the last 24 hours', '2026-11-22T12:00:00.000Z', undefined],
    ['last 7 days', '2026-11-16', undefined],
    ['between March 1 and March 5', '2026-03-01', '2026-03-06'],
    ['since 2026-05-04', '2026-05-04', undefined],
    ['in 2025', '2025-01-01', '2026-01-01'],
  ])('%s', (text, from, to) => {
    const [period] = found(`show payments ${text}`, 'period');
    expect([period?.period.from, period?.period.to]).toEqual([from, to]);
  });
});

describe('names', () => {
  test.each([
    ["refund Bob Loblaw's last payment", ['Bob Loblaw']],
    ["refund bob loblaw's last payment", ['bob loblaw']],
    ['add a customer named Seán O’Brien, email sean@x.ie', ["Seán O'Brien"]],
    ['switch carla to the basic plan', ['carla', 'basic plan']],
    ['Show me 田中 太郎 payments', ['田中 太郎']],
    ['Make the Basic Plan $12 a month', ['Basic Plan']],
    ['CHARGE CARLA $20', ['CARLA']],
    ['list all failed payments of this month', []],
    ['Can you please show me the latest invoices?', []],
  ])('%s', (text, names) => {
    expect(found(text, 'name').map((entity) => entity.text)).toEqual(names);
  });
});

test('card numbers, ids, keys and addresses are known by their shape', () => {
  const text = 'pay pi_123 with 4242 4242 4242 4242 for bob@x.com, not sk_test_abc, call +1 202 555 0170';
  expect(extractEntities(text, setting).map(({ type }) => type)).toEqual([
    'id',
    'card',
    'email',
    'secret',
    'phone',
  ]);
});
