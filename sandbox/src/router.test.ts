import { expect, test } from 'vitest';
import type { Method, Route } from './resource.ts';
import { createRouter } from './router.ts';

function route(method: Method, path: string): Route {
  return { method, path, permission: '', access: 'read', fields: {}, upload: false, run: () => null };
}

const find = createRouter([
  route('GET', '/v1/customers/:id'),
  route('GET', '/v1/customers/search'),
  route('POST', '/v1/customers/:id'),
  route('GET', '/v1/customers/:id/sources/:source'),
  route('GET', '/v1/customers/search/sources/all'),
  route('GET', '/v1/customers'),
]);
const found = (method: string, path: string) => {
  const match = find(method, path);
  return match && [match.route.path, match.params];
};

test('words win over parameters, in whatever order the routes came', () => {
  expect(found('GET', '/v1/customers/search')).toEqual(['/v1/customers/search', {}]);
  expect(found('GET', '/v1/customers/cus_1')).toEqual(['/v1/customers/:id', { id: 'cus_1' }]);
});

test('a word that leads nowhere is tried as a parameter', () => {
  expect(found('POST', '/v1/customers/search')).toEqual(['/v1/customers/:id', { id: 'search' }]);
  expect(found('GET', '/v1/customers/search/sources/card_1')).toEqual([
    '/v1/customers/:id/sources/:source',
    { id: 'search', source: 'card_1' },
  ]);
});

test('parameters are decoded, and what cannot be stays as it is', () => {
  expect(found('GET', '/v1/customers/a%20b')).toEqual(['/v1/customers/:id', { id: 'a b' }]);
  expect(found('GET', '/v1/customers/%ff')).toEqual(['/v1/customers/:id', { id: '%ff' }]);
});

test('an empty part, a trailing slash and another method find nothing', () => {
  for (const path of ['/v1/customers/', '/v1//customers', '/v1', '/', '/v1/customers/a/b'])
    expect(found('GET', path)).toBeNull();
  expect(found('DELETE', '/v1/customers')).toBeNull();
});
