import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributesBefore, previousAttributes } from './events.ts';

/** Objects as resources have them: the same fields before and after, but for the names in maps like `metadata`. */
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null), fc.array(fc.integer()));
const metadata = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.string());
const nested = fc.record({ x: leaf, y: fc.oneof(leaf, metadata) });
const object = fc.record({
  a: leaf,
  b: fc.oneof(leaf, nested),
  metadata,
  items: fc.record({ data: fc.array(nested) }),
});

/** What was not there and what was null are one to whoever reads previous_attributes. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => (item === null ? [] : [[name, withoutNulls(item)]])),
  );
}

test('from an object and its previous attributes follows what it was before', () => {
  fc.assert(
    fc.property(object, object, (before, after) => {
      const found = attributesBefore(after, previousAttributes(before, after));
      expect(withoutNulls(found)).toEqual(withoutNulls(before));
    }),
  );
});

test('previous attributes name what differs and nothing else', () => {
  fc.assert(
    fc.property(object, (same) => {
      expect(previousAttributes(same, structuredClone(same))).toEqual({});
    }),
  );
  expect(
    previousAttributes(
      { status: 'open', metadata: { a: '1', b: '2' }, items: { data: [{ id: 1 }, { id: 2 }] } },
      { status: 'paid', metadata: { a: '1', c: '3' }, items: { data: [{ id: 1 }] } },
    ),
  ).toEqual({
    status: 'open',
    metadata: { b: '2', c: null },
    items: { data: [{ id: 1 }, { id: 2 }] },
  });
});
