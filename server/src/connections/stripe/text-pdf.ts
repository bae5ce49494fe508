/** Writes plain text as a PDF: A4 pages of a typewriter font, for documents that Stripe takes as files only. */

const [width, height, margin, size, leading] = [595, 842, 50, 10, 13];
/** Every letter of the font is six tenths of its size wide. */
const columns = Math.floor((width - 2 * margin) / (size * 0.6));
/** Two lines at the foot are for the page number. */
const rows = Math.floor((height - 2 * margin) / leading) - 2;

/** What the encoding has between 0x80 and 0x9f. */
const special = new Map(
  [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'].map((letter, at) => [letter, 0x80 + at]),
);

function codeOf(letter: string): number | undefined {
  const code = letter.codePointAt(0) ?? 0;
  if ((code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)) return code;
  return code < 0xa0 ? undefined : special.get(letter);
}

const clean = (text: string): string =>
  text.normalize('NFC').replaceAll('\r\n', '\n').replaceAll('\t', '    ');

/** The letters of a text that the fonts of a PDF do not have: it can be written only where there are none. */
export function unprintable(text: string): string[] {
  return [...new Set(clean(text))].filter((letter) => letter !== '\n' && codeOf(letter) === undefined);
}

/** A line broken at spaces, or within a word that is wider than the page. */
function wrapped(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const at = space > 0 ? space : columns;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** In the PDF's own letters: one byte each, with the marks of a string escaped. */
function literal(line: string): string {
  const bytes = [...line].map((letter) => String.fromCharCode(codeOf(letter) ?? 0x3f)).join('');
  return `(${bytes.replace(/[\\()]/g, '\\$&')})`;
}

function contentOf(lines: readonly string[], foot: string): string {
  const shown = lines.map((line) => `${literal(line)} Tj T*`).join('\n');
  const start = height - margin - size;
  return `BT /F1 ${size} Tf ${leading} TL ${margin} ${start} Td\n${shown}\nET\nBT /F1 8 Tf ${margin} ${margin} Td ${literal(foot)} Tj ET`;
}

function pagesOf(title: string, text: string): string[] {
  const lines = [title, '', ...clean(text).split('\n')].flatMap(wrapped);
  const count = Math.ceil(lines.length / rows);
  return Array.from({ length: count }, (_, at) =>
    contentOf(lines.slice(at * rows, (at + 1) * rows), `Page ${at + 1} of ${count}`),
  );
}

/** A PDF that says a text under a title; the same text gives the same bytes. */
export function textPdf(title: string, text: string): Uint8Array {
  const pages = pagesOf(title, text);
  const kids = pages.map((_, at) => `${4 + 2 * at} 0 R`).join(' ');
  const bodies = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} /MediaBox [0 0 ${width} ${height}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>',
    ...pages.flatMap((content, at) => [
      `<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + 2 * at} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let file = '%PDF-1.4\n';
  const offsets = bodies.map((body, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const count = bodies.length + 1;
  const start = file.length;
  file += `xref\n0 ${count}\n0000000000 65535 f \n${offsets.join('')}`;
  file += `trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
