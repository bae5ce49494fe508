import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A server under test, each in a process and a folder of its own. */
export interface Subject {
  readonly name: string;
  start(): Promise<Running>;
}
export interface Running {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const serve = join(import.meta.dirname, 'serve.ts');

/** Everything is on disk before it is answered. */
export const durableSandbox: Subject = {
  name: 'Purser sandbox, durable',
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'bench-sandbox-'));
    const running = await started(process.execPath, [serve, folder]);
    return {
      ...running,
      async stop() {
        await running.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

const memorySandbox: Subject = {
  name: 'Purser sandbox, in memory',
  start: () => started(process.execPath, [serve]),
};

export const bareServer: Subject = {
  name: 'bare node:http',
  start: () => started(process.execPath, [join(import.meta.dirname, 'bare.ts')]),
};

const rivals = join(tmpdir(), 'bench-sandbox-rivals');

/** The only other emulator with a server that the npm registry has. */
const statefulMock: Subject = {
  name: 'stripe-stateful-mock 0.0.16',
  async start() {
    installed('stripe-stateful-mock@0.0.16');
    const port = await freePort();
    const cli = join(rivals, 'node_modules/stripe-stateful-mock/dist/cli.js');
    const env = { ...process.env, PORT: String(port), LOG_LEVEL: 'info' };
    const running = await started(process.execPath, [cli], { env, ready: /started on port/ });
    return { ...running, url: `http://127.0.0.1:${port}` };
  },
};

export const subjects: readonly Subject[] = [bareServer, durableSandbox, memorySandbox, statefulMock];

/** Installs a rival into a temporary folder, once; never into this repository. */
function installed(what: string): void {
  mkdirSync(rivals, { recursive: true });
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', rivals, what], {
    stdio: 'ignore',
  });
}

async function started(
  command: string,
  args: readonly string[],
  { env = process.env, ready = /ready at (\S+)/ }: { env?: NodeJS.ProcessEnv; ready?: RegExp } = {},
): Promise<Running> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await said(child, ready);
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function said(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('close', () => reject(new Error(`It ended before it was ready: ${text}`)));
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const match = pattern.exec(text);
      if (match) resolve(match[1] ?? '');
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
