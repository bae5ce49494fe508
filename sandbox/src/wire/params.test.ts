import { expect, test } from 'vitest';
import { integer, list, mapOf, object, parseFields, text, until } from './params.ts';

const fields = {
  phases: list(object({ iterations: until('2025-09-30', integer()), name: text() })),
  options: mapOf(object({ old: until('2025-09-30', text()) })),
};

test('a parameter that a version dropped is known before it, however deep, and unknown from then on', () => {
  const form = { phases: [{ iterations: '2', name: 'first' }], options: { eur: { old: 'yes' } } };
  expect(parseFields(fields, form, '', '2025-08-27.basil')).toEqual({
    phases: [{ iterations: 2, name: 'first' }],
    options: { eur: { old: 'yes' } },
  });
  expect(() => parseFields(fields, form, '', '2025-09-30.clover')).toThrow(
    'Received unknown parameter: phases[0][iterations]',
  );
});
