import { sql } from 'kysely';
import { Gauge, type Registry } from 'prom-client';
import type { Database } from '../database/database.ts';
import { registry } from '../telemetry.ts';
import { type ApiApp, addRoute } from './route.ts';
import type { Service } from './service.ts';

/** A database that has not answered by now answers nobody else in time either. */
const answersWithinMs = 3_000;

async function databaseAnswers(service: Service): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), answersWithinMs);
  const asked = sql`select 1`.execute(service.database.db).then(
    () => true,
    () => false,
  );
  return Promise.race([asked, late.promise]).finally(() => clearTimeout(timer));
}

/** Whether it lives, whether it can serve, and what it counts. */
export function addHealth(app: ApiApp, service: Service): void {
  app.get('/healthz', (context) => context.json({ status: 'alive' }));
  app.get('/readyz', async (context) => {
    if (service.inFlight.isStopping) {
      return context.json({ status: 'stopping', reason: 'Purser is shutting down.' }, 503);
    }
    if (await databaseAnswers(service)) return context.json({ status: 'ready' });
    return context.json({ status: 'unavailable', reason: 'The database does not answer.' }, 503);
  });

  const gauges = createGauges(registry, service.database);
  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/metrics',
      summary: 'Numbers for Prometheus, in its text format',
      tag: 'Operation',
      action: 'read',
    },
    async () => {
      await gauges();
      return new Response(await registry.metrics(), { headers: { 'Content-Type': registry.contentType } });
    },
  );
}

/** What is counted in the database: the same from every instance. */
const counts = sql<{ name: string; state: string; value: string }>`
  select 'purser_runs' as name, status as state, count(*)::text as value from runs
    where status in ('queued', 'running', 'awaiting_approval') group by status
  union all select 'purser_operations_open', state, count(*)::text from operations
    where state not in ('done', 'failed', 'rejected') group by state
  union all select 'purser_mails', state, count(*)::text from mails
    where state in ('queued', 'sending', 'failed', 'unknown') group by state
  union all select 'purser_events', state, count(*)::text from events where state <> 'done' group by state
  union all select 'purser_connections', status, count(*)::text from connections where deleted_at is null group by status
  union all select 'purser_instances', 'alive', count(*)::text from instances
  union all select 'purser_halts', scope, count(*)::text from halts group by scope
  union all select 'purser_audit_entries', 'all', coalesce(max(seq), 0)::text from audit`;

const helps = {
  purser_runs: 'Turns that are queued, under way or waiting for a person',
  purser_operations_open: 'Writes that have not come to an end; unknown ones need somebody to look',
  purser_mails: 'Mail that waits, or that could not be sent',
  purser_events: 'Events from Stripe that wait, or that could not be handled',
  purser_connections: 'Connections by whether their key works',
  purser_instances: 'Instances that share this database',
  purser_halts: 'Kill switches that are on',
  purser_audit_entries: 'Entries in the audit record',
} as const;

function createGauges(into: Registry, { db, pool }: Database): () => Promise<void> {
  const gauge = (name: string, help: string): Gauge<'state'> => {
    into.removeSingleMetric(name);
    return new Gauge({ name, help, labelNames: ['state'], registers: [into] });
  };
  const byName = new Map(Object.entries(helps).map(([name, help]) => [name, gauge(name, help)]));
  const connections = gauge('purser_database_connections', 'Connections of this process to its database');
  return async () => {
    const { rows } = await counts.execute(db);
    for (const each of byName.values()) each.reset();
    for (const { name, state, value } of rows) byName.get(name)?.set({ state }, Number(value));
    connections.set({ state: 'idle' }, pool.idleCount);
    connections.set({ state: 'used' }, pool.totalCount - pool.idleCount);
    connections.set({ state: 'waited_for' }, pool.waitingCount);
  };
}
