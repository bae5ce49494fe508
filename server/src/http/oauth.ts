/**
 * OAuth 2.1 for programs that call `/mcp`: what MCP clients look up, and the library's endpoints behind our own checks.
 * There is one resource, so tokens open nothing but `/mcp`. People allow a program at `/allow` in the console.
 */
import { z } from 'zod';
import { oauthPath } from '../access/apps.ts';
import { appScopes, basePath } from '../access/auth.ts';
import { networkOf } from '../access/guesses.ts';
import { Problem } from '../problem.ts';
import { cleanText } from '../secrets/clean.ts';
import { type ApiApp, type ApiContext, enterOpen, fromOf } from './route.ts';
import type { Service } from './service.ts';

const resourceMetadata = '/.well-known/oauth-protected-resource';
const serverMetadata = '/.well-known/oauth-authorization-server';

const registration = z.looseObject({
  client_name: z.string().max(200).transform(cleanText).optional(),
  redirect_uris: z.array(z.string().max(1_000)).min(1).max(10),
  grant_types: z.array(z.string().max(60)).max(5).optional(),
  response_types: z.array(z.string().max(20)).max(3).optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_basic', 'client_secret_post']).default('none'),
});

export const baseOf = (service: Service, request: Request): string =>
  service.about.publicUrl ? new URL(service.about.publicUrl).origin : new URL(request.url).origin;

/** What a request without a good token is told, so that a client knows where to ask for one (RFC 9728). */
export const challenge = (service: Service, request: Request): string =>
  `Bearer resource_metadata="${baseOf(service, request)}${resourceMetadata}/mcp", scope="${appScopes.join(' ')}"`;

export function addOauth(app: ApiApp, service: Service): void {
  const { apps } = service.access;

  const open = (
    method: 'get' | 'post',
    path: string,
    handler: (context: ApiContext) => Promise<Response> | Response,
  ) => {
    enterOpen(app, { method, path });
    app[method](path, (context) => {
      // What can be looked up is the same for everybody, and costs nothing.
      if (!path.startsWith('/.well-known/'))
        service.rates.take('open', networkOf(fromOf(service, context).address));
      return handler(context);
    });
  };
  const hand = (context: ApiContext, request: Request) => apps.handle(request, fromOf(service, context));

  for (const path of [resourceMetadata, `${resourceMetadata}/mcp`, `${resourceMetadata}/mcp/:agent`])
    open('get', path, (context) => {
      const base = baseOf(service, context.req.raw);
      return Response.json({
        ...{ resource: `${base}/mcp`, authorization_servers: [`${base}${basePath}`] },
        ...{ scopes_supported: appScopes, bearer_methods_supported: ['header'], resource_name: 'Purser' },
      });
    });
  open('get', `${serverMetadata}${basePath}`, (context) =>
    hand(context, new Request(new URL(`${basePath}${serverMetadata}`, context.req.url), context.req.raw)),
  );

  open('get', `${oauthPath}/authorize`, async (context) => {
    const url = new URL(context.req.url);
    const principal = await service.access.whoIs(context.req.raw);
    if (principal?.type !== 'person')
      return context.redirect(`/sign-in?next=${encodeURIComponent(url.pathname + url.search)}`);
    if (principal.session?.owesSecondFactor) return context.redirect('/settings/security');
    takeResource(service, context.req.raw, url.searchParams);
    const answer = await hand(context, new Request(url, { headers: context.req.raw.headers }));
    const [path, query] = (answer.headers.get('location') ?? '').split('?');
    // The query is signed as it stands: the console hands it back whole, so it must not take it apart.
    if (path?.endsWith('/allow') && query)
      return context.redirect(`/allow?asking=${encodeURIComponent(query)}`);
    return answer;
  });

  for (const path of [`${oauthPath}/token`, `${oauthPath}/revoke`])
    open('post', path, async (context) => {
      const form = new URLSearchParams(await context.req.text());
      takeResource(service, context.req.raw, form);
      const { headers, url } = context.req.raw;
      return hand(context, new Request(url, { method: 'POST', headers, body: form.toString() }));
    });

  open('post', `${oauthPath}/register`, async (context) => {
    const asked = registration.safeParse(await context.req.json().catch(() => null));
    if (!asked.success) return refused('invalid_client_metadata', z.prettifyError(asked.error));
    if (!(await apps.hasRoom()))
      return refused('temporarily_unavailable', 'Too many programs wait here. Try again tomorrow.', 503);
    const { client_name, redirect_uris, grant_types, response_types, token_endpoint_auth_method } =
      asked.data;
    const body = JSON.stringify({
      ...{
        client_name,
        redirect_uris,
        grant_types,
        response_types,
        token_endpoint_auth_method,
        application_type: redirect_uris.every(isOnMachine) ? 'native' : 'web',
      },
    });
    const headers = new Headers(context.req.raw.headers);
    headers.set('content-type', 'application/json');
    const answer = await hand(context, new Request(context.req.url, { method: 'POST', headers, body }));
    if (answer.ok) {
      const actor = { type: 'system', id: 'oauth', name: 'An MCP client' } as const;
      const details = { name: (client_name ?? '').slice(0, 100), returnsTo: redirect_uris.slice(0, 3) };
      const { client_id } = z.object({ client_id: z.string() }).parse(await answer.clone().json());
      await service.audit.record({ actor, action: 'app.registered', subject: client_id, details });
    }
    return answer;
  });
}

/** Programs on a person's machine come back by loopback or a scheme of their own, and seldom say that they are some. */
function isOnMachine(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, hostname } = new URL(uri);
  return protocol === 'http:' ? /^(localhost|127\.|\[::1\])/.test(hostname) : protocol !== 'https:';
}

/** Tokens are for `/mcp` and nothing else. @throws Problem 400 for another resource */
function takeResource(service: Service, request: Request, params: URLSearchParams): void {
  const base = `${baseOf(service, request)}/mcp`;
  const foreign = params
    .getAll('resource')
    .find((each) => each !== base && !each.startsWith(`${base}/`) && !each.startsWith(`${base}?`));
  if (foreign !== undefined)
    throw new Problem({
      ...{ status: 400, code: 'invalid_target', title: 'Not a resource of this server' },
      detail: `Tokens of this server are for ${base}, not for ${foreign.slice(0, 200)}.`,
    });
  params.delete('resource');
}

const refused = (error: string, error_description: string, status = 400) =>
  Response.json({ error, error_description }, { status, headers: { 'Cache-Control': 'no-store' } });
