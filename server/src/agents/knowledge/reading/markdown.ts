import MarkdownIt from 'markdown-it';
import { createHeadings, type Section } from './section.ts';

/** Only what tells headings from code that looks like one is needed of Markdown. */
const parser = new MarkdownIt('commonmark', { html: true, maxNesting: 20 });

/** Splits Markdown at its headings; the text stays as it was written. */
export function readMarkdown(text: string): Section[] {
  const lines = text.split('\n');
  const headings = createHeadings();
  const sections: Section[] = [];
  let from = 0;
  const endAt = (line: number) => {
    sections.push({ place: headings.place(), text: lines.slice(from, line).join('\n').trim() });
  };
  const tokens = parser.parse(text, {});
  for (const [at, token] of tokens.entries()) {
    if (token.type !== 'heading_open' || token.level > 0 || !token.map) continue;
    const [start, end] = token.map;
    endAt(start);
    headings.enter(Number(token.tag.slice(1)), plain(tokens[at + 1]?.content ?? ''));
    from = end;
  }
  endAt(lines.length);
  return sections.filter(({ text: body }) => body !== '');
}

function plain(heading: string): string {
  return heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[*_`~]/g, '');
}
