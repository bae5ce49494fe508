/** The end of the last whole sentence or line in `text` from `from` on; `from` where there is none yet. */
export function spokenUpTo(text: string, from: number): number {
  const rest = text.slice(from);
  const ends = [...rest.matchAll(/[.!?:](?=\s)|\n/gu)];
  const last = ends.at(-1);
  return last ? from + last.index + last[0].length : from;
}

/** Markdown as it should be heard: without its marks. */
export function spoken(markdown: string): string {
  return markdown
    .replace(/[*_`#>|]+/gu, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
}
