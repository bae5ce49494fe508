import { type Section, span } from './section.ts';

const linesTogether = 40;

/** Text without headings: some lines together, so that a place can be named. */
export function readPlain(text: string): Section[] {
  const lines = text.split('\n');
  const sections: Section[] = [];
  for (let at = 0; at < lines.length; at += linesTogether) {
    const some = lines.slice(at, at + linesTogether);
    const body = some.join('\n').trim();
    if (body !== '') sections.push({ place: span('line', at + 1, some.length), text: body });
  }
  return sections;
}
