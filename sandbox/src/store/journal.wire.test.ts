import { spawn } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountIdOf } from '../directory.ts';
import { createSandbox } from '../index.ts';
import { fingerprintOf } from '../wire/idempotency.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sandbox-journal-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const authorization = 'Bearer sk_test_journal';
async function customers(fetch: (url: string, init?: RequestInit) => Promise<Response>, base: string) {
  const response = await fetch(`${base}/v1/customers?limit=100`, { headers: { authorization } });
  return ((await response.json()) as { data: { id: string; name: string }[] }).data;
}
const journalPath = async () =>
  join(dataDir, (await readdir(dataDir)).find((name) => name.endsWith('.journal')) ?? '');

test('what was acknowledged survives kill -9', async () => {
  const program = `
    import { createSandbox } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const { url } = await createSandbox({ dataDir: ${JSON.stringify(dataDir)} }).listen({ port: 0 });
    console.log(url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim())),
  );
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 8 }, async (_, writer) => {
    for (let at = 0; ; at++) {
      const body = new URLSearchParams({ name: `${writer}-${at}` });
      const response = await fetch(`${url}/v1/customers`, {
        method: 'POST',
        headers: { authorization },
        body,
      }).catch(() => null);
      if (!response?.ok) return;
      const text = await response.text().catch(() => null);
      if (text) acknowledged.push((JSON.parse(text) as { id: string }).id);
      if (acknowledged.length > 200) child.kill('SIGKILL');
    }
  });
  await Promise.all(writers);
  const sandbox = createSandbox({ dataDir });
  for (const id of acknowledged) {
    const response = await sandbox.fetch(`http://sandbox/v1/customers/${id}`, { headers: { authorization } });
    expect(response.status).toBe(200);
  }
  await sandbox.close();
});

test('a torn last line is dropped, and what follows is kept', async () => {
  const create = (sandbox: ReturnType<typeof createSandbox>, name: string) =>
    sandbox.fetch('http://sandbox/v1/customers', {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ name }),
    });
  const first = createSandbox({ dataDir });
  await create(first, 'before');
  await first.close();
  await appendFile(await journalPath(), '[["customers",{"id":"cus_torn","na');
  const second = createSandbox({ dataDir });
  await create(second, 'after');
  await second.close();
  const third = createSandbox({ dataDir });
  expect((await customers(third.fetch, 'http://sandbox')).map((one) => one.name)).toEqual([
    'after',
    'before',
  ]);
  await third.close();
  expect(await readFile(await journalPath(), 'utf8')).not.toContain('cus_torn');
});

test('a journal full of outdated states is written anew, smaller, with the same content', async () => {
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now };
  const first = createSandbox({ dataDir, clock });
  const post = (path: string, name: string) =>
    first.fetch(`http://sandbox${path}`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ name }),
    });
  const { id } = (await (await post('/v1/products', 'A')).json()) as { id: string };
  for (let at = 0; at < 800; at++) await post(`/v1/products/${id}`, `A ${at}`);
  await first.close();
  const before = (await readFile(await journalPath())).length;
  // By then the events, which keep the older states, are forgotten.
  now += 31 * 86_400_000;
  const second = createSandbox({ dataDir, clock });
  const product = (await (
    await second.fetch(`http://sandbox/v1/products/${id}`, { headers: { authorization } })
  ).json()) as { name: string };
  expect(product.name).toBe('A 799');
  await second.close();
  expect((await readFile(await journalPath())).length).toBeLessThan(before * 0.1);
});

test('when the disk refuses, so does the sandbox, in words of Stripe; nothing is half done or lost', async () => {
  const sandbox = createSandbox({ dataDir });
  const post = (name: string, key: string) =>
    sandbox.fetch('http://sandbox/v1/customers', {
      method: 'POST',
      headers: { authorization, 'idempotency-key': key },
      body: new URLSearchParams({ name }),
    });
  const path = join(dataDir, `${accountIdOf('sk_test_journal')}.journal`);
  const names = async () => (await customers(sandbox.fetch, 'http://sandbox')).map((one) => one.name);
  expect(await names()).toEqual([]);
  // A folder where the file should be: nothing can be written.
  await mkdir(path);
  const refused = await post('first', 'key-1');
  expect(refused.status).toBe(500);
  expect(await refused.json()).toMatchObject({
    error: { type: 'api_error', message: expect.stringMatching(/could not write to its data folder/) },
  });
  expect((await post('second', 'key-2')).status).toBe(500);
  await rm(path, { recursive: true });
  expect((await post('first', 'key-1')).status).toBe(200);
  expect((await post('second', 'key-2')).status).toBe(200);
  await sandbox.close();
  const again = createSandbox({ dataDir });
  expect((await customers(again.fetch, 'http://sandbox')).map((one) => one.name)).toEqual([
    'second',
    'first',
  ]);
  await again.close();
});

test('an answer is repeated to the letter after a restart, whatever became of what it tells of', async () => {
  const first = createSandbox({ dataDir });
  const post = (sandbox: typeof first, path: string, params: Record<string, string>, key?: string) =>
    sandbox.fetch(`http://sandbox/v1/${path}`, {
      method: 'POST',
      headers: { authorization, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      body: new URLSearchParams(params),
    });
  const asked = [
    ['customers', { name: 'A', 'metadata[2]': 'b', 'metadata[__proto__]': 'c' }],
    [
      'products',
      {
        name: 'B',
        'expand[]': 'default_price',
        'default_price_data[unit_amount]': '5',
        'default_price_data[currency]': 'usd',
      },
    ],
    [
      'payment_intents',
      {
        amount: '500',
        currency: 'usd',
        confirm: 'true',
        payment_method: 'pm_card_chargeDeclined',
        'automatic_payment_methods[allow_redirects]': 'never',
        'automatic_payment_methods[enabled]': 'true',
      },
    ],
  ] as const;
  const answers: string[] = [];
  for (const [path, params] of asked)
    answers.push(await (await post(first, path, params, `key ${path}`)).text());
  const { id } = JSON.parse(answers[0] ?? '') as { id: string };
  await post(first, `customers/${id}`, { name: 'Changed' });
  await first.close();
  // Records of older sandboxes have the text itself.
  const old = {
    id: 'old',
    fingerprint: fingerprintOf('POST', '/v1/customers', 'name=Old'),
    path: '/v1/customers',
  };
  const rest = {
    status: 200,
    body: '{ "as": "it was" }',
    requestId: 'req_1',
    created: Math.floor(Date.now() / 1000),
  };
  const second = createSandbox({ dataDir });
  for (const [at, [path, params]] of asked.entries()) {
    const again = await post(second, path, params, `key ${path}`);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await again.text()).toBe(answers[at]);
  }
  await second.close();
  await writeFile(
    join(dataDir, `${accountIdOf('sk_test_journal')}.journal`),
    `${JSON.stringify([['idempotency', { ...old, ...rest }]])}\n`,
  );
  const third = createSandbox({ dataDir });
  expect(await (await post(third, 'customers', { name: 'Old' }, 'old')).text()).toBe('{ "as": "it was" }');
  await third.close();
});
