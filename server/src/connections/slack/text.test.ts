import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slackText } from './text.ts';

test.each([
  ['**Paid**: 5 < 6 & 7', '*Paid*: 5 &lt; 6 &amp; 7'],
  [
    'See [the invoice](https://pay.example/i?a=1&b=2).',
    'See <https://pay.example/i?a=1&amp;b=2|the invoice>.',
  ],
  ['## Today\n- one\n* two', '*Today*\n• one\n• two'],
  ['<!channel> <@U123> hello', '&lt;!channel&gt; &lt;@U123&gt; hello'],
  ['[<!here>](https://a.example)', '<https://a.example|&lt;!here&gt;>'],
  ['[x](javascript:alert(1))', '[x](javascript:alert(1))'],
])('%j becomes %j', (markdown, text) => {
  expect(slackText(markdown)).toBe(text);
});

test('nothing anybody writes wakes a channel, names a person or opens another bracket', () => {
  const parts = fc.constantFrom(
    '<!channel>',
    '<@U1>',
    '[a](https://b.example)',
    '<',
    '>',
    '|',
    '](',
    '\u0001',
    '0',
    '\u0002',
    'x',
    '\n',
  );
  fc.assert(
    fc.property(
      fc.array(parts, { maxLength: 12 }).map((list) => list.join('')),
      (text) => {
        const brackets = slackText(text).match(/<[^>]*>/g) ?? [];
        expect(brackets.every((each) => /^<https:\/\/b\.example\|[^<>|]*>$/.test(each))).toBe(true);
      },
    ),
  );
});
