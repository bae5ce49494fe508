/** Reads one PDF and ends; see `pdf.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { extractText, getDocumentProxy } from 'unpdf';

/** More text than any document may have: what comes after is not looked at. */
const mostCharacters = 4_000_000;

const { bytes, mostPages } = workerData as { bytes: Uint8Array; mostPages: number };

async function read(): Promise<{ pages: string[] } | { why: string }> {
  try {
    const document = await getDocumentProxy(bytes, { stopAtErrors: false });
    if (document.numPages > mostPages)
      return { why: `It has ${document.numPages} pages; ${mostPages} are the most. Split it.` };
    const { text } = await extractText(document, { mergePages: false });
    if (text.reduce((sum, page) => sum + page.length, 0) > mostCharacters)
      return { why: 'It holds more text than a document may have. Split it.' };
    return { pages: text };
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return {
      why:
        name === 'PasswordException'
          ? 'It is locked with a password. Save it without one.'
          : 'It is no PDF that can be read: it may be damaged.',
    };
  }
}

parentPort?.postMessage(await read());
