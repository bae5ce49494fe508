import { z } from 'zod';
import type { Principal } from '../access/access.ts';
import type { Self } from '../access/account.ts';
import { passkeyAnswer, passkeyMade } from '../access/asking.ts';
import type { Actor } from '../audit/audit.ts';
import { conflict, forbidden, notFound } from '../problem.ts';
import { type ApiApp, addRoute, fromOf, idParams, nameText, withCookies } from './route.ts';
import type { Service } from './service.ts';
import { newPassword } from './sign-in.ts';
import { requireFresh } from './step-up.ts';

const password = z.string().min(1).max(200).optional();
const code = z.string().trim().min(1).max(40);

const proof = z
  .strictObject({ password, code: code.optional(), passkey: passkeyAnswer.optional() })
  .refine((given) => Object.values(given).filter((each) => each !== undefined).length === 1, {
    message: 'Give one of password, code and passkey.',
  });

function selfOf({ id, role, session }: Principal): Self {
  // Personal routes admit nobody else.
  if (!session) throw forbidden('This is about a person’s own account.');
  return { id, role, sessionId: session.id };
}

/** What a person does with their own account, and the browsers they are signed in with. */
export function addAccountRoutes(app: ApiApp, service: Service): void {
  const { account, sessions, security } = service.access;
  const tag = 'Account';
  const own = { tag, action: 'read', personal: true, owing: true } as const;
  const record = (actor: Actor, action: string, details: Record<string, unknown> = {}) =>
    service.audit.record({ actor, action, subject: actor.id, details });

  addRoute(
    app,
    service,
    { ...own, method: 'get', path: '/api/account', summary: 'What you sign in with' },
    async ({ principal }) => account.info(selfOf(principal)),
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{
        method: 'patch',
        path: '/api/account',
        summary: 'Change your name or e-mail address',
        fresh: true,
      },
      body: z.strictObject({ name: nameText(120).optional(), email: z.email().max(320).optional() }),
    },
    async ({ principal, body, actor }) => {
      await account.change(selfOf(principal), body);
      await record(actor, 'person.changed', body);
      return account.info(selfOf(principal));
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'put', path: '/api/account/password', summary: 'Set or change your password' },
      body: z.strictObject({ password: newPassword, current: password }),
    },
    async ({ principal, body, actor, context }) => {
      // Whoever has one proves it by the old one.
      if (!(await account.info(selfOf(principal))).hasPassword) requireFresh(principal, service);
      const { cookies } = await account.setPassword(selfOf(principal), body, fromOf(service, context));
      await record(actor, 'person.password_set');
      return withCookies(context, {}, cookies);
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'post', path: '/api/account/codes', summary: 'Begin with codes of an app', fresh: true },
      body: z.strictObject({ password }),
    },
    ({ principal, body, context }) =>
      account.beginCodes(selfOf(principal), body.password, fromOf(service, context)),
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'post', path: '/api/account/codes/confirm', summary: 'Turn codes on with the first one' },
      body: z.strictObject({ code }),
    },
    async ({ principal, body, actor, context }) => {
      const { cookies } = await account.confirmCodes(selfOf(principal), body.code, fromOf(service, context));
      await record(actor, 'person.codes_on');
      return withCookies(context, {}, cookies);
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'post', path: '/api/account/codes/remove', summary: 'Turn codes off', fresh: true },
      body: z.strictObject({ password }),
    },
    async ({ principal, body, actor, context }) => {
      if ((await security.read()).requireSecondFactor)
        throw conflict('second_factor_required', 'The owners require a second factor of everyone.');
      const { cookies } = await account.removeCodes(
        selfOf(principal),
        body.password,
        fromOf(service, context),
      );
      await record(actor, 'person.codes_off');
      return withCookies(context, {}, cookies);
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'post', path: '/api/account/recovery-codes', summary: 'New recovery codes', fresh: true },
      body: z.strictObject({ password }),
    },
    async ({ principal, body, actor, context }) => {
      const from = fromOf(service, context);
      const made = await account.newRecoveryCodes(selfOf(principal), body.password, from);
      await record(actor, 'person.recovery_codes_made');
      return made;
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'post', path: '/api/account/passkeys/options', summary: 'Begin a passkey', fresh: true },
      body: z.strictObject({}),
    },
    async ({ context }) => {
      const { options, cookies } = await account.passkeyOptions(fromOf(service, context));
      return withCookies(context, options, cookies);
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{
        method: 'post',
        path: '/api/account/passkeys',
        summary: 'Add a passkey',
        fresh: true,
        status: 201,
      },
      body: z.strictObject({ name: nameText(60), response: passkeyMade }),
    },
    async ({ principal, body, actor, context }) => {
      await account.addPasskey(selfOf(principal), body, fromOf(service, context));
      await record(actor, 'person.passkey_added', { name: body.name });
      return account.info(selfOf(principal));
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'delete', path: '/api/account/passkeys/:id', summary: 'Remove a passkey', fresh: true },
      params: idParams,
      status: 204,
    },
    async ({ principal, params, actor }) => {
      await account.removePasskey(selfOf(principal), params.id);
      await record(actor, 'person.passkey_removed', { passkey: params.id });
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'post', path: '/api/session/prove', summary: 'Prove again who you are' },
      body: proof,
    },
    async ({ principal, body, context }) => {
      const { cookies } = await account.prove(selfOf(principal), body, fromOf(service, context));
      return withCookies(context, {}, cookies);
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'get', path: '/api/sessions', summary: 'Browsers you are signed in with' },
      query: z.strictObject({ everyone: z.stringbool().default(false) }),
    },
    async ({ principal, query }) => {
      const { id, sessionId, role } = selfOf(principal);
      if (query.everyone && role !== 'owner') throw forbidden('Only owners see the sessions of others.');
      const filter = query.everyone ? {} : { personId: id };
      return { data: await sessions.list({ ...filter, current: sessionId }), next_cursor: null };
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{ method: 'delete', path: '/api/sessions/:id', summary: 'Sign a browser out' },
      params: idParams,
      status: 204,
    },
    async ({ principal, params, actor }) => {
      const { id, role } = selfOf(principal);
      if (!(await sessions.revoke(params.id, role === 'owner' ? undefined : id)))
        throw notFound('session', params.id);
      await service.audit.record({ actor, action: 'session.revoked', subject: params.id });
    },
  );

  addRoute(
    app,
    service,
    {
      ...own,
      ...{
        method: 'delete',
        path: '/api/sessions',
        summary: 'Sign all your other browsers out',
        status: 204,
      },
    },
    async ({ principal, actor }) => {
      const { id, sessionId } = selfOf(principal);
      const ended = await sessions.revokeOthers(id, sessionId);
      await record(actor, 'session.others_revoked', { ended });
    },
  );
}
