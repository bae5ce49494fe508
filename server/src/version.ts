import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The version of this Purser. */
export async function ownVersion(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
  return String((JSON.parse(text) as { version?: unknown }).version ?? '0.0.0');
}
