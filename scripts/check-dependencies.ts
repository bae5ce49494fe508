/**
 * Checks what we depend on: versions pinned, licences that anybody may use the whole under, no install script that was not
 * allowed by name; and, where the registry tells, no known hole of a high degree in what is shipped.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

/** SPDX names of licences that ask for no more than a notice, or for changes to their own files. */
const allowed = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['Unlicense', 'CC0-1.0', 'Python-2.0', 'PSF-2.0', 'MPL-2.0', 'OFL-1.1', 'AFL-2.1'],
]);

const manifest = z.object({
  workspaces: z.array(z.string()).default([]),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  allowScripts: z.record(z.string(), z.boolean()).default({}),
});
const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      link: z.boolean().optional(),
      license: z.string().optional(),
      resolved: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

const own = manifest.parse(read('package.json'));
const found: string[] = [];

for (const folder of ['.', ...own.workspaces]) {
  const { dependencies, devDependencies, optionalDependencies } = manifest.parse(
    read(join(folder, 'package.json')),
  );
  for (const [name, version] of Object.entries({
    ...dependencies,
    ...devDependencies,
    ...optionalDependencies,
  }))
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      found.push(`${folder}/package.json: ${name} is not pinned to a version: ${version}`);
}

/** `MIT OR X`: one that is allowed is enough; `MIT AND X`: all have to be. */
function isAllowed(license: string): boolean {
  const terms = license.replaceAll(/[()]/g, '').split(' OR ');
  return terms.some((term) => term.split(' AND ').every((each) => allowed.has(each.trim())));
}

for (const [path, { link, license, resolved, hasInstallScript }] of Object.entries(
  lockfile.parse(read('package-lock.json')).packages,
)) {
  const name = path.split('node_modules/').at(-1) ?? '';
  if (!path.includes('node_modules/') || link) continue;
  if (!license || !isAllowed(license)) found.push(`${name}: its licence is ${license ?? 'not stated'}`);
  if (resolved) found.push(`${name}: the lockfile keeps the address of a registry`);
  if (hasInstallScript && own.allowScripts[name] === undefined)
    found.push(`${name}: runs a script when it is installed, which nobody allowed`);
}

const advisories = z.object({
  vulnerabilities: z.record(z.string(), z.object({ name: z.string(), severity: z.string() })),
});

/** Known holes in what is shipped; null where the registry does not say. */
function knownHoles(): string[] | null {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    ...{ cwd: root, encoding: 'utf8', timeout: 20_000, shell: process.platform === 'win32' },
  });
  try {
    const { vulnerabilities } = advisories.parse(JSON.parse(stdout));
    return Object.values(vulnerabilities).flatMap(({ name, severity }) =>
      /^(high|critical)$/.test(severity) ? [`${name}: a known hole, ${severity}: npm audit says more`] : [],
    );
  } catch {
    return null;
  }
}

const holes = knownHoles();
if (holes === null) console.log('Dependencies: this registry tells of no advisories.');
found.push(...(holes ?? []));
for (const each of found) console.error(each);
process.exitCode = found.length > 0 ? 1 : 0;
