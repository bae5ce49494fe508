import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, redactText } from './redact.ts';

// Put together here, so that no scanner takes them for leaked ones.
const body = 'AbCdEf0123456789GhIjKlMnOp';

describe('redaction', () => {
  it.each([
    `sk_live_${body}`,
    `sk_test_${body}`,
    `rk_live_${body}`,
    `rk_test_${body}`,
    `pk_live_${body}`,
    `whsec_${body}`,
    `sk-ant-api03-${body}`,
    `sk-proj-${body}`,
    `sk-${body}`,
    `AIza${body}${body}`,
    `ghp_${body}`,
    `xoxb-123456789-${body}`,
    `purser_${body}${body}`,
  ])('blacks out %s anywhere', (secret) => {
    for (const text of [secret, `key=${secret}.`, `{"apiKey":"${secret}"}`, `No such key: ${secret}\n`]) {
      expect(redactText(text)).not.toContain(body);
      expect(redactText(text)).toContain('[redacted]');
    }
  });

  it('blacks out what follows Bearer and passwords in addresses', () => {
    expect(redactText('Authorization: Bearer abc.def.ghi-jkl')).toBe('Authorization: Bearer [redacted]');
    expect(redactText('authorization: Basic dXNlcjpwYXNz')).toBe('authorization: Basic [redacted]');
    expect(redactText('Basic c2tfdGVzdF9hYmM6cGFzczEy')).toBe('Basic [redacted]');
    expect(redactText('postgres://purser:hunter22@db:5432/x')).toBe('postgres://purser:[redacted]@db:5432/x');
  });

  it.each([
    'cus_NffrFeUfNV2Hib paid in_1MtHbELkdIwHu7ixl4OzzPMv',
    'https://dashboard.stripe.com/test/apikeys',
    'pk_test_123456789012',
    'a risk-free task',
    'Basic subscription and basic membership',
    'Basic Subscription-2026',
    'bearer instruments.',
    'sk-blue-widget-extra-large',
  ])('leaves alone: %s', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('blacks out registered values wherever they stand, longest first', () => {
    const redactor = createRedactor();
    redactor.add('swordfish');
    redactor.add('swordfish-and-more');
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        expect(redactor.redact(`${before}swordfish-and-more${after}`)).not.toContain('swordfish');
      }),
    );
    expect(redactor.redact('swordfish-and-more')).toBe('[redacted]');
  });

  it('reaches into values, keys and lists', () => {
    const redactor = createRedactor();
    redactor.add('swordfish');
    const value = { list: ['swordfish', 1, null], swordfish: { at: true } };
    expect(redactor.redactValue(value)).toEqual({
      list: ['[redacted]', 1, null],
      '[redacted]': { at: true },
    });
  });

  it('ignores values too short to be secrets', () => {
    const redactor = createRedactor();
    redactor.add('the');
    expect(redactor.redact('the balance')).toBe('the balance');
  });

  it.each([
    'abc-',
    'a',
    'a.b+',
    'x://',
    'x://u:',
    'Bearer ',
    'Basic  ',
    'sk_live_',
    'sk-',
    'purser_',
    'xoxb-',
    'ghp_',
  ])('takes time in proportion to 100 kB of %j', (part) => {
    const text = part.repeat(100_000 / part.length);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      redactText(text);
      return performance.now() - start;
    });
    // Quadratic work would take seconds; a few milliseconds are usual.
    expect(Math.min(...times)).toBeLessThan(400);
  });
});
