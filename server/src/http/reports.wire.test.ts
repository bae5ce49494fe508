import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAgent } from '../agents/agents.ts';
import type { Database } from '../database/database.ts';
import { jsonb } from '../database/json.ts';
import { testDatabase } from '../database/testing.ts';
import { Problem } from '../problem.ts';
import { addReportRoutes } from './reports.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let database: Database;
const app = createApi();
app.onError((error) => {
  if (!(error instanceof Problem)) throw error;
  return Response.json(error.toDocument(), { status: error.status });
});

const report = {
  name: 'revenue',
  tables: [
    {
      ...{ name: 'by_product', title: 'By product' },
      columns: [
        { key: 'product', label: 'Product', type: 'text' },
        { key: 'net', label: 'Net', type: 'money' },
      ],
      rows: [{ product: '=HYPERLINK("x")', net: '29.99' }],
    },
  ],
};

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const agent = await createAgent(db, { name: 'Ops' });
  const thread = { id: 'thr_1', agent_id: agent.id, title: 'T', created_by: 'me' };
  await db.insertInto('threads').values(thread).execute();
  const run = { id: 'run_1', thread_id: 'thr_1', agent_id: agent.id, model: 'builtin', requested_by: '{}' };
  await db.insertInto('runs').values(run).execute();
  const entry = { thread_id: 'thr_1', run_id: 'run_1', kind: 'tool' } as const;
  await db
    .insertInto('entries')
    .values([
      { ...entry, step: 1, content: jsonb({ callId: 'call_report' }), record: jsonb(report) },
      { ...entry, step: 2, content: jsonb({ callId: 'call_other' }), record: jsonb({ id: 'cus_1' }) },
    ])
    .execute();
  const access = { whoIs: async () => ({ type: 'person', id: 'usr_1', name: 'Ann', role: 'viewer' }) };
  addReportRoutes(app, { database, access } as unknown as Service);
});
afterAll(() => database?.close());

const table = (thread: string, call: string, name: string) =>
  app.request(`/api/threads/${thread}/tool-calls/${call}/tables/${name}`);

test('the figures of a report that was made in a thread come as CSV, with nothing a spreadsheet would run', async () => {
  const answer = await table('thr_1', 'call_report', 'by_product');
  expect(answer.headers.get('content-disposition')).toContain('revenue-by_product.csv');
  expect(await answer.text()).toBe('Product,Net\r\n"\'=HYPERLINK(""x"")",29.99\r\n');
});

test.each([
  ['thr_none', 'call_report', 'by_product'],
  ['thr_1', 'call_none', 'by_product'],
  ['thr_1', 'call_other', 'by_product'],
  ['thr_1', 'call_report', 'by_month'],
])('of %s, %s, %s there is none', async (thread, call, name) => {
  expect((await table(thread, call, name)).status).toBe(404);
});
