/**
 * What many objects cost: `node --expose-gc bench/sandbox/size.ts [OBJECTS]`. Makes that many (a million unless said; half
 * of them customers, half their events) in a durable sandbox, says what memory and disk they take, then how long a new
 * process needs to answer its first request with them. Then the same for the demo account's year of business.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox, demoKey } from '@purser/sandbox';

const [first = '1000000', folder, key] = process.argv.slice(2);

function memory(): string {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return `${Math.round(heapUsed / 1e6)} MB of heap, ${Math.round(rss / 1e6)} MB in all`;
}

/** One page of customers: what a client asks first. */
async function ask(sandbox: ReturnType<typeof createSandbox>, secret: string): Promise<void> {
  const headers = { authorization: `Bearer ${secret}` };
  const response = await sandbox.fetch('http://sandbox/v1/customers?limit=10', { headers });
  if (!response.ok) throw new Error(await response.text());
}

async function fill(data: string, objects: number): Promise<void> {
  const sandbox = createSandbox({ dataDir: data });
  const headers = { authorization: 'Bearer sk_test_size' };
  const start = performance.now();
  for (let made = 0; made < objects / 2; made += 500) {
    const batch = Array.from({ length: 500 }, (_, at) => {
      const body = new URLSearchParams({ name: `Customer ${made + at}`, email: `c${made + at}@example.com` });
      return sandbox.fetch('http://sandbox/v1/customers', { method: 'POST', headers, body });
    });
    await Promise.all(batch);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${objects} objects made in ${seconds} s: ${memory()}`);
  await sandbox.close();
  const bytes = readdirSync(data).reduce((sum, name) => sum + statSync(join(data, name)).size, 0);
  console.log(`their journal: ${Math.round(bytes / 1e6)} MB`);
}

async function firstAnswer(data: string, secret: string): Promise<void> {
  const sandbox = createSandbox({ dataDir: data });
  await ask(sandbox, secret);
  console.log(`first answer of a new process after ${Math.round(performance.now())} ms: ${memory()}`);
  await sandbox.close();
}

/** In a process of its own, whose clock starts with it. */
function inNewProcess(data: string, secret: string): void {
  const args = ['--expose-gc', import.meta.filename, 'open', data, secret];
  process.stdout.write(execFileSync(process.execPath, args));
}

if (first === 'open') await firstAnswer(folder ?? '', key ?? '');
else {
  const data = mkdtempSync(join(tmpdir(), 'bench-size-'));
  const demo = mkdtempSync(join(tmpdir(), 'bench-demo-'));
  try {
    await fill(data, Number(first));
    for (let round = 0; round < 3; round++) inNewProcess(data, 'sk_test_size');
    const sandbox = createSandbox({ dataDir: demo, seed: 'demo' });
    const start = performance.now();
    await ask(sandbox, demoKey);
    console.log(`a year of demo business played in ${Math.round(performance.now() - start)} ms`);
    await sandbox.close();
    for (let round = 0; round < 3; round++) inNewProcess(demo, demoKey);
  } finally {
    rmSync(data, { recursive: true, force: true });
    rmSync(demo, { recursive: true, force: true });
  }
}
