import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { permissionLabels } from './permissions.ts';
import { probes } from './probes.ts';

test('the page on permissions recommends what the key doctor does', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/permissions.md'), 'utf8');
  const said = [...page.matchAll(/^\| (.+?) +\| (Read|Write) +\|$/gm)].map(([, label, level]) => [
    label,
    level,
  ]);
  const recommended = (Object.keys(probes) as (keyof typeof probes)[])
    .filter((name) => probes[name].needed !== 'none')
    .map((name) => [permissionLabels[name], probes[name].needed === 'write' ? 'Write' : 'Read']);
  expect(said).toEqual(recommended);
});
