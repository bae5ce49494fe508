import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { observed, registry } from './telemetry.ts';
import { exportTraces } from './trace-export.ts';

const received: { path: string | undefined; key: string | undefined; body: string }[] = [];
const collector = createServer(async (request, response) => {
  const { authorization: key } = request.headers;
  received.push({ path: request.url, key, body: await text(request) });
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});
beforeAll(() => new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve)));
afterAll(() => collector.close());

it('sends spans to a collector, nested as the work was, without a word of an error’s message', async () => {
  const { port } = collector.address() as AddressInfo;
  const stop = exportTraces(
    { endpoint: `http://127.0.0.1:${port}/`, headers: { authorization: 'k' }, serviceName: 'purser' },
    '1.2.3',
  );
  await observed('turn', 'of an agent', { 'purser.run': 'run_1' }, async () => {
    await observed('tool', 'list_customers', {}, async () => undefined);
    await observed('stripe', 'GET /v1/customers', {}, async () => {
      throw new RangeError('No such customer: jane@example.com');
    }).catch(() => undefined);
  });
  await stop();
  expect(received.map(({ path, key }) => [path, key])).toEqual([['/v1/traces', 'k']]);
  const [{ scopeSpans, resource }] = JSON.parse(received[0]?.body ?? '').resourceSpans;
  const spans: { name: string; spanId: string; parentSpanId?: string; status: { message?: string } }[] =
    scopeSpans[0].spans;
  const byName = new Map(spans.map((span) => [span.name, span]));
  const turn = byName.get('turn of an agent')?.spanId;
  expect(byName.get('tool list_customers')?.parentSpanId).toBe(turn);
  expect(byName.get('stripe GET /v1/customers')).toMatchObject({
    parentSpanId: turn,
    status: { message: 'RangeError' },
  });
  expect(JSON.stringify(resource)).toContain('"purser"');
  expect(received[0]?.body).not.toContain('jane@');
});

it('counts steps by how they ended, also where nobody listens', async () => {
  await observed('tool', 'counted', {}, async () => 1);
  await expect(observed('tool', 'counted', {}, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  const metrics = await registry.metrics();
  expect(metrics).toContain('purser_step_seconds_count{kind="tool",name="counted",outcome="ok"} 1');
  expect(metrics).toContain('purser_step_seconds_count{kind="tool",name="counted",outcome="failed"} 1');
});
