import { groupBy } from '../group-by.ts';
import type { Expansions, Lookup } from '../wire/expand.ts';
import { isBefore } from '../wire/version.ts';
import { billingChanges } from './billing.ts';
import type { Change, Json } from './change.ts';
import { checkoutChanges } from './checkout.ts';
import { invoiceChanges } from './invoices.ts';
import { paymentChanges } from './payments.ts';

/** Gives a value the shape an API version had. What need not change is shared, not copied. */
export type Shape = (value: unknown, look: Lookup) => unknown;

/** Newest first: each turns the shape of its version into the one before. */
const changes: readonly Change[] = [
  ...billingChanges,
  ...checkoutChanges,
  ...invoiceChanges,
  ...paymentChanges,
].sort((a, b) => (a.since < b.since ? 1 : -1));

/** Fields of older versions that can be expanded, until the version that took them away. */
const olderExpansions: readonly { readonly until: string; readonly fields: Expansions }[] = [
  {
    until: '2025-03-31',
    fields: {
      charge: { invoice: ['invoices'] },
      invoice: {
        charge: ['charges'],
        payment_intent: ['payment_intents'],
        quote: ['quotes'],
        subscription: ['subscriptions'],
      },
      line_item: { invoice_item: ['invoiceitems'], subscription_item: [] },
      payment_intent: { invoice: ['invoices'] },
    },
  },
];

const shapes = new Map<string, Shape | null>();

/** How to answer in a version; null when its shapes are today's, which then cost nothing. */
export function shapeFor(version: string): Shape | null {
  const known = shapes.get(version);
  if (known !== undefined) return known;
  const older = changes.filter(({ since }) => isBefore(version, since));
  const shape = older.length === 0 ? null : shapeBy(older);
  shapes.set(version, shape);
  return shape;
}

/** The expansion rules with those of older versions that `version` still has. */
export function expansionsFor(version: string, today: Expansions): Expansions {
  const older = olderExpansions.filter(({ until }) => isBefore(version, until));
  if (older.length === 0) return today;
  const rules: Record<string, Expansions[string]> = { ...today };
  for (const { fields } of older)
    for (const [type, more] of Object.entries(fields)) rules[type] = { ...more, ...rules[type] };
  return rules;
}

function shapeBy(older: readonly Change[]): Shape {
  const byType = groupBy(older, ({ type }) => type);

  function shaped(value: unknown, look: Lookup): unknown {
    if (Array.isArray(value)) return value.map((item) => shaped(item, look));
    if (!isMap(value)) return value;
    // An event keeps the version it was made in.
    if (value.object === 'event') return value;
    let object: Json = value;
    if (value.deleted !== true)
      for (const change of byType.get(String(value.object)) ?? [])
        object = { ...object, ...change.before(object, look) };
    // What stands in metadata is the caller's, whatever it looks like.
    return Object.fromEntries(
      Object.entries(object).map(([name, item]) => [name, name === 'metadata' ? item : shaped(item, look)]),
    );
  }
  return shaped;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
