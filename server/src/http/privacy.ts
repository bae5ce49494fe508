import { z } from 'zod';
import { kinds, retentionSchema } from '../privacy/retention.ts';
import { exportSubject } from '../privacy/subject.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

const subject = {
  customer: z.string().regex(/^cus_[A-Za-z0-9]{1,60}$/, 'A customer’s id begins with cus_.'),
  /** Addresses of mail and full names that are theirs alone. */
  alsoKnownAs: z.array(z.string().trim().min(3).max(254)).max(20).default([]),
};

/** What people may ask about their data: a copy, its erasure, how long it is kept, the record of it all. */
export function addPrivacyRoutes(app: ApiApp, service: Service): void {
  const { privacy } = service;
  const tag = 'Privacy';

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/privacy/exports',
      summary: 'Everything that is held on one customer',
      tag,
      action: 'administer',
      fresh: true,
      body: z.strictObject(subject),
    },
    async ({ body, actor }) => {
      const made = await exportSubject(service.database.db, body, service.clock.now());
      await service.audit.record({ actor, action: 'privacy.exported', details: { customer: body.customer } });
      return made;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/privacy/erasures',
      summary:
        'Erase one customer’s data; with inStripe: true after Stripe deleted them, which may need an approval',
      tag,
      action: 'administer',
      fresh: true,
      body: z.strictObject({
        ...subject,
        connectionId: z.string().max(80),
        inStripe: z.boolean().default(false),
      }),
      status: 201,
    },
    async ({ body, actor }) => {
      await service.connections.get(body.connectionId);
      return privacy.erasures.request(body, actor);
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/privacy/erasures',
      summary: 'Erasures, newest first, with what was kept and why',
      tag,
      action: 'administer',
    },
    async () => ({ data: await privacy.erasures.list(), next_cursor: null }),
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/privacy/retention',
      summary: 'How many days each kind of data is kept, and what is older than that now',
      tag,
      action: 'read',
    },
    async () => {
      const days = await privacy.retention.get();
      return { days, due: await privacy.retention.preview(days), kinds };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/privacy/retention/preview',
      summary: 'What would be removed with these periods; changes nothing',
      tag,
      action: 'administer',
      body: retentionSchema,
    },
    async ({ body }) => ({ due: await privacy.retention.preview(body) }),
  );

  addRoute(
    app,
    service,
    {
      method: 'put',
      path: '/api/privacy/retention',
      summary: 'Set the periods; they are applied every hour',
      tag,
      action: 'administer',
      fresh: true,
      body: retentionSchema,
    },
    async ({ body, actor }) => {
      await privacy.retention.set(body, actor);
      return { days: body };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/privacy/processing-record',
      summary: 'The record of processing activities, as Markdown',
      tag,
      action: 'read',
    },
    async () =>
      new Response(await privacy.processingRecord(), {
        headers: { 'content-type': 'text/markdown; charset=utf-8' },
      }),
  );
}
