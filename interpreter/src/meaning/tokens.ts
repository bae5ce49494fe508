import type { Entity } from '../entities/entity.ts';
import { correctSpelling } from '../normalise/spelling.ts';
import { baseForm } from '../normalise/vocabulary.ts';

/** A word, a value or a mark of a request, in order. */
export interface Token {
  readonly kind: 'word' | 'entity' | 'mark';
  /** As written. */
  readonly text: string;
  /** Lower case, spelling corrected. Empty for values. */
  readonly word: string;
  /** Dictionary form: `customers` → `customer`. */
  readonly base: string;
  readonly entity?: Entity;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts a tidied text into tokens around the values found in it.
 * @param learned words that tools use of themselves, which are no slips.
 */
export function tokenise(
  text: string,
  entities: readonly Entity[],
  learned: ReadonlySet<string> = new Set(),
): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const entity of entities) {
    if (entity.start < at) continue;
    tokens.push(...plainTokens(text, at, entity.start, learned));
    const said = text.slice(entity.start, entity.end);
    tokens.push({
      kind: 'entity',
      text: said,
      word: '',
      base: '',
      entity,
      start: entity.start,
      end: entity.end,
    });
    at = entity.end;
  }
  tokens.push(...plainTokens(text, at, text.length, learned));
  return tokens;
}

function plainTokens(text: string, from: number, to: number, learned: ReadonlySet<string>): Token[] {
  const tokens: Token[] = [];
  for (const match of text
    .slice(from, to)
    .matchAll(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'_-]*|[.,;:!?\n()]|-(?= )|%/gu)) {
    const start = from + match.index;
    const raw = match[0];
    const isWord = /[\p{L}\p{N}]/u.test(raw);
    const lower = raw.toLowerCase();
    const word = !isWord ? raw : learned.has(lower) ? lower : correctSpelling(lower);
    tokens.push({
      kind: isWord ? 'word' : 'mark',
      text: raw,
      word,
      base: isWord ? baseForm(word) : raw,
      start,
      end: start + raw.length,
    });
  }
  return tokens;
}

/** The words of a stretch, values left out, for looking up phrases. */
export function phraseOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === 'entity' ? '#' : token.word)).join(' ');
}
