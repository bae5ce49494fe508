import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeApi } from './app.ts';
import type { Answers } from './openapi.ts';

interface Operation {
  readonly summary: string;
  readonly responses: {
    readonly [status: string]: { readonly content?: { readonly [type: string]: { schema?: object } } };
  };
}

const answers = JSON.parse(readFileSync(new URL('./answers.json', import.meta.url), 'utf8')) as Answers;
const document = describeApi('1', answers) as {
  paths: { [path: string]: { [method: string]: Operation } };
  components: { schemas: { [name: string]: object } };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

/** These make their response by hand: streams, files, and what sets cookies. */
const byHand = new Set(
  `GET /api/live|GET /api/audit/export|GET /api/threads/{id}/tool-calls/{toolCallId}/tables/{table}|GET /api/agents/{id}/export|GET /api/privacy/processing-record|
  PUT /api/account/password|POST /api/account/codes/confirm|POST /api/account/codes/remove|
  POST /api/account/passkeys/options|POST /api/session/prove`.split(/\|\s*/),
);

test('every route says what it is for and what it answers', () => {
  expect(operations.length).toBeGreaterThan(80);
  const silent = operations.filter(({ name, operation }) => {
    const good = Object.entries(operation.responses).find(([status]) => status.startsWith('2'));
    if (!good || operation.summary === '') return true;
    const [status, { content }] = good;
    return (
      status !== '204' && content !== undefined && !content['application/json']?.schema && !byHand.has(name)
    );
  });
  expect(silent.map(({ name }) => name)).toEqual([]);
});

test('every schema that is named is there', () => {
  const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(
    ([, name]) => name ?? '',
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => !(name in document.components.schemas))).toEqual([]);
});

test('only what shows a secret on purpose has a field for one', () => {
  const secret = /"(?:apiKey|secret|secrets|password|credentials)":\{"type":"string"/;
  const told = [...Object.entries(answers.routes), ...Object.entries(answers.schemas)].filter(([, schema]) =>
    secret.test(JSON.stringify(schema)),
  );
  expect(told.map(([name]) => name)).toEqual(['GET /api/connections/:id/fulfilment-secret']);
});
