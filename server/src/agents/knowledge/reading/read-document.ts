/** A file or pasted text → sections. Everything here was written by others: it is read, and never obeyed or run. */
import { readCsv } from './csv.ts';
import { readHtml } from './html.ts';
import { readMarkdown } from './markdown.ts';
import { readPdf } from './pdf.ts';
import { readPlain } from './plain.ts';
import { type Section, UnreadableDocument } from './section.ts';

export const documentKinds = ['markdown', 'text', 'pdf', 'csv', 'html'] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** A file above this is refused unread. */
export const maxFileBytes = 10_000_000;
const maxCharacters = 2_000_000;

const kindsByEnding: Record<string, DocumentKind> = {
  ...{ md: 'markdown', markdown: 'markdown', mdx: 'markdown', txt: 'text', text: 'text', log: 'text' },
  ...{ pdf: 'pdf', csv: 'csv', tsv: 'csv', html: 'html', htm: 'html' },
};

/** By the ending of a name; undefined for none that is known. */
export function kindOf(name: string): DocumentKind | undefined {
  return kindsByEnding[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
}

/** @throws UnreadableDocument in words that say what to do */
export async function readDocument(kind: DocumentKind, bytes: Uint8Array): Promise<Section[]> {
  if (bytes.length > maxFileBytes)
    throw new UnreadableDocument(`It is larger than ${maxFileBytes / 1_000_000} MB. Split it.`);
  const sections = kind === 'pdf' ? await pdfOf(bytes) : readText(kind, textOf(bytes));
  const characters = sections.reduce((sum, { text }) => sum + text.length, 0);
  if (characters === 0) throw new UnreadableDocument('It holds no text.');
  if (characters > maxCharacters)
    throw new UnreadableDocument(
      `It holds more than ${maxCharacters.toLocaleString('en')} characters. Split it.`,
    );
  return sections;
}

function readText(kind: Exclude<DocumentKind, 'pdf'>, text: string): Section[] {
  if (text.length > maxCharacters * 2)
    throw new UnreadableDocument(
      `It holds more than ${maxCharacters.toLocaleString('en')} characters. Split it.`,
    );
  switch (kind) {
    case 'markdown':
      return readMarkdown(text);
    case 'html':
      return readHtml(text);
    case 'csv':
      return readCsv(text);
    case 'text':
      return readPlain(text);
  }
}

async function pdfOf(bytes: Uint8Array): Promise<Section[]> {
  const head = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  if (!head.includes('%PDF-')) throw new UnreadableDocument('It is called a PDF, and is none.');
  return readPdf(bytes);
}

/** UTF-8, or UTF-16 that says so. @throws UnreadableDocument for anything else: a wrong guess would be kept for good */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableDocument('It is not text in UTF-8. Save it as UTF-8, or as PDF, and upload that.');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what tells text from other files
  if (/[\u0000-\u0008\u000e-\u001a]/.test(text))
    throw new UnreadableDocument('It is no text file: Markdown, text, CSV, HTML and PDF can be read.');
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}
