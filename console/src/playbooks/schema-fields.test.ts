import { expect, test } from 'vitest';
import { draftOf, fieldsOf, valuesOf } from './schema-fields.ts';

const schema = {
  type: 'object',
  properties: {
    followDays: { type: 'integer', default: 30, description: 'So many days.' },
    confirm: { type: 'boolean', default: true },
    endpoint: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
    next: { enum: ['pause', 'cancel'], type: 'string', default: 'pause' },
    steps: { type: 'array', default: [{ afterDays: 0 }] },
    customer: { type: 'string' },
  },
  required: ['customer'],
};

test('a form has a control for each field, by what it holds', () => {
  const fields = fieldsOf(schema);
  expect(fields.map(({ label, kind, nullable }) => [label, kind, nullable])).toEqual([
    ['Follow days', 'number', false],
    ['Confirm', 'switch', false],
    ['Endpoint', 'text', true],
    ['Next', 'choice', false],
    ['Steps', 'json', false],
    ['Customer', 'text', false],
  ]);
  expect(fields[0]?.hint).toBe('So many days.');
});

test('what is not changed comes out as it went in', () => {
  const fields = fieldsOf(schema);
  const held = {
    followDays: 7,
    confirm: false,
    endpoint: null,
    next: 'cancel',
    steps: [{ afterDays: 3 }],
    customer: 'cus_1',
  };
  expect(valuesOf(fields, draftOf(fields, held))).toEqual({ values: held, unreadable: [] });
});

test('an empty text is none where there may be none, and JSON that cannot be read is named', () => {
  const fields = fieldsOf(schema);
  const draft = { ...draftOf(fields, {}), endpoint: 'https://shop.example', steps: '[{' };
  expect(valuesOf(fields, draft)).toMatchObject({
    values: { endpoint: 'https://shop.example' },
    unreadable: ['steps'],
  });
  expect(valuesOf(fields, { ...draft, endpoint: ' ', steps: '[]' }).values).toMatchObject({
    endpoint: null,
    steps: [],
  });
});
