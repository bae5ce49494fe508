import { readFileSync } from 'node:fs';
import { unauthenticated } from '../problem.ts';
import type { ApiApp } from './route.ts';
import type { Service } from './service.ts';

type Schema = { readonly [key: string]: unknown };

/** What routes answer, written by `client/scripts/generate.ts` from the types of their handlers. */
export interface Answers {
  /** By method and path as Hono writes it; null: no content; absent: no JSON. */
  readonly routes: { readonly [route: string]: Schema | null };
  readonly schemas: { readonly [name: string]: Schema };
}

const answersFile = new URL('./answers.json', import.meta.url);

/** Serves this API as OpenAPI 3.1, to whoever may use it. */
export function addOpenApi(app: ApiApp, service: Service): void {
  let document: object | undefined;
  app.get('/api/openapi.json', async (context) => {
    if (!(await service.access.whoIs(context.req.raw))) throw unauthenticated();
    document ??= describe(
      app,
      service.about.version,
      JSON.parse(readFileSync(answersFile, 'utf8')) as Answers,
    );
    return context.json(document);
  });
}

interface Operation {
  responses: { [status: string]: { description: string; content?: { [type: string]: object } } };
}

/** The document of all routes that were added to `app`. */
export function describe(app: ApiApp, version: string, answers: Answers): object {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  const session = { type: 'apiKey', in: 'cookie', name: 'purser.session_token' } as const;
  registry.registerComponent('securitySchemes', 'session', session);
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Purser',
      version,
      description: 'AI agents that run a Stripe account. Errors are RFC 9457 problem documents.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
  });
  for (const [path, methods] of Object.entries(document.paths ?? {}))
    for (const [method, operation] of Object.entries(methods as { [method: string]: Operation }))
      addAnswer(operation, answers.routes[`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`]);
  const { components = {} } = document;
  return {
    ...document,
    components: { ...components, schemas: { ...components.schemas, ...answers.schemas } },
  };
}

function addAnswer({ responses }: Operation, schema: Schema | null | undefined): void {
  const good = Object.keys(responses).find((status) => status.startsWith('2'));
  const response = good === undefined ? undefined : responses[good];
  if (!response || schema === undefined) return;
  if (schema === null) delete response.content;
  else response.content = { 'application/json': { schema } };
}
