// Installs what is missing, and nothing when nothing changed. Plain JavaScript: this runs on the machine's own Node 20.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
 * Does `work` where no other process of this folder is at it: two installations at once would break each other. Whoever
 * died at it is passed over.
 */
function alone(work) {
  const lock = join(root, '.setup-lock');
  for (let tries = 0; !take(lock); tries += 1) {
    const holder = holderOf(lock);
    if (!isAlive(holder)) rmSync(lock, { force: true });
    else if (tries === 0)
      process.stderr.write(`Waiting for the installation that process ${holder} is at …\n`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  const release = () => rmSync(lock, { force: true });
  // Also where a failed command ends this process.
  process.once('exit', release);
  work();
  release();
  process.removeListener('exit', release);
}

/** The lock comes into being with its holder in it: a link to a file that is written already. */
function take(lock) {
  const own = `${lock}-${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function holderOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Brings node_modules in line with package-lock.json. What only developers need (the browser, the compiler) is left
 * out unless asked for, so that a first start takes half as long.
 */
export function installPackages({ forDevelopers = false } = {}) {
  const hash = hashOf(['package-lock.json'], `${process.platform}/${process.arch}`);
  const everything = `${hash} with what developers need`;
  const isInstalled = () =>
    isCurrent('installed', everything) || (!forDevelopers && isCurrent('installed', hash));
  if (isInstalled()) return;
  alone(() => {
    if (isInstalled()) return;
    const which = forDevelopers ? '--include=dev' : '--omit=dev';
    run('Installing packages', 'npm', ['ci', which, '--no-audit', '--no-fund', '--loglevel=error']);
    writeFileSync(stamp('installed'), forDevelopers ? everything : hash);
  });
}

/** Builds the console when its sources changed since the last build. */
export function buildConsole() {
  const sources = [...filesBelow('console'), ...filesBelow('money')];
  const hash = hashOf(['package-lock.json', ...sources], 'console');
  const isBuilt = () => isCurrent('console', hash) && existsSync(join(root, 'console/dist/index.html'));
  if (isBuilt()) return;
  alone(() => {
    if (isBuilt()) return;
    vite();
    writeFileSync(stamp('console'), hash);
  });
}

function vite() {
  const node = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  run('Building the console', node, [
    join(modules, 'vite/bin/vite.js'),
    'build',
    'console',
    '--logLevel',
    'warn',
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  installPackages({ forDevelopers: process.argv.includes('--for-developers') });
  buildConsole();
}
