#!/usr/bin/env node
// The one file that runs on whatever Node the machine has: it installs what is missing, then hands over to Node 24.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole, installPackages } from '../scripts/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
installPackages();
if (process.argv[2] === 'start') buildConsole();

const node = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
// Deprecations in libraries are news for us, not for users.
const args = [
  '--disable-warning=DeprecationWarning',
  join(root, 'cli/src/main.ts'),
  ...process.argv.slice(2),
];
const child = spawn(node, args, {
  // The channel says nothing: its end tells the child that we are gone, also where we were killed.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  // Compiled once, loaded in half the time from then on.
  env: {
    ...process.env,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules/.cache/node'),
  },
});
// A signal from the terminal reaches the whole group; one sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`purser: ${error.message}\n`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});

/** The process id of the npm that runs this as a script; between us there may be a shell. */
function npmProcess() {
  try {
    const [, name, parent] =
      /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${process.ppid}/stat`, 'utf8')) ?? [];
    return /^(ba|da|a|z|k)?sh$/.test(name) ? Number(parent) : process.ppid;
  } catch {
    return process.ppid;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// An npm that is killed cannot pass that on, and without it nobody is left to stop us.
if (process.env.npm_lifecycle_event) {
  const npm = npmProcess();
  setInterval(() => isAlive(npm) || child.kill('SIGTERM'), 500).unref();
}
