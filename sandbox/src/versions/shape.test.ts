import { expect, test } from 'vitest';
import type { Lookup } from '../wire/expand.ts';
import { knownVersions } from '../wire/known-versions.ts';
import { accountVersion, apiVersion } from '../wire/version.ts';
import { expansionsFor, shapeFor } from './shape.ts';

const nothing: Lookup = Object.assign(() => undefined, { by: () => [], alsoIn: () => {} });

test('the newest version and the one of accounts pay nothing: there is nothing to do', () => {
  expect(shapeFor(apiVersion)).toBeNull();
  expect(shapeFor(accountVersion)).toBeNull();
  const today = { charge: { customer: ['customers'] } };
  expect(expansionsFor(apiVersion, today)).toBe(today);
});

test('an older version never takes a field away, and never changes what it is given', () => {
  const value = Object.freeze({ id: 'prod_1', object: 'product', marketing_features: Object.freeze([]) });
  for (const version of knownVersions) {
    const shape = shapeFor(version);
    if (shape) expect(shape(value, nothing)).toMatchObject(value);
  }
});

test('deleted objects and events are left as they are', () => {
  const shape = shapeFor('2020-08-27');
  const gone = { id: 'sub_1', object: 'subscription', deleted: true };
  expect(shape?.(gone, nothing)).toEqual(gone);
  const event = { object: 'event', data: { object: { object: 'product' } } };
  expect(shape?.(event, nothing)).toBe(event);
});
