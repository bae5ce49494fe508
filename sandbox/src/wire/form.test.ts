import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairsOf } from '../testing/hostile-requests.ts';
import { StripeFault } from './errors.ts';
import { decodeForm, formLimits } from './form.ts';

test('maps and lists nest as SDKs send them', () => {
  const form = decodeForm(
    'a=1&items[0][price]=p&items[0][quantity]=2&items[1][price]=q&tags[]=x&tags[]=y&metadata[k]=v%20w+z',
  );
  expect(form).toEqual({
    a: '1',
    items: [{ price: 'p', quantity: '2' }, { price: 'q' }],
    tags: ['x', 'y'],
    metadata: { k: 'v w z' },
  });
});

test('lists of maps without numbers: a map ends where a name comes again', () => {
  const form = decodeForm('a[][b]=1&a[][c]=2&a[][b]=3&a[][d][]=4&a[][d][]=5&a[2][b]=6');
  expect(form).toEqual({ a: [{ b: '1', c: '2' }, { b: '3', d: ['4', '5'] }, { b: '6' }] });
});

test('a name cannot be both a value and a map', () => {
  expect(() => decodeForm('a=1&a[b]=2')).toThrow(StripeFault);
  expect(() => decodeForm('a[b]=2&a=1')).toThrow(StripeFault);
});

test('broken encodings, names and excess are refused', () => {
  expect(() => decodeForm('a=%ZZ')).toThrow(/percent-encoded/);
  expect(() => decodeForm('a[b=1')).toThrow(/parameter name/);
  expect(() => decodeForm(`a${'[b]'.repeat(formLimits.depth)}=1`)).toThrow(/nested/);
  expect(() => decodeForm('a=1&'.repeat(formLimits.fields + 1))).toThrow(/Too many/);
});

test('prototypes are not reachable', () => {
  const form = decodeForm('__proto__[polluted]=1&constructor[prototype][x]=1');
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(Object.keys(form)).toEqual(['__proto__', 'constructor']);
});

test('what SDKs make of any value is read as that value', () => {
  const name = fc.stringMatching(/^[a-z_][\w.:-]{0,8}$/).filter((one) => one !== '__proto__');
  const { tree } = fc.letrec((tie) => ({
    tree: fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 4 }),
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string({ unit: 'grapheme' }),
      fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      tie('tree'),
    ),
  }));
  const escaped = ([name, value]: readonly [string, string]) =>
    `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  const isShallow = (value: unknown) => pairsOf(value).every(([name]) => name.split('[').length <= 12);
  fc.assert(
    fc.property(tree.filter(isShallow), (value) => {
      expect(decodeForm(pairsOf(value).map(escaped).join('&'))).toEqual(value);
    }),
  );
});

test('whatever arrives is decoded or refused, never a crash', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      try {
        decodeForm(text);
      } catch (error) {
        expect(error).toBeInstanceOf(StripeFault);
      }
    }),
  );
});
