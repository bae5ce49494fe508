import { z } from 'zod';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

/** What a person is written to about. */
export function addNoticeRoutes(app: ApiApp, service: Service): void {
  const { notices } = service;
  const own = { path: '/api/account/notices', tag: 'Account', action: 'approve', personal: true } as const;

  addRoute(
    app,
    service,
    { ...own, method: 'get', summary: 'What you are written to about' },
    async ({ principal }) => ({ approvals: await notices.isOn(principal.id) }),
  );

  addRoute(
    app,
    service,
    {
      ...{ ...own, method: 'put', summary: 'Turn mail about what waits for you on or off' },
      body: z.strictObject({ approvals: z.boolean() }),
    },
    async ({ principal, body }) => {
      await notices.turn(principal.id, body.approvals);
      return body;
    },
  );
}
