/**
 * Builds the sandbox as a package of its own: `node scripts/pack-sandbox.ts FOLDER` writes plain JavaScript, its types and
 * what npm needs into FOLDER, ready for `npm pack` or `npm publish` there. It runs on Node 20 and newer, and its types
 * need nobody else's.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = dirname(import.meta.dirname);
const target = resolve(process.argv[2] ?? join(root, 'artefacts/sandbox'));
const settings = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    // What Node 20 has: anything newer does not compile here.
    target: 'es2023',
    lib: ['es2023', 'es2024.string', 'dom', 'dom.iterable'],
    types: ['node'],
    rootDir: root,
    outDir: target,
  },
  include: [],
  files: ['money/src/index.ts', 'sandbox/src/index.ts', 'sandbox/src/cli.ts'].map((file) => join(root, file)),
};

/** The repository's own packages, by the file that is their front door in the built one. */
const ours = { '@purser/money': 'money/src/index.js' };

function compile(): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  // Beside the sources, for the compiler looks for types from there.
  const config = join(root, `tsconfig.pack-${process.pid}.json`);
  writeFileSync(config, JSON.stringify(settings));
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  } finally {
    rmSync(config);
  }
}

const builtFiles = () =>
  readdirSync(target, { recursive: true })
    .map(String)
    .filter((file) => /\.(js|d\.ts)$/.test(file));

/** Points imports of the repository's own packages at their files. */
function bindOurs(file: string): void {
  const path = join(target, file);
  let text = readFileSync(path, 'utf8');
  for (const [name, door] of Object.entries(ours)) {
    const to = relative(dirname(file), door);
    text = text.replaceAll(`'${name}'`, `'${to.startsWith('.') ? to : `./${to}`}'`);
  }
  writeFileSync(path, text);
}

/** Keeps the declarations that the front door leads to; the others are nobody's business. */
function keepPublicTypes(): void {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)) {
      if (!specifier.startsWith('.')) throw new Error(`${file} needs the types of ${specifier}`);
      visit(resolve(dirname(file), specifier.replace(/\.(js|ts)$/, '.d.ts')));
    }
  };
  visit(join(target, 'sandbox/src/index.d.ts'));
  for (const file of builtFiles().map((name) => join(target, name)))
    if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
}

/** What there is to read, and where it lies in the package. */
const pages = new Map([
  ['sandbox/README.md', 'README.md'],
  ['docs/sandbox.md', 'docs/sandbox.md'],
  ['docs/sandbox-coverage.md', 'docs/sandbox-coverage.md'],
]);

/** A page whose links to the others lead to where they are now. */
function withLinks(text: string, from: string, to: string): string {
  return text.replaceAll(/\]\(([^:)#]+\.md)/g, (_, link: string) => {
    const page = join(dirname(from), link);
    const place = pages.get(page);
    if (place === undefined) throw new Error(`${from} links to ${page}, which is not in the package`);
    return `](${relative(dirname(to), place)}`;
  });
}

function writePackage(): void {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const { version, license, engines } = read('package.json');
  const dependencies = Object.entries(read('sandbox/package.json').dependencies as Record<string, string>);
  const manifest = {
    name: '@purser/sandbox',
    version,
    description: "A stateful emulator of Stripe's API, for the official SDKs and the Stripe CLI",
    keywords: ['stripe', 'emulator', 'mock', 'sandbox', 'testing', 'payments'],
    license,
    type: 'module',
    engines,
    bin: { 'stripe-sandbox': 'sandbox/src/cli.js' },
    exports: { '.': { types: './sandbox/src/index.d.ts', default: './sandbox/src/index.js' } },
    dependencies: Object.fromEntries(dependencies.filter(([name]) => !Object.hasOwn(ours, name))),
  };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
  for (const [from, to] of pages) {
    mkdirSync(dirname(join(target, to)), { recursive: true });
    writeFileSync(join(target, to), withLinks(readFileSync(join(root, from), 'utf8'), from, to));
  }
}

compile();
for (const file of builtFiles()) bindOurs(file);
keepPublicTypes();
writePackage();
console.log(target);
