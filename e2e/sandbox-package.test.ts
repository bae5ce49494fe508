import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

/** A folder in which the sandbox is installed as npm would do it, from its packed form and nothing of this repository. */
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-package-'));
  const built = join(folder, 'built');
  await run(process.execPath, [join(root, 'scripts/pack-sandbox.ts'), built]);
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: built });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@purser'), { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball), '-C', join(modules, '@purser')]);
  renameSync(join(modules, '@purser/package'), join(modules, '@purser/sandbox'));
  mkdirSync(join(modules, '@hono'));
  // What npm would fetch beside it, and the SDK of whoever uses it: they need nothing else, so that links do.
  for (const name of ['hono', '@hono/node-server', 'stripe'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The Nodes there are: the repository's own, and the system's where it is another one. */
function nodes(): string[] {
  const own = process.execPath;
  const others = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((place) => !place.includes('node_modules'))
    .map((place) => join(place, 'node'))
    .filter((path) => existsSync(path));
  const system = others.find(
    (path) => execFileSync(path, ['--version']).toString().trim() !== process.version,
  );
  return system ? [own, system] : [own];
}

const inProcess = `
  import Stripe from 'stripe';
  import { createSandbox } from '@purser/sandbox';
  const sandbox = createSandbox({ dataDir: process.argv[2] });
  const stripe = new Stripe('sk_test_package', { httpClient: Stripe.createFetchHttpClient(sandbox.fetch) });
  const customer = await stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  });
  const { default_price: price } = await stripe.products.create({
    name: 'Plan',
    default_price_data: { currency: 'usd', unit_amount: 1500, recurring: { interval: 'month' } },
  });
  const { status } = await stripe.subscriptions.create({ customer: customer.id, items: [{ price }] });
  const { pending } = await stripe.balance.retrieve();
  console.log(JSON.stringify({ status, pending: pending[0].amount }));
  await sandbox.close();`;

const overHttp = `
  import Stripe from 'stripe';
  const stripe = new Stripe('sk_test_package', { host: '127.0.0.1', port: process.argv[2], protocol: 'http' });
  const { data } = await stripe.subscriptions.list();
  console.log(data.length);`;

test('what it says of itself leads to pages that came along', () => {
  const home = join(folder, 'node_modules/@purser/sandbox');
  const links = ['README.md', 'docs/sandbox.md', 'docs/sandbox-coverage.md'].flatMap((page) =>
    [...readFileSync(join(home, page), 'utf8').matchAll(/\]\(([^:)#]+)\)/g)].map(([, link = '']) =>
      join(home, page, '..', link),
    ),
  );
  expect(links.length).toBeGreaterThan(2);
  expect(links.filter((link) => !existsSync(link))).toEqual([]);
});

test.each(nodes())('installed alone, it works in process and as a command on %s', async (node) => {
  const data = join(folder, `state-${nodes().indexOf(node)}`);
  writeFileSync(join(folder, 'in-process.js'), inProcess);
  writeFileSync(join(folder, 'over-http.js'), overHttp);
  const { stdout } = await run(node, ['in-process.js', data], { cwd: folder });
  expect(JSON.parse(stdout)).toEqual({ status: 'active', pending: 1500 - 74 });
  const command = join(folder, 'node_modules/@purser/sandbox/sandbox/src/cli.js');
  const child = execFile(node, [command, '--port', '0', '--data', data, '--seed', 'empty']);
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error('The command ended')));
      child.stdout?.on('data', (text: string) => resolve(/127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? ''));
    });
    expect((await run(node, ['over-http.js', port], { cwd: folder })).stdout.trim()).toBe('1');
  } finally {
    child.removeAllListeners('exit');
    child.kill('SIGTERM');
  }
});
