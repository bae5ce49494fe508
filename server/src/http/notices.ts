import { z } from 'zod';
import type { Principal } from '../access/access.ts';
import { forbidden } from '../problem.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

function personOf({ type, id }: Principal): string {
  if (type === 'person') return id;
  throw forbidden('Notices are sent to people: sign in as one. A token gets none.');
}

/** What a person is written to about. */
export function addNoticeRoutes(app: ApiApp, service: Service): void {
  const { notices } = service;
  const tag = 'Account';
  const path = '/api/account/notices';

  addRoute(
    app,
    service,
    { method: 'get', path, summary: 'What you are written to about', tag, action: 'approve' },
    async ({ principal }) => ({ approvals: await notices.isOn(personOf(principal)) }),
  );

  addRoute(
    app,
    service,
    {
      ...{ method: 'put', path, summary: 'Turn mail about what waits for you on or off', tag },
      action: 'approve',
      body: z.strictObject({ approvals: z.boolean() }),
    },
    async ({ principal, body }) => {
      await notices.turn(personOf(principal), body.approvals);
      return body;
    },
  );
}
