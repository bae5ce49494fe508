import { expect, test } from 'vitest';
import { readSetting } from '../setting.ts';
import { extractEntities } from './extract.ts';

const setting = readSetting('Today is 2026-11-23 (UTC).', new Date(0));
const names = (text: string): string[] =>
  extractEntities(text, setting).flatMap((entity) => (entity.type === 'name' ? [entity.text] : []));

test.each([
  'which authorised payments are still uncaptured',
  'print the roster',
  'what CHF have we taken lately',
  'is any SEK pending',
  'did anybody do it himself',
  'how many euros are unconfirmed',
])('%s: money, states and everyday words are nobody', (text) => {
  expect(names(text)).toEqual([]);
});

test.each([
  ['refund tomasz', ['tomasz']],
  ["what is tomasz's balance", ['tomasz']],
  ['send Ines Duarte a receipt', ['Ines Duarte']],
  ['charge Li Wei ¥300', ['Li Wei']],
  ["CANCEL TOMASZ'S SUBSCRIPTION NOW", ['TOMASZ']],
])('%s: who is called so is somebody', (text, found) => {
  expect(names(text)).toEqual(found);
});
