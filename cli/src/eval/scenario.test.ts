import { describe, expect, test } from 'vitest';
import { readSuite } from './scenario.ts';
import { loadSuites, parts } from './suites.ts';

describe('a suite', () => {
  test('makes a scenario of each wording, with the same expectations', () => {
    const text = '## refund\n% be kind\n* twins\n> refund {ch}\n> give it back\n+ refund charge={ch}\n= $5\n';
    const found = readSuite('money', text);
    expect(found.map(({ id, turns }) => [id, turns[0]?.say])).toEqual([
      ['money/refund #1', 'refund {ch}'],
      ['money/refund #2', 'give it back'],
    ]);
    for (const { instructions, world, turns } of found) {
      expect([instructions, world]).toEqual(['be kind', ['twins']]);
      expect(turns[0]).toMatchObject({ effects: ['+ refund charge={ch}'], tells: ['$5'], asks: false });
    }
  });

  test('goes on in the same conversation below ">>"', () => {
    const [talk] = readSuite('talks', '## t\n> charge Bob\n?\n>> $5\n@ bob@x.com\n! sk_test\n');
    expect(talk?.turns).toMatchObject([
      { say: 'charge Bob', asks: true },
      { say: '$5', asks: false, mails: ['bob@x.com'], hides: ['sk_test'] },
    ]);
  });

  test('is refused where a line is not understood', () => {
    expect(() => readSuite('s', '## a\n> hi\n$ what\n')).toThrow('"a": a line cannot open with "$"');
    expect(() => readSuite('s', '## a\n= 5\n')).toThrow('nothing was said before');
  });

  test.each(parts)('of %s is read, each scenario by a name of its own', async (part) => {
    const ids = (await loadSuites(part)).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(200);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
