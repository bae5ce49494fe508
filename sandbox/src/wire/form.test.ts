import fc from 'fast-check';
import { expect, test } from 'vitest';
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
