// Installs what is missing, and nothing when nothing changed. Plain JavaScript: this runs on the machine's own Node 20.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');

function hashOf(files, extra) {
  const hash = createHash('sha256').update(extra);
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((name) => !/(^|[\\/])(node_modules|dist)([\\/]|$)|\.test\.tsx?$/.test(name))
    .filter((name) => statSync(join(root, name)).isFile())
    .sort();
}

const stamp = (name) => join(modules, `.purser-${name}`);
const isCurrent = (name, hash) => existsSync(stamp(name)) && readFileSync(stamp(name), 'utf8') === hash;

/** Runs a command, quiet unless it fails; what it prints goes to stderr, so stdout stays the command's own. */
function run(what, command, args) {
  process.stderr.write(`${what} …\n`);
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (done.status === 0) return;
  process.stderr.write(
    `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}\n${what}: failed\n`,
  );
  process.exit(done.status ?? 1);
}

/**
 * Brings node_modules in line with package-lock.json. What only developers need (the browser, the compiler) is left
 * out unless asked for, so that a first start takes half as long.
 */
export function installPackages({ forDevelopers = false } = {}) {
  const hash = hashOf(['package-lock.json'], `${process.platform}/${process.arch}`);
  const everything = `${hash} with what developers need`;
  if (isCurrent('installed', everything) || (!forDevelopers && isCurrent('installed', hash))) return;
  const which = forDevelopers ? '--include=dev' : '--omit=dev';
  run('Installing packages', 'npm', ['ci', which, '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp('installed'), forDevelopers ? everything : hash);
}

/** Builds the console when its sources changed since the last build. */
export function buildConsole() {
  const sources = [...filesBelow('console'), ...filesBelow('money')];
  const hash = hashOf(['package-lock.json', ...sources], 'console');
  if (isCurrent('console', hash) && existsSync(join(root, 'console/dist/index.html'))) return;
  const node = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  run('Building the console', node, [
    join(modules, 'vite/bin/vite.js'),
    'build',
    'console',
    '--logLevel',
    'warn',
  ]);
  writeFileSync(stamp('console'), hash);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installPackages({ forDevelopers: process.argv.includes('--for-developers') });
  buildConsole();
}
