import { z } from 'zod';
import { roles } from '../access/roles.ts';
import { notFound } from '../problem.ts';
import { type ApiApp, addRoute, idParams, nameText } from './route.ts';
import type { Service } from './service.ts';

/** Who is signed in, what this Purser is, its models and API tokens. */
export function addWorkspaceRoutes(app: ApiApp, service: Service): void {
  const tag = 'Workspace';

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/session', summary: 'Who is signed in', tag, action: 'read', owing: true },
    async ({ principal: { id, name, email, role, session } }) => ({
      user: { id, name, email: email ?? '' },
      role,
      owesSecondFactor: session?.owesSecondFactor ?? false,
      proofs: session?.proofs ?? [],
    }),
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/about', summary: 'What this Purser is', tag, action: 'read' },
    async ({ principal }) => ({
      version: service.about.version,
      database: service.database.kind,
      // The demo key opens a sandbox and nothing else; still, only who may connect accounts needs it.
      sandbox: principal.role === 'owner' ? service.about.sandbox : null,
      defaultModel: service.models.defaultId,
      publicUrl: service.about.publicUrl,
    }),
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/models', summary: 'Models that can be chosen', tag, action: 'read' },
    async () => ({ data: service.models.list(), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/tokens', summary: 'List API tokens', tag, action: 'administer' },
    async () => ({ data: await service.access.listTokens(), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/tokens',
      summary: 'Create an API token; it is shown this once',
      tag,
      action: 'administer',
      body: z.strictObject({
        name: nameText(60),
        role: z.enum(roles).default('operator'),
        /** Until it expires; absent: until it is revoked. */
        days: z.number().int().min(1).max(3_650).optional(),
      }),
      fresh: true,
      status: 201,
    },
    async ({ body, actor, principal }) => {
      const madeBy = principal.type === 'person' ? principal.id : undefined;
      const { token, info } = await service.access.createToken({ ...body, madeBy });
      await service.audit.record({ actor, action: 'token.created', subject: info.id, details: body });
      return { ...info, token };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'delete',
      path: '/api/tokens/:id',
      summary: 'Revoke an API token',
      tag,
      action: 'administer',
      fresh: true,
      params: idParams,
      status: 204,
    },
    async ({ params, actor }) => {
      if (!(await service.access.revokeToken(params.id))) throw notFound('token', params.id);
      await service.audit.record({ actor, action: 'token.revoked', subject: params.id });
    },
  );
}
