import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAudit, systemActor } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { addHealth } from './health.ts';
import { createInFlight } from './in-flight.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let database: Database;
let who: { type: string; id: string; name: string; role: string } | null = null;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

function app(inFlight = createInFlight()) {
  const api = createApi();
  addHealth(api, { database, inFlight, access: { whoIs: async () => who } } as unknown as Service);
  api.onError(
    (error) => new Response(error.message, { status: 'status' in error ? Number(error.status) : 500 }),
  );
  return api;
}

describe('health', () => {
  it('is alive, and ready while the database answers', async () => {
    expect((await app().request('/healthz')).status).toBe(200);
    expect(await (await app().request('/readyz')).json()).toEqual({ status: 'ready' });
  });

  it('is not ready any more once it stops, but waits for what is under way', async () => {
    const inFlight = createInFlight();
    const answer = Promise.withResolvers<void>();
    const during = inFlight.during(() => answer.promise);
    let isStopped = false;
    const stopped = inFlight.stop(60_000).then(() => {
      isStopped = true;
    });
    const ready = await app(inFlight).request('/readyz');
    expect([ready.status, await ready.json()]).toEqual([
      503,
      expect.objectContaining({ status: 'stopping' }),
    ]);
    expect(isStopped).toBe(false);
    answer.resolve();
    await during;
    await stopped;
    expect(isStopped).toBe(true);
  });

  it('does not wait for ever', async () => {
    const inFlight = createInFlight();
    void inFlight.during(() => new Promise(() => undefined));
    await inFlight.stop(1);
    expect(inFlight.isStopping).toBe(true);
  });
});

describe('metrics', () => {
  it('are for whoever may read', async () => {
    expect((await app().request('/metrics')).status).toBe(401);
  });

  it('count what is in the database and what the process does', async () => {
    who = { type: 'token', id: 'tok_1', name: 'Prometheus', role: 'viewer' };
    await createAudit(database.db).record({ actor: systemActor, action: 'x' });
    const answer = await app().request('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain');
    const text = await answer.text();
    expect(text).toContain('purser_audit_entries{state="all"} 1');
    expect(text).toContain('purser_database_connections{state="used"}');
    expect(text).toContain('purser_nodejs_eventloop_lag_seconds');
    expect(text).toContain('# TYPE purser_http_request_seconds histogram');
  });
});
