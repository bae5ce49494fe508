import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('what routes answer, and the client’s types, are what the code says', async () => {
  const args = [join(import.meta.dirname, 'generate.ts'), '--check'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toMatch(/routes say what they answer/);
}, 120_000);
