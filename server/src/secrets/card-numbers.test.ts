import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskCardNumbers } from './card-numbers.ts';
import { stripeTestCards } from './test-cards.ts';

function withCheckDigit(body: string): string {
  for (let check = 0; check < 10; check += 1) {
    const digits = [...`${body}${check}`].reverse().map(Number);
    const sum = digits.reduce((total, digit, index) => {
      const doubled = digit * 2;
      return total + (index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    if (sum % 10 === 0) return `${body}${check}`;
  }
  throw new Error('no check digit');
}

const shapes = [
  { prefix: '4', length: 16 },
  { prefix: '4', length: 13 },
  { prefix: '4', length: 19 },
  { prefix: '51', length: 16 },
  { prefix: '2720', length: 16 },
  { prefix: '34', length: 15 },
  { prefix: '37', length: 15 },
  { prefix: '6011', length: 16 },
  { prefix: '652', length: 19 },
  { prefix: '36', length: 14 },
  { prefix: '3528', length: 16 },
  { prefix: '62', length: 17 },
  { prefix: '5018', length: 13 },
];

const pan = fc
  .tuple(
    fc.constantFrom(...shapes),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 19, maxLength: 19 }),
  )
  .map(([{ prefix, length }, digits]) => withCheckDigit((prefix + digits.join('')).slice(0, length - 1)))
  .filter((number) => !stripeTestCards.has(number));

const separators = fc.constantFrom('', ' ', '-', '.', ' - ', '\u00a0', '\u2011', '\u200b', '  ', '\t', '\n');

const written = fc.tuple(pan, separators, fc.constantFrom(1, 2, 3, 4, 5)).map(([number, between, size]) => ({
  number,
  text: (number.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(between),
}));

const words = fc.stringMatching(/^[A-Za-z ,:;!?äöü\n"'()]{0,40}$/);

describe('card numbers in text', () => {
  it('leaves none behind, however it is written and whatever stands around it', () => {
    fc.assert(
      fc.property(written, words, words, ({ number, text }, before, after) => {
        const masked = maskCardNumbers(`${before}${text}${after}`);
        expect(masked.text).toContain(`•••• ${number.slice(-4)}`);
        expect(masked.found).toHaveLength(1);
        expect(masked.text.replace(/\D/g, '')).toBe(number.slice(-4));
        expect(masked.text.startsWith(before)).toBe(true);
        expect(masked.text.endsWith(after)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds several in one text', () => {
    fc.assert(
      fc.property(fc.array(written, { minLength: 1, maxLength: 4 }), (cards) => {
        const masked = maskCardNumbers(cards.map(({ text }) => text).join(' and '));
        expect(masked.found.map(({ last4 }) => last4)).toEqual(cards.map(({ number }) => number.slice(-4)));
      }),
    );
  });

  it('masking twice changes nothing more', () => {
    fc.assert(
      fc.property(written, words, ({ text }, after) => {
        const once = maskCardNumbers(text + after).text;
        expect(maskCardNumbers(once)).toEqual({ text: once, found: [] });
      }),
    );
  });

  it.each([...stripeTestCards])('understands the published test card %s as %s', (number, testToken) => {
    const spaced = number.replace(/(.{4})/g, '$1 ').trim();
    const { text, found } = maskCardNumbers(`pay with ${spaced}, please`);
    expect(text).toBe(`pay with ${testToken} (test card •••• ${number.slice(-4)}), please`);
    expect(found).toEqual([expect.objectContaining({ testToken, last4: number.slice(-4) })]);
  });

  it.each([
    [
      'with expiry and code behind',
      '4242 4242 4242 4242 12/34 123',
      'pm_card_visa (test card •••• 4242) 12/34 123',
    ],
    ['in full-width digits', '４２４２　４２４２　４２４２　４２４２', 'pm_card_visa (test card •••• 4242)'],
    ['in Arabic digits', '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢', 'pm_card_visa (test card •••• 4242)'],
    ['glued to a word', 'card4000000000000002x', 'cardpm_card_visa_chargeDeclined (test card •••• 0002)x'],
    ['with dots', '4111.1111.1111.1111', '[card number removed •••• 1111]'],
    ['with mixed separators', '4111-1111 1111-1111', '[card number removed •••• 1111]'],
  ])('masks one %s', (_how, text, expected) => {
    expect(maskCardNumbers(text).text).toBe(expected);
  });

  it.each([
    ['a wrong check digit', '4242 4242 4242 4241'],
    ['a range of no scheme', '1234 5678 9012 3452'],
    ['a time in milliseconds', '1795467923500'],
    ['dates', '2026-11-23 20:48:36 to 2026-12-24'],
    ['Stripe ids', 'ch_3OabcD2eZvKYlo2C1x4242 cus_NffrFeUfNV2Hib pi_3MtwBwLkdIwHu7ix28a3tqPa'],
    ['phone numbers', '+49 30 901820 and +1 (415) 555-2671'],
    ['a large amount', '45123456789.01 idr'],
    ['amounts in a row', '5555.55 5555.55 4444.00 and 42.00 USD'],
    ['a long number that merely contains one', '1142424242424242424211'],
  ])('leaves alone %s', (_what, text) => {
    expect(maskCardNumbers(text)).toEqual({ text, found: [] });
  });

  const grouped = fc
    .tuple(
      pan,
      fc.constantFrom(
        '/',
        ',',
        ';',
        ':',
        '|',
        '*',
        ' / ',
        ' | ',
        '\u2044',
        '\u2215',
        '\u3001',
        '","',
        '\u2043',
        '+',
      ),
    )
    .map(([number, between]) => ({ number, text: (number.match(/.{1,4}/g) ?? []).join(between) }));

  it('leaves none behind in groups with other punctuation between them', () => {
    fc.assert(
      fc.property(grouped, words, words, ({ number, text }, before, after) => {
        const masked = maskCardNumbers(`${before}${text}${after}`);
        expect(masked.text.replace(/\D/g, '')).toBe(number.slice(-4));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['4242/4242/4242/4242', 'pm_card_visa (test card •••• 4242)'],
    ['4242,4242,4242,4242', 'pm_card_visa (test card •••• 4242)'],
    ['4111,1111,1111,1111,1226,123', '[card number removed •••• 1111],1226,123'],
    ['3782/822463/10005', 'pm_card_amex (test card •••• 0005)'],
    ['4/1/1/1/1/1/1/1/1/1/1/1/1/1/1/1', '[card number removed •••• 1111]'],
    ['4️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣1️⃣', /removed •••• 1111\]/],
  ])('masks %s', (text, expected) => {
    expect(maskCardNumbers(text).text).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });

  it('leaves lists of amounts alone', () => {
    const decimal = fc.integer({ min: 1, max: 999_999 }).map((minor) => (minor / 100).toFixed(2));
    const whole = fc.integer({ min: 1, max: 9_999 }).map(String);
    const thousands = fc.integer({ min: 1_000, max: 9_999_999 }).map((sum) => sum.toLocaleString('en-US'));
    const list = fc.oneof(
      fc.tuple(fc.array(decimal, { minLength: 3 }), fc.constantFrom(', ', ',', ' ', '; ', '/', '\n', ' + ')),
      fc.tuple(fc.array(whole, { minLength: 3 }), fc.constantFrom(', ', '; ', ' $')),
      fc.tuple(fc.array(thousands, { minLength: 3 }), fc.constantFrom(', ', ' ', '; ')),
    );
    fc.assert(
      fc.property(list, ([sums, between]) => {
        const text = sums.join(between);
        expect(maskCardNumbers(text)).toEqual({ text, found: [] });
      }),
      { numRuns: 3_000 },
    );
  });

  it('leaves telephone numbers with a country code alone', () => {
    const phone = fc
      .tuple(fc.constantFrom('49', '43', '44', '36', '56', '62', '65'), fc.stringMatching(/^[1-9]\d{9,10}$/))
      .map(([country, rest]) => `+${country} ${rest.slice(0, 4)} ${rest.slice(4)}`);
    fc.assert(
      fc.property(
        fc.oneof(
          phone,
          phone.map((text) => text.replaceAll(' ', '')),
        ),
        (text) => {
          expect(maskCardNumbers(text)).toEqual({ text, found: [] });
        },
      ),
    );
  });

  it('removes test cards like any other when asked to', () => {
    expect(maskCardNumbers('4242 4242 4242 4242', 'removed').text).toBe('[card number removed •••• 4242]');
  });

  it('leaves test cards, and nothing else, when they are to be kept', () => {
    const { text, found } = maskCardNumbers('4242 4242 4242 4242, 4111 1111 1111 1111', 'kept');
    expect(text).toBe('4242 4242 4242 4242, [card number removed •••• 1111]');
    expect(found).toHaveLength(1);
  });

  it('leaves times in a row alone', () => {
    const time = fc
      .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 19).replace('T', ' '));
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 4 }), (times) => {
        const text = times.join(', ');
        expect(maskCardNumbers(text)).toEqual({ text, found: [] });
      }),
    );
  });

  it.each([
    ['single digits', '4 '],
    ['digits', '4'],
    ['groups', '4242/'],
    ['cards', '4111 1111 1111 1111 '],
    ['amounts', '4242.42, '],
    ['letters', 'abc-'],
  ])('takes time in proportion to 100 kB of %s', (_what, part) => {
    const text = part.repeat(100_000 / part.length);
    // Quadratic work would take seconds; a few milliseconds are usual.
    expect(quickest(() => maskCardNumbers(text))).toBeLessThan(400);
  });
});

/** Of some runs, so that a busy machine does not fail the test. */
function quickest(work: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}
