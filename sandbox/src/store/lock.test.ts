import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const deadPid = 999_999_999;

test('a second sandbox is kept out, of this process or another; a dead one is not waited for', () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(join(folder, '.'))).toThrow(/in use by another sandbox of this process/);
  unlock();
  writeFileSync(join(folder, 'sandbox.lock'), `${process.ppid}\n`);
  expect(() => lockFolder(folder)).toThrow(
    /in use by process \d+\. Stop it, choose another folder, or delete/,
  );
  for (const left of [`${deadPid}\n`, `${process.pid}\n`, '']) {
    writeFileSync(join(folder, 'sandbox.lock'), left);
    lockFolder(folder)();
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('of processes that find a dead one’s lock at once, one gets it', async () => {
  writeFileSync(join(folder, 'sandbox.lock'), `${deadPid}\n`);
  const program = `
    import { lockFolder } from ${JSON.stringify(new URL('lock.ts', import.meta.url).href)};
    try {
      lockFolder(${JSON.stringify(folder)});
      console.log('mine');
      process.stdin.resume();
    } catch (error) {
      console.log(/in use by process/.test(error.message) ? 'refused' : error);
    }`;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const said = children.map((child) => text(child.stdout));
  // The one that has it holds it until the others have given up.
  let refused = 0;
  for (const child of children)
    child.stdout.on('end', () => {
      if (++refused === children.length - 1) for (const other of children) other.stdin.end();
    });
  expect((await Promise.all(said)).toSorted()).toEqual(['mine\n', 'refused\n', 'refused\n', 'refused\n']);
});
