import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshKey, type SandboxProgram, startSandbox, stripeAt } from './fixtures/sandbox.ts';

const run = promisify(execFile);
const cli = join(dirname(createRequire(import.meta.url).resolve('@stripe/cli/package.json')), 'bin/shim.js');

let sandbox: SandboxProgram;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

/** The official Stripe CLI, pointed at the sandbox and at nothing else. */
async function stripe(key: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [cli, ...args, '--api-base', sandbox.url], {
    env: {
      HOME: tmpdir(),
      PATH: process.env.PATH,
      STRIPE_API_KEY: key,
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1,localhost',
    },
  });
  return stdout;
}

test('resource commands create, read and list', async () => {
  const key = freshKey();
  const created = JSON.parse(
    await stripe(key, 'customers', 'create', '-d', 'name=Ada', '-d', 'metadata[a]=1'),
  );
  expect(created).toMatchObject({ object: 'customer', name: 'Ada', metadata: { a: '1' } });
  expect(JSON.parse(await stripe(key, 'get', `/v1/customers/${created.id}`))).toMatchObject({
    id: created.id,
  });
  expect(JSON.parse(await stripe(key, 'customers', 'list'))).toMatchObject({ data: [{ id: created.id }] });
});

/** How a fixture names what an earlier one made. */
const idOf = (name: string) => `$\{${name}:id}`;

test('fixtures build on each other', async () => {
  const key = freshKey();
  const file = join(mkdtempSync(join(tmpdir(), 'sandbox-fixtures-')), 'fixtures.json');
  const customer = idOf('buyer');
  const fixtures = [
    { name: 'buyer', path: '/v1/customers', method: 'post', params: { name: 'Ada' } },
    { name: 'bill', path: '/v1/invoices', method: 'post', params: { customer } },
    {
      name: 'item',
      path: '/v1/invoiceitems',
      method: 'post',
      params: { customer, invoice: idOf('bill'), amount: 1200, currency: 'usd' },
    },
    { name: 'final', path: `/v1/invoices/${idOf('bill')}/finalize`, method: 'post' },
  ];
  writeFileSync(file, JSON.stringify({ _meta: { template_version: 0 }, fixtures }));
  await stripe(key, 'fixtures', file);
  const invoices = await stripeAt(sandbox.url, key).invoices.list({ expand: ['data.customer'] });
  expect(invoices.data).toMatchObject([{ status: 'open', amount_due: 1200, customer: { name: 'Ada' } }]);
});

test('what does not exist is told in the words of Stripe', async () => {
  const answer = JSON.parse(await stripe(freshKey(), 'customers', 'retrieve', 'cus_nobody'));
  expect(answer.error).toMatchObject({ code: 'resource_missing', message: "No such customer: 'cus_nobody'" });
});

test('webhook endpoints are made, and an event is sent to one again', async () => {
  const key = freshKey();
  const received: { type: string }[] = [];
  const shop = createServer((request, response) => {
    text(request).then((body) => {
      received.push(JSON.parse(body));
      response.end();
    });
  });
  const { port } = await new Promise<AddressInfo>((resolve) =>
    shop.listen(0, '127.0.0.1', () => resolve(shop.address() as AddressInfo)),
  );
  await stripe(key, 'customers', 'create');
  const url = `http://127.0.0.1:${port}/hook`;
  const endpoint = JSON.parse(
    await stripe(key, 'webhook_endpoints', 'create', '-d', `url=${url}`, '-d', 'enabled_events[]=*'),
  );
  const [event] = (await stripeAt(sandbox.url, key).events.list()).data;
  const arrived = once(shop, 'request');
  await stripe(key, 'events', 'resend', event?.id ?? '', '--webhook-endpoint', endpoint.id);
  await arrived;
  await expect
    .poll(() => received, { timeout: 10_000 })
    .toMatchObject([{ id: event?.id, type: 'customer.created' }]);
  shop.close();
});
