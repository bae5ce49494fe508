import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { type Section, UnreadableDocument } from './section.ts';

/** A file that takes longer, or more memory, is made to hurt. */
const longestMs = 30_000;
const mostMemoryMb = 512;
export const mostPages = 1_000;

/** What the worker answers. */
const answer = z.union([z.object({ pages: z.array(z.string()) }), z.object({ why: z.string() })]);

/**
 * The text of a PDF, page by page. Read in a thread of its own that can be ended: a few bytes may unpack to gigabytes or
 * never end. @throws UnreadableDocument
 */
export async function readPdf(bytes: Uint8Array): Promise<Section[]> {
  const pages = await pagesOf(bytes);
  const sections = pages.map((text, at) => ({ place: `page ${at + 1}`, text: text.trim() }));
  const written = sections.filter(({ text }) => text !== '');
  if (written.length === 0)
    throw new UnreadableDocument(
      'It holds no text, only pictures of it. Have it recognised (OCR) and upload it again.',
    );
  return written;
}

function pagesOf(bytes: Uint8Array): Promise<string[]> {
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: { bytes: new Uint8Array(bytes), mostPages },
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb, maxYoungGenerationSizeMb: 64 },
    env: {},
    stdout: true,
    stderr: true,
  });
  return new Promise<string[]>((resolve, reject) => {
    const refuse = (why: string) => reject(new UnreadableDocument(why));
    const timer = setTimeout(
      () => refuse(`Reading it takes longer than ${longestMs / 1_000} seconds. Split it.`),
      longestMs,
    );
    worker.once('message', (message) => {
      const { data } = answer.safeParse(message);
      if (data && 'pages' in data) resolve(data.pages);
      else refuse(data?.why ?? 'It is no PDF that can be read.');
    });
    worker.once('error', (error: NodeJS.ErrnoException) =>
      refuse(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? 'It unpacks to more than can be held. Split it.'
          : 'It is no PDF that can be read: it may be damaged.',
      ),
    );
    worker.once('exit', () => {
      clearTimeout(timer);
      refuse('It is no PDF that can be read.');
    });
  }).finally(() => worker.terminate());
}
