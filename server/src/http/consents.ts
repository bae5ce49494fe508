import { z } from 'zod';
import { standings, unsubscribePath } from '../connections/mail/consents.ts';
import { notFound } from '../problem.ts';
import { type ApiApp, type ApiContext, addRoute, pageQuery } from './route.ts';
import type { Service } from './service.ts';

const connectionId = z.string().min(1).max(80);
const address = z.email().max(254);

/** Consent to mail that nobody asked for, and the way out of it. */
export function addConsentRoutes(app: ApiApp, service: Service): void {
  const { consents } = service;
  const tag = 'Consents';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/consents',
      summary:
        'Who consented to news and offers and who took it back, newest first: all that was said, or how each address stands',
      tag,
      action: 'read',
      query: z.strictObject({
        ...pageQuery,
        connectionId: connectionId.optional(),
        address: address.optional(),
        standing: z.enum(standings).optional(),
      }),
    },
    async ({ query: { limit, cursor, ...filter } }) => {
      const data = await consents.list(filter, { limit, before: cursor });
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'put',
      path: '/api/consents',
      summary: 'Record that somebody consented to news and offers, or took it back, and how they said so',
      tag,
      action: 'operate',
      body: z.strictObject({
        ...{ connectionId, address, given: z.boolean() },
        how: z.string().trim().min(1, 'Say where and how it was said.').max(500),
      }),
    },
    async ({ body, actor }) => {
      await service.connections.get(body.connectionId);
      const consent = await consents.record(body, actor);
      const action = body.given ? 'consent.given' : 'consent.withdrawn';
      await service.audit.record({ actor, action, subject: consent.id });
      return consent;
    },
  );

  // No sign-in: the link itself says whose it is. Reading it changes nothing, for mail programs open links by themselves.
  app.get(`${unsubscribePath}/:token`, (context) => {
    const whose = whoseLink(context.req.param('token'));
    return context.html(page(context, `Do you want no more news and offers at ${whose.address}?`, true));
  });

  // From the page's button, or by one click in a mail program (RFC 8058).
  app.post(`${unsubscribePath}/:token`, async (context) => {
    const whose = whoseLink(context.req.param('token'));
    const by = { type: 'system', id: 'unsubscribe', name: whose.address } as const;
    if (await consents.isGiven(whose.connectionId, whose.address))
      await consents.record({ ...whose, given: false, how: 'By the link in a mail.' }, by);
    return context.html(page(context, `${whose.address} gets no more news and offers.`, false));
  });

  function whoseLink(token: string) {
    const whose = consents.read(token);
    if (!whose) throw notFound('link', 'to unsubscribe');
    return whose;
  }
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = (context: ApiContext, text: string, asks: boolean) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>Unsubscribe</title>
<style nonce="${context.get('secureHeadersNonce')}">
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32em; margin: 15vh auto; padding: 0 1.5em }
h1 { font-size: 1.25em }
button { font: inherit; padding: .5em 1em }
</style></head>
<body>
<h1>${escaped(text)}</h1>
<p>Mail about your payments and orders still comes.</p>
${asks ? '<form method="post"><button>Unsubscribe</button></form>' : ''}
</body></html>
`;
