import { type Font, pdfString, textWidth } from './metrics.ts';

/** Width and height of paper in points, a 72nd of an inch. */
const papers = { a4: [595, 842], letter: [612, 792] } as const;
export type Paper = keyof typeof papers;
const margin = 56;
const leading = 1.4;

interface Cell {
  readonly text: string;
  /** From the left margin, in points; with `right`, where the text ends instead. */
  readonly x?: number;
  readonly right?: boolean;
  /** Where the text wraps, in points from its start; absent: the right margin. */
  readonly width?: number;
}

/**
 * A document that is written from top to bottom and goes on to a next page by itself. Text only, in the fonts that every
 * reader has; no more than invoices, credit notes and quotes need.
 */
export function createDocument(paper: Paper, title: string) {
  const [width, height] = papers[paper];
  const inner = width - 2 * margin;
  const pages: string[][] = [[]];
  let y = height - margin;

  function room(points: number): void {
    if (y - points >= margin) return;
    pages.push([]);
    y = height - margin;
  }

  function write(line: string, x: number, baseline: number, font: Font, size: number): void {
    const name = font === 'bold' ? '/F2' : '/F1';
    pages
      .at(-1)
      ?.push(
        `BT ${name} ${size} Tf 1 0 0 1 ${point(margin + x)} ${point(baseline)} Tm ${pdfString(line)} Tj ET`,
      );
  }

  /** Cells side by side; each wraps within its width, and the row is as high as the highest. */
  function row(
    cells: readonly Cell[],
    { font = 'regular', size = 10 }: { font?: Font; size?: number } = {},
  ): void {
    const columns = cells.map((cell) => {
      const { x = 0, right = false } = cell;
      const from = right && cell.x === undefined ? inner : x;
      return {
        right,
        from,
        lines: wrapped(cell.text, cell.width ?? (right ? inner : inner - x), font, size),
      };
    });
    const step = size * leading;
    const highest = Math.max(1, ...columns.map(({ lines }) => lines.length));
    for (let at = 0; at < highest; at++) {
      room(step);
      y -= step;
      for (const { from, lines, right } of columns) {
        const line = lines[at] ?? '';
        if (line !== '') write(line, right ? from - textWidth(line, font, size) : from, y, font, size);
      }
    }
  }

  return {
    /** The width between the margins, in points. */
    inner,
    row,
    text: (text: string, style?: { font?: Font; size?: number }) => row([{ text }], style),
    gap(points: number): void {
      y -= points;
    },
    rule(): void {
      room(12);
      y -= 8;
      pages.at(-1)?.push(`0.8 G ${margin} ${point(y)} m ${point(margin + inner)} ${point(y)} l S`);
      y -= 4;
    },
    /** The whole file. */
    bytes: (): Uint8Array => file(pages, { width, height, title }),
  };
}

function point(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** A text in lines that fit; a word that is too long for a line is broken. */
function wrapped(text: string, width: number, font: Font, size: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/\s+/).flatMap((one) => pieces(one, width, font, size))) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (textWidth(longer, font, size) <= width || line === '') line = longer;
      else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
  }
  return lines;
}

function pieces(word: string, width: number, font: Font, size: number): string[] {
  if (textWidth(word, font, size) <= width) return [word];
  const found: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && textWidth(piece + character, font, size) > width) {
      found.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...found, piece];
}

/** The objects of a PDF file and where each begins: catalog, page tree, fonts, then two for each page. */
function file(
  pages: readonly (readonly string[])[],
  { width, height, title }: { width: number; height: number; title: string },
): Uint8Array {
  const fontObject = (name: string) =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const first = 6;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${first + 2 * at} 0 R`).join(' ')}] >>`,
    fontObject('Helvetica'),
    fontObject('Helvetica-Bold'),
    `<< /Title ${pdfString(title)} /Producer (Purser sandbox) >>`,
    ...pages.flatMap((content, at) => {
      const stream = content.join('\n');
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${width} ${height}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents ${first + 2 * at + 1} 0 R >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `<< /Size ${objects.length + 1} /Root 1 0 R /Info 5 0 R >>`;
  // All of it is ASCII, so that characters are bytes.
  return new TextEncoder().encode(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n${trailer}\nstartxref\n${body.length}\n%%EOF\n`,
  );
}
