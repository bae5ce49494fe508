import { z } from 'zod';
import type { ConnectionType } from '../connections/connection.ts';
import { type ApiApp, addRoute, idParams, nameText, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const credentials = z.record(z.string().max(60), z.string().max(4_000));
const newConnection = z.strictObject({
  type: z.string().max(40),
  name: nameText(120).optional(),
  credentials,
  baseUrl: z.string().max(500).nullish(),
});
const tag = 'Connections';

/** What people and clients are told of a kind of connection. */
const toType = (type: ConnectionType) => ({
  ...{ type: type.type, name: type.name, description: type.description, category: type.category },
  ...{ does: type.does, scopes: type.scopes, setup: type.setup, credentials: type.credentials },
  ...{ acceptsBaseUrl: type.acceptsBaseUrl, beside: type.beside ?? false, presets: type.presets },
  ...{ told: type.announcements !== undefined, answers: type.answer !== undefined },
});

export function addConnectionRoutes(app: ApiApp, service: Service): void {
  const { connections } = service;
  const changed = () => service.live.publish({ kind: 'changed', what: 'connections' });

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/connections/types', summary: 'What can be connected', tag, action: 'read' },
    async () => ({ data: connections.types().map(toType), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections',
      summary: 'List connections, oldest first',
      tag,
      action: 'read',
      query: z.strictObject({ ...pageQuery, limit: pageQuery.limit.default(100) }),
    },
    async ({ query: { limit, cursor } }) => {
      // One more than asked for tells whether another page follows.
      const found = await connections.list({ limit: limit + 1, after: cursor });
      const data = found.slice(0, limit);
      return { data, next_cursor: found.length > limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/connections',
      summary: 'Connect an account; its key is checked first and never comes back',
      tag,
      action: 'administer',
      fresh: true,
      body: newConnection,
      status: 201,
    },
    async ({ body, actor }) => {
      const connection = await connections.create(body, actor);
      await changed();
      return connection;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/connections/:id',
      summary: 'Read a connection',
      tag,
      action: 'read',
      params: idParams,
    },
    ({ params }) => connections.get(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/connections/:id',
      summary: 'Disconnect: the key is destroyed',
      tag,
      action: 'administer',
      fresh: true,
      params: idParams,
      status: 204,
    },
    async ({ params, actor }) => {
      await connections.remove(params.id, actor);
      await changed();
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/connections/:id/check',
      summary: 'Check the key and what it may do',
      tag,
      action: 'operate',
      params: idParams,
      body: z.strictObject({}),
    },
    async ({ params }) => {
      const check = await connections.check(params.id);
      await changed();
      return check;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/connections/:id/rotate',
      summary: 'Replace the key by another of the same account and mode',
      tag,
      action: 'administer',
      fresh: true,
      params: idParams,
      body: z.strictObject({ credentials }),
    },
    async ({ params, body, actor }) => {
      const connection = await connections.rotate(params.id, body.credentials, actor);
      await changed();
      return connection;
    },
  );
}
