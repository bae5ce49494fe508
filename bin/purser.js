#!/usr/bin/env node
// The one file that runs on whatever Node the machine has: it installs what is missing, then hands over to Node 24.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole, installPackages } from '../scripts/setup.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
installPackages();
if (process.argv[2] === 'start') buildConsole();

const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const child = spawn(node, [join(root, 'cli/src/main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
// A signal from the terminal reaches the whole group; one sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
