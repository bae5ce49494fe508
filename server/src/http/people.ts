import { z } from 'zod';
import { roles } from '../access/roles.ts';
import { htmlOf, textOf } from '../connections/mail/message.ts';
import { moneySchema } from '../guard/limits.ts';
import { newId } from '../ids.ts';
import { conflict } from '../problem.ts';
import { type ApiApp, addRoute, idParams } from './route.ts';
import type { Service } from './service.ts';

const role = z.enum(roles);

/** Who works here, who is asked to, and what is asked of everyone. */
export function addPeopleRoutes(app: ApiApp, service: Service): void {
  const { people, invitations, security } = service.access;
  const tag = 'People';
  const owners = { tag, action: 'administer', fresh: true } as const;

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/people', summary: 'Who works here', tag, action: 'administer' },
    async () => ({ data: await people.list(), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      ...owners,
      ...{ method: 'patch', path: '/api/people/:id', summary: 'Give another role' },
      params: idParams,
      body: z.strictObject({ role }),
    },
    async ({ params, body, actor }) => {
      const before = await people.get(params.id);
      await people.setRole(params.id, body.role);
      const details = { from: before.role, to: body.role };
      await service.audit.record({ actor, action: 'person.role_changed', subject: params.id, details });
      return people.get(params.id);
    },
  );

  addRoute(
    app,
    service,
    {
      ...owners,
      ...{ method: 'delete', path: '/api/people/:id', summary: 'Remove: sessions and tokens of theirs end' },
      params: idParams,
    },
    async ({ params, actor }) => {
      const { name, email } = await people.get(params.id);
      const { tokens } = await people.remove(params.id);
      const details = { name, email, tokens };
      await service.audit.record({ actor, action: 'person.removed', subject: params.id, details });
      return { tokens };
    },
  );

  addRoute(
    app,
    service,
    {
      ...owners,
      method: 'post',
      path: '/api/people/:id/recover',
      summary: 'Take away what somebody lost to sign in with, and make a one-time link for them',
      params: idParams,
      body: z.strictObject({}),
    },
    async ({ params, actor, context }) => {
      await people.reset(params.id);
      const link = await service.access.personLink(params.id, baseUrl(context.req.raw));
      await service.audit.record({ actor, action: 'person.recovered', subject: params.id });
      return { link };
    },
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/invitations', summary: 'Open invitations', tag, action: 'administer' },
    async () => ({ data: await invitations.list(), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      ...owners,
      ...{ method: 'post', path: '/api/invitations', summary: 'Invite somebody by a one-time link' },
      body: z.strictObject({ email: z.email().max(320), role: role.default('operator') }),
      status: 201,
    },
    async ({ body, actor, context }) => {
      const { token, info } = await invite(body, actor);
      const link = new URL('/join', baseUrl(context.req.raw));
      // After the #: it reaches no log of a proxy and no Referer.
      link.hash = token;
      const sent = await send(info.email, link.href);
      const details = { email: info.email, role: info.role, sent };
      await service.audit.record({ actor, action: 'person.invited', subject: info.id, details });
      // Shown only where no mail brings it.
      return { ...info, sent, link: sent ? null : link.href };
    },
  );

  addRoute(
    app,
    service,
    {
      ...owners,
      ...{ method: 'delete', path: '/api/invitations/:id', summary: 'Take an invitation back', status: 204 },
      params: idParams,
    },
    async ({ params, actor }) => {
      const { email } = await invitations.revoke(params.id);
      const details = { email };
      await service.audit.record({ actor, action: 'invitation.revoked', subject: params.id, details });
    },
  );

  addRoute(
    app,
    service,
    { method: 'get', path: '/api/security', summary: 'What is asked of everyone', tag, action: 'read' },
    () => security.read(),
  );

  addRoute(
    app,
    service,
    {
      ...owners,
      ...{ method: 'patch', path: '/api/security', summary: 'Change what is asked of everyone' },
      body: z.strictObject({
        requireSecondFactor: z.boolean().optional(),
        askAgainAbove: z.array(moneySchema).max(50).optional(),
      }),
    },
    async ({ body, actor, principal }) => {
      const isNew = body.requireSecondFactor && !(await security.read()).requireSecondFactor;
      if (isNew && principal.session && !(await people.get(principal.id)).hasSecondFactor)
        throw conflict(
          'own_second_factor_first',
          'Add a second factor of your own first: you would lock yourself out.',
        );
      const before = await security.read();
      const after = {
        requireSecondFactor: body.requireSecondFactor ?? before.requireSecondFactor,
        askAgainAbove: body.askAgainAbove ?? before.askAgainAbove,
      };
      await security.write(after);
      await service.audit.record({ actor, action: 'security.changed', subject: null, details: after });
      return after;
    },
  );

  async function invite(
    whom: { email: string; role: (typeof roles)[number] },
    by: { id: string; name: string },
  ) {
    const taken = (await people.list()).some(({ email }) => email === whom.email.toLowerCase());
    if (taken) throw conflict('address_taken', 'Somebody here has this e-mail address already.');
    return invitations.invite(whom, by);
  }

  /** Not through the outbox: what is in there everyone reads, and this link is a key. */
  async function send(to: string, link: string): Promise<boolean> {
    if (!service.mailer) return false;
    const { transport, from } = service.mailer;
    const subject = 'An invitation to Purser';
    const body = `You are invited to Purser. Open this link within three days, and choose a name and a password:\n\n<${link}>\n\nIf you do not know why you get this, do nothing.`;
    const text = textOf({ body }, footer);
    const html = htmlOf({ subject, body }, footer);
    const mail = { id: newId('mail'), from, to, subject, text, html };
    const { status } = await transport.send(mail);
    return status === 'sent';
  }

  function baseUrl(request: Request): string {
    return service.about.publicUrl ?? new URL(request.url).origin;
  }
}

const footer = 'Sent by Purser, a workspace of agents.';
