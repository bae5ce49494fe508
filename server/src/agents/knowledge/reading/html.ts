import { Parser } from 'htmlparser2';
import { createHeadings, type Section, UnreadableDocument } from './section.ts';

/** No page of people's has more; the parser takes the square of it. */
const deepest = 1_000;

/** Nothing a reader sees stands in these. */
const unseen = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'head',
  'svg',
  'iframe',
  'object',
  'select',
]);
const blocks = new Set(
  'p div section article header footer main nav aside ul ol li table tr br hr pre blockquote dl dt dd figure h1 h2 h3 h4 h5 h6 td th'.split(
    ' ',
  ),
);

/** The visible text of a page, split at its headings. Nothing in it is run or fetched. */
export function readHtml(source: string): Section[] {
  const headings = createHeadings();
  const sections: Section[] = [];
  let text = '';
  let depth = 0;
  let heading: { level: number; text: string } | null = null;
  const hidden: string[] = [];

  const endSection = () => {
    const body = tidy(text);
    if (body !== '') sections.push({ place: headings.place(), text: body });
    text = '';
  };
  const parser = new Parser({
    onopentag(name, attributes) {
      depth += 1;
      if (depth > deepest) throw new UnreadableDocument('Its tags stand inside each other too deep.');
      const isHidden = 'hidden' in attributes || /display\s*:\s*none/i.test(attributes.style ?? '');
      if (hidden.length > 0 || unseen.has(name) || isHidden) {
        if (!isVoid(name)) hidden.push(name);
        return;
      }
      const level = /^h([1-6])$/.exec(name)?.[1];
      if (level !== undefined) {
        endSection();
        heading = { level: Number(level), text: '' };
      } else if (blocks.has(name)) text += name === 'td' || name === 'th' ? ' | ' : '\n';
    },
    ontext(data) {
      if (hidden.length > 0) return;
      if (heading) heading.text += data;
      else text += data;
    },
    onclosetag(name) {
      depth -= 1;
      if (hidden.length > 0) {
        if (hidden.at(-1) === name) hidden.pop();
        return;
      }
      if (heading && /^h[1-6]$/.test(name)) {
        headings.enter(heading.level, heading.text);
        heading = null;
      } else if (blocks.has(name) && name !== 'td' && name !== 'th') text += '\n';
    },
  });
  parser.end(source);
  if (heading) text += (heading as { text: string }).text;
  endSection();
  return sections;
}

const isVoid = (name: string): boolean =>
  /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/.test(name);

function tidy(text: string): string {
  return text
    .replace(/[ \t\r\f\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
