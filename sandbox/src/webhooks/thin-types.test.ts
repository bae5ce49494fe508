import type Stripe from 'stripe';
import { expect, test } from 'vitest';
import type { enabledEvents } from './event-types.ts';
import { isThinType, nativeThinEvents, onlyThin, thinTypeOf, type withoutThinForm } from './thin-types.ts';

type Snapshot = Exclude<(typeof enabledEvents)[number], '*'>;
type Ours =
  | `v1.${Exclude<Snapshot, (typeof withoutThinForm)[number]>}`
  | (typeof onlyThin)[number]
  | (typeof nativeThinEvents)[number];
type Theirs = Stripe.V2.Core.Event['type'];

test('the thin events are those of the SDK, no more and no fewer', () => {
  // These do not compile when the SDK names one more, or one less.
  const missing: Exclude<Theirs, Ours>[] = [] satisfies never[];
  const invented: Exclude<Ours, Theirs>[] = [] satisfies never[];
  expect([...missing, ...invented]).toEqual([]);
  expect([...onlyThin, ...nativeThinEvents].every(isThinType)).toBe(true);
});

test('an event has a thin form unless the SDK knows none', () => {
  expect(thinTypeOf('customer.created')).toBe('v1.customer.created');
  expect(thinTypeOf('reporting.report_run.succeeded')).toBeNull();
  expect(isThinType('v1.reporting.report_run.succeeded')).toBe(false);
  expect(isThinType('customer.created')).toBe(false);
});
