/**
 * Notes the newest entry where whoever holds the database cannot change it: a file on another machine's disk, or an
 * address that is told. What was noted proves later that the chain up to there is still the same.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { type Anchor, beginning, type Head } from './chain.ts';

/** Where to: a file, which is only ever added to, or an address that gets a POST. */
export type AnchorTarget = { readonly file: string } | { readonly url: string };

const waitMs = 10_000;
const anchorLine = z.object({ seq: z.int().positive(), hash: z.string().regex(/^[0-9a-f]{64}$/) });

async function addLine(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const handle = await open(file, 'a', 0o600);
  try {
    await handle.appendFile(line);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function tell(url: string, body: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(waitMs),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`The address for audit anchors answered ${answer.status}.`);
}

/** Notes the head wherever it changed since it was last noted; call it every so often. @throws when it could not */
export function createAnchor(needs: {
  target: AnchorTarget;
  clock: Clock;
  head(): Promise<Head>;
}): () => Promise<void> {
  let noted = beginning;
  return async () => {
    const head = await needs.head();
    if (head.seq === 0 || head.hash === noted.hash) return;
    const text = JSON.stringify({ at: needs.clock.now().toISOString(), seq: head.seq, hash: head.hash });
    if ('file' in needs.target) await addLine(needs.target.file, `${text}\n`);
    else await tell(needs.target.url, text);
    noted = head;
  };
}

/** The anchors of a file. A last line that was cut short is none. @throws for any other line that is none */
export async function readAnchors(file: string): Promise<Anchor[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const rest = lines.pop();
  return [...lines, ...(rest?.endsWith('}') ? [rest] : [])]
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return anchorLine.parse(JSON.parse(line));
      } catch {
        throw new Error(`Line ${index + 1} of ${file} is no audit anchor.`);
      }
    });
}
