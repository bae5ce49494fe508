import { expect, test } from 'vitest';
import { readSetting } from '../setting.ts';
import type { EntityValue } from './entity.ts';
import { extractEntities } from './extract.ts';

const setting = readSetting(
  'Today is 2026-11-23 (UTC).\nConnected account: Demo, mode test, default currency usd.',
  new Date(0),
);

function values(text: string): EntityValue[] {
  return extractEntities(text, setting).map(({ start: _, end: __, ...value }) => value as EntityValue);
}

test.each([
  ['take it from the card ending in 1881', '1881'],
  ['the 0005 visa of Ines', '0005'],
  ['bill her on Amex 8431', '8431'],
  ['use the one that ends with 3222', '3222'],
  ['his card *9424', '9424'],
  ['card number ****1117', undefined],
  ['raise it by 1500 today', undefined],
])('%s: a card is told by its last digits', (text, digits) => {
  const found = values(text).find(({ type }) => type === 'card_ending');
  expect(found).toEqual(digits === undefined ? undefined : { type: 'card_ending', digits });
});

test.each([
  ['her VAT number is FR 40 303 265 045', 'FR40303265045'],
  ['add IE 6388047V to the account of Sean', 'IE6388047V'],
  ['tax id: 91-1144442', '91-1144442'],
  ['GB 980 7806 84 please', 'GB980780684'],
])('%s: the number of a tax id has no blanks', (text, number) => {
  expect(values(text)).toContainEqual({ type: 'tax_id', number });
});

test.each([
  ['phone of Ines: 0034 612 345 678', '0034 612 345 678'],
  ['her mobile is now (0)171 234 5678', '(0)171 234 5678'],
  ['ring +33 1 70 18 99 00', '+33 1 70 18 99 00'],
  ['Tel. 030/901820', '030/901820'],
])('%s: a telephone number in any form', (text, phone) => {
  expect(values(text)).toContainEqual({ type: 'phone', phone });
});

test.each([
  ['charge Ines 2.3k', '2300'],
  ['charge Ines three dozen', '36'],
  ['charge Ines half a dozen', '6'],
  ['charge Ines eighty', '80'],
])('%s: a number in short or in words', (text, digits) => {
  expect(values(text)).toContainEqual({ type: 'number', digits, times: false });
});

test.each([
  ['charge Ines seven and a half euros', '7.5', 'eur'],
  ['charge Ines 15,- EUR', '15', 'eur'],
])('%s: a sum as it is spoken', (text, decimal, currency) => {
  expect(values(text)).toContainEqual({ type: 'amount', amount: { decimal, currency } });
});

test('a day with its month and year is one day, not a number before a month', () => {
  expect(values('until 3 March 2027')).toEqual([
    { type: 'period', period: { to: '2027-03-03', words: 'until 3 March 2027' } },
  ]);
});
