import { z } from 'zod';
import { passkeyAnswer } from '../access/asking.ts';
import { longestPassword, shortestPassword } from '../access/auth.ts';
import { networkOf } from '../access/guesses.ts';
import type { SignedIn } from '../access/sign-in.ts';
import { cleanText } from '../secrets/clean.ts';
import { type ApiApp, type ApiContext, addOpenRoute, fromOf, nameText, withCookies } from './route.ts';
import type { Service } from './service.ts';

export const newPassword = z
  .string()
  .min(shortestPassword, `A password has at least ${shortestPassword} characters.`)
  .max(longestPassword, `A password has at most ${longestPassword} characters.`);
const enteredPassword = z.string().min(1).max(longestPassword);
const enteredCode = z.string().trim().min(1).max(40);
const invitationToken = z.string().min(1).max(100);

/** The ways in: one-time link, password, code, passkey, provider, invitation. Whoever calls these is nobody yet. */
export function addSignInRoutes(app: ApiApp, service: Service): void {
  const { access } = service;
  const { ways } = access;

  app.on(['GET', 'POST'], '/api/auth/*', (context) => library(context));
  app.get('/sign-in', async (context, next) => {
    const token = context.req.query('token');
    if (!token) return next();
    const signedIn = await access.signIn(token, fromOf(service, context));
    const target = signedIn ? '/' : '/sign-in?problem=used';
    const headers = new Headers({ Location: target, 'Cache-Control': 'no-store' });
    const cookies = signedIn?.headers.getSetCookie() ?? [];
    for (const cookie of cookies) headers.append('Set-Cookie', cookie);
    await recordNew(context, cookies);
    return new Response(null, { status: 303, headers });
  });

  addOpenRoute(app, service, { method: 'get', path: '/api/sign-in' }, async () => access.offer);

  const password = z.strictObject({ email: z.string().trim().min(1).max(320), password: enteredPassword });
  addOpenRoute(
    app,
    service,
    { method: 'post', path: '/api/sign-in/password', body: password },
    async ({ body, from, context }) => answered(context, await ways.password(body, from)),
  );

  addOpenRoute(
    app,
    service,
    { method: 'post', path: '/api/sign-in/code', body: z.strictObject({ code: enteredCode }) },
    async ({ body, from, context }) => answered(context, await ways.code(body, from)),
  );

  addOpenRoute(
    app,
    service,
    { method: 'post', path: '/api/sign-in/passkey/options', body: z.strictObject({}) },
    async ({ from, context }) => {
      const { options, cookies } = await ways.passkeyOptions(from);
      return withCookies(context, options, cookies);
    },
  );

  addOpenRoute(
    app,
    service,
    { method: 'post', path: '/api/sign-in/passkey', body: z.strictObject({ response: passkeyAnswer }) },
    async ({ body, from, context }) => answered(context, await ways.passkey(body, from)),
  );

  addOpenRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/sign-in/provider',
      body: z.strictObject({ again: z.boolean().default(false) }),
    },
    async ({ body, from, context }) => {
      const { url, cookies } = await ways.provider(from, body);
      return withCookies(context, { url }, cookies);
    },
  );

  addOpenRoute(
    app,
    service,
    { method: 'post', path: '/api/invitations/look', body: z.strictObject({ token: invitationToken }) },
    async ({ body }) => {
      const { email, role, invitedBy } = await access.invitations.look(body.token);
      return { email, role, invitedBy };
    },
  );

  const joining = z.strictObject({
    token: invitationToken,
    name: nameText(120).transform(cleanText),
    password: newPassword,
  });
  addOpenRoute(
    app,
    service,
    { method: 'post', path: '/api/invitations/accept', body: joining },
    async ({ body: { token, ...given }, from, context }) => {
      const person = await access.invitations.accept(token, given);
      const actor = { type: 'person', id: person.id, name: person.name } as const;
      const details = { email: person.email, role: person.role };
      await service.audit.record({ actor, action: 'person.joined', subject: person.id, details });
      return answered(context, await ways.password({ email: person.email, password: given.password }, from));
    },
  );

  async function answered(context: ApiContext, { next, cookies, person }: SignedIn): Promise<Response> {
    if (person)
      await service.audit.record({
        actor: { type: 'person', ...person },
        action: 'person.signed_in',
        subject: person.id,
        details: { address: fromOf(service, context).address },
      });
    return withCookies(context, { next }, cookies);
  }

  /** Who comes by a link or back from the provider is known by the cookie they are given. */
  async function recordNew(context: ApiContext, cookies: readonly string[]): Promise<void> {
    if (!beginsSession(cookies)) return;
    const given = cookies.map((cookie) => cookie.split(';')[0]).join('; ');
    const who = await access.whoIs(new Request(context.req.url, { headers: { cookie: given } }));
    if (who) await answered(context, { next: 'done', cookies: [], person: { id: who.id, name: who.name } });
  }

  async function library(context: ApiContext): Promise<Response> {
    const { address } = fromOf(service, context);
    service.rates.take('open', networkOf(address));
    const answer = await access.handler(context.req.raw, address);
    const cookies = answer.headers.getSetCookie();
    if (context.req.path.includes('/callback/') && beginsSession(cookies)) {
      // The session this browser had before ends: nobody carries two.
      await access.sessions.endOf(fromOf(service, context));
      await recordNew(context, cookies);
    }
    return answer;
  }
}

const beginsSession = (cookies: readonly string[]): boolean =>
  cookies.some((cookie) => /session_token=[^;]/.test(cookie));
