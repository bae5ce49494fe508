import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSuite, type Scenario } from './scenario.ts';

/** `development` is what a model is made with; `held-out` only ever measures it. */
export const parts = ['development', 'held-out'] as const;
export type Part = (typeof parts)[number];

/** The scenarios of a part, in the order of its files. */
export async function loadSuites(part: Part): Promise<Scenario[]> {
  const folder = join(import.meta.dirname, 'suites', part);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.txt')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return files.flatMap((file, index) => readSuite(file.replace(/\.txt$/, ''), texts[index] ?? ''));
}
