import { z } from 'zod';
import { oauthPath, roleOfApp } from '../access/apps.ts';
import { invalidInput, notFound } from '../problem.ts';
import { type ApiApp, addRoute, fromOf } from './route.ts';
import type { Service } from './service.ts';

const tag = 'Account';
const answered = z.object({ redirect_uri: z.string().optional(), url: z.string().optional() });
/** Where people may be sent: back to a program, never into a script. */
const unsafe = /^(javascript|data|vbscript|file|blob|about):/i;

/** Programs that people let call agents' tools for them. */
export function addConnectedAppRoutes(app: ApiApp, service: Service): void {
  const { apps } = service.access;

  addRoute(
    app,
    service,
    {
      ...{ method: 'get', path: '/api/connected-apps', tag, action: 'read', personal: true },
      summary: 'Programs you let in; an owner sees everybody’s',
    },
    async ({ principal }) => ({
      data: await apps.list(principal.role === 'owner' ? undefined : principal.id),
      next_cursor: null,
    }),
  );

  addRoute(
    app,
    service,
    {
      ...{ method: 'get', path: '/api/connected-apps/:id', tag, action: 'read', personal: true },
      summary: 'What a program that asks to be let in says it is, and what it would get',
      params: z.strictObject({ id: z.string().max(200) }),
    },
    async ({ params, principal }) => {
      const info = await apps.info(params.id);
      if (!info) throw notFound('program', params.id);
      return { ...info, role: roleOfApp(principal.role) };
    },
  );

  addRoute(
    app,
    service,
    {
      ...{ method: 'post', path: '/api/connected-apps', tag, action: 'read', personal: true, fresh: true },
      summary: 'Let a program in, or turn it away; answers where to send the browser',
      body: z.strictObject({
        accept: z.boolean(),
        /** The query of the page the person was asked at, as it came: it is signed. */
        query: z.string().min(1).max(8_000),
      }),
    },
    async ({ body: { accept, query }, actor, context }) => {
      const id = new URLSearchParams(query).get('client_id') ?? '';
      const info = await apps.info(id);
      if (!info) throw notFound('program', id);
      const headers = new Headers(context.req.raw.headers);
      headers.set('content-type', 'application/json');
      const url = new URL(`${oauthPath}/consent`, context.req.url);
      const sent = new Request(url, {
        ...{ method: 'POST', headers },
        body: JSON.stringify({ accept, oauth_query: query }),
      });
      const answer = await apps.handle(sent, fromOf(service, context));
      const { redirect_uri, url: other } = answered.catch({}).parse(await answer.json().catch(() => ({})));
      const to = redirect_uri ?? other;
      if (!answer.ok || to === undefined || unsafe.test(to))
        throw invalidInput([
          {
            path: 'body.query',
            message: 'This request to be let in is over, or was changed. Start again in the program.',
          },
        ]);
      const details = { name: info.name };
      await service.audit.record({
        actor,
        action: accept ? 'app.allowed' : 'app.refused',
        subject: id,
        details,
      });
      return { redirectTo: to };
    },
  );

  addRoute(
    app,
    service,
    {
      ...{
        method: 'delete',
        path: '/api/connected-apps/:id',
        tag,
        action: 'read',
        personal: true,
        status: 204,
      },
      summary: 'Take a program’s access away; its tokens end at once',
      params: z.strictObject({ id: z.string().max(200) }),
      query: z.strictObject({ person: z.string().max(80).optional() }),
    },
    async ({ params, query, principal, actor }) => {
      const person = principal.role === 'owner' ? (query.person ?? principal.id) : principal.id;
      if (!(await apps.revoke(params.id, person))) throw notFound('connected program', params.id);
      await service.audit.record({ actor, action: 'app.revoked', subject: params.id, details: { person } });
    },
  );
}
