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
    items: {
      type: 'array',
      maxItems: 3,
      items: { properties: { price: { type: 'string' }, quantity: { type: 'integer', default: 1 } } },
    },
    quiet: {
      anyOf: [{ type: 'object', properties: { from: { type: 'string' } } }, { type: 'null' }],
      default: null,
    },
    remindDays: { type: 'array', items: { type: 'integer' }, default: [7, 1] },
    body: { type: 'string', maxLength: 10_000 },
    buyer: { anyOf: [{ type: 'string' }, { type: 'object', properties: { id: { type: 'string' } } }] },
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
    ['Items', 'rows', false],
    ['Quiet', 'group', true],
    ['Remind days', 'lines', false],
    ['Body', 'long', false],
    ['Buyer', 'text', false],
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
    items: [{ price: 'price_1', quantity: 2 }],
    quiet: { from: '20:00' },
    remindDays: [5],
    body: 'Hello',
    buyer: 'ann@example.com',
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

test('rows begin with their defaults, leave out what is empty, and none is an empty list', () => {
  const fields = fieldsOf(schema);
  const [items] = fields.filter(({ name }) => name === 'items');
  const fresh = draftOf(items?.columns ?? [], {});
  expect(fresh).toEqual({ price: '', quantity: '1' });
  const draft = { ...draftOf(fields, {}), items: JSON.stringify([fresh]), quiet: '{"from":" "}' };
  expect(valuesOf(fields, draft).values).toMatchObject({ items: [{ quantity: 1 }], quiet: null });
  expect(valuesOf(fields, { ...draft, items: '' }).values.items).toEqual([]);
});
