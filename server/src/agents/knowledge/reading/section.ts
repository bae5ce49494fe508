/** What every kind of document is read into. */

/** A stretch of a document that a reader can be sent to. */
export interface Section {
  /** Where it stands, in the document's own terms: `Refunds › Time limit`, `page 3`, `rows 2–21`. */
  readonly place: string;
  readonly text: string;
}

/** `rows 2–21`, or `row 2` where it is only one. */
export function span(unit: string, first: number, count: number): string {
  return count === 1 ? `${unit} ${first}` : `${unit}s ${first}–${first + count - 1}`;
}

/** A document that cannot be taken, with what to do instead. */
export class UnreadableDocument extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableDocument';
  }
}

/** The headings above a place, from the outermost in: a new one ends those of its level and below. */
export function createHeadings() {
  const path: { level: number; text: string }[] = [];
  return {
    enter(level: number, text: string): void {
      while (path.length > 0 && (path.at(-1)?.level ?? 0) >= level) path.pop();
      const line = text.replace(/\s+/g, ' ').trim().slice(0, 120);
      if (line !== '') path.push({ level, text: line });
    },
    place: (): string => path.map(({ text }) => text).join(' › ') || 'Beginning',
  };
}
