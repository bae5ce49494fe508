/**
 * What many objects cost: `node --expose-gc bench/sandbox/size.ts [OBJECTS]`. A business of that many (a million unless
 * said) is made in a durable sandbox: customers with ten paid payments each, and all that comes with those. Says what they
 * take on disk, then, of a new process: how long it needs for its first answer, its memory, and the latency of the
 * requests in `questions.ts`. Then the same for the demo account's year of business.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox, demoKey, type Sandbox } from '@purser/sandbox';
import { ask, questions } from './questions.ts';

const paymentsEach = 10;
const key = 'sk_test_size';
const [first = '1000000', folder = '', secret = ''] = process.argv.slice(2);

function memory(): string {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return `${Math.round(heapUsed / 1e6)} MB of heap, ${Math.round(rss / 1e6)} MB in all`;
}

/** Wall-clock and processor time since the process began, or since `from`. */
function spent(from = 0, used?: NodeJS.CpuUsage): string {
  const cpu = process.cpuUsage(used);
  return `${((performance.now() - from) / 1000).toFixed(1)} s (${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of processor)`;
}

/** A customer and what they paid. */
async function addCustomer(sandbox: Sandbox, at: number): Promise<void> {
  const { id } = await ask(sandbox, key, 'POST', '/v1/customers', {
    name: `Customer ${at}`,
    email: `c${at}@example.com`,
    'metadata[number]': String(at),
  });
  for (let payment = 0; payment < paymentsEach; payment++)
    await ask(sandbox, key, 'POST', '/v1/payment_intents', {
      amount: String(1000 + payment),
      currency: 'usd',
      customer: id,
      payment_method: 'pm_card_visa',
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      confirm: 'true',
      'metadata[order]': `${at}-${payment}`,
    });
}

async function fill(data: string, customers: number): Promise<void> {
  const sandbox = createSandbox({ dataDir: data });
  const width = 50;
  for (let made = 0; made < customers; made += width)
    await Promise.all(
      Array.from({ length: Math.min(width, customers - made) }, (_, at) => addCustomer(sandbox, made + at)),
    );
  await sandbox.close();
}

function journalOf(data: string): string {
  return join(data, readdirSync(data).find((name) => name.endsWith('.journal')) ?? '');
}

/** How many objects one more customer makes, their events and all else that is kept included. */
async function objectsEach(): Promise<number> {
  const counts: number[] = [];
  for (const customers of [1, 11]) {
    const data = mkdtempSync(join(tmpdir(), 'bench-count-'));
    await fill(data, customers);
    const lines = readFileSync(journalOf(data), 'utf8').trimEnd().split('\n');
    const entries = lines.flatMap(
      (line) => JSON.parse(line.slice(line.indexOf('['))) as [string, string | { id: string }][],
    );
    const names = entries.map(([name, what]) => `${name} ${typeof what === 'string' ? what : what.id}`);
    counts.push(new Set(names).size);
    rmSync(data, { recursive: true });
  }
  return ((counts[1] ?? 0) - (counts[0] ?? 0)) / 10;
}

async function firstAnswer(data: string): Promise<Sandbox> {
  const sandbox = createSandbox({ dataDir: data });
  await ask(sandbox, secret, 'GET', '/v1/customers?limit=10');
  console.log(`first answer of a new process after ${spent()}: ${memory()}`);
  return sandbox;
}

/** Runs this file in a process of its own, whose clock starts with it. */
function inNewProcess(task: 'open' | 'question', data: string, secretKey: string): void {
  const args = ['--expose-gc', import.meta.filename, task, data, secretKey];
  process.stdout.write(execFileSync(process.execPath, args));
}

async function measure(): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'bench-size-'));
  const demo = mkdtempSync(join(tmpdir(), 'bench-demo-'));
  try {
    const each = await objectsEach();
    const customers = Math.round(Number(first) / each);
    const [start, used] = [performance.now(), process.cpuUsage()];
    await fill(data, customers);
    console.log(`${Math.round(customers * each)} objects (${customers} customers) in ${spent(start, used)}`);
    console.log(`their journal: ${Math.round(statSync(journalOf(data)).size / 1e6)} MB`);
    inNewProcess('open', data, key);
    inNewProcess('question', data, key);
    const [demoStart, demoUsed] = [performance.now(), process.cpuUsage()];
    const sandbox = createSandbox({ dataDir: demo, seed: 'demo' });
    await ask(sandbox, demoKey, 'GET', '/v1/customers?limit=10');
    console.log(`a year of demo business played in ${spent(demoStart, demoUsed)}`);
    await sandbox.close();
    for (let round = 0; round < 3; round++) inNewProcess('open', demo, demoKey);
  } finally {
    rmSync(data, { recursive: true, force: true });
    rmSync(demo, { recursive: true, force: true });
  }
}

if (first === 'open') await (await firstAnswer(folder)).close();
else if (first === 'question') {
  const sandbox = await firstAnswer(folder);
  await questions(sandbox, secret);
  await sandbox.close();
} else await measure();
