// Embeddings, overrides and isolates: they turn text around, also what stands beside it.
const bidiControls = /[\u202A-\u202E\u2066-\u2069]/gu;

/** Text somebody else chose, without the invisible characters that reorder what is written around them. */
export function withoutBidiControls(text: string): string {
  return text.replace(bidiControls, '');
}
