import type { Amount } from '../entities/entity.ts';
import type { SpeltText } from '../normalise/spelling.ts';
import type { Token } from './tokens.ts';

/** One line of an invoice. */
export interface Line {
  readonly amount: Amount;
  readonly description: string;
}

const parts = /^(?:,|;|and|plus|\n|&|also)$/;
const edges =
  /^(?:(?:for|of|at|a|an|the|worth|each|as|is|costs?|comes to|line|item|and|one|another|with|:|-|=|–)\s*)+|(?:\s*(?:for|of|at|is|costs?|:|-|=|–|comes to|worth|and|,))+$/gi;

/**
 * "$100 of design and $50 of hosting", "two lines: design $100, hosting $50": one line for each sum, with the words that
 * stand beside it, and what is left. Undefined where there is one sum only, or where it is not plain which words go with which.
 */
export function linesIn(
  tokens: readonly Token[],
  source: SpeltText,
): { readonly lines: readonly Line[]; readonly rest: readonly Token[] } | undefined {
  const sums = tokens.filter(({ entity }) => entity?.type === 'amount');
  if (sums.length < 2) return undefined;
  const pieces = piecesOf(tokens);
  const found = pieces.map((piece) => lineOf(piece, source));
  const lines = found.filter((line) => line !== undefined);
  const currencies = new Set(lines.map(({ amount }) => amount.currency));
  if (lines.length !== sums.length || currencies.size !== 1) return undefined;
  const itemised = new Set(pieces.filter((_, index) => found[index] !== undefined).flat());
  return { lines, rest: tokens.filter((token) => !itemised.has(token)) };
}

/** What stands between commas and "and", from the first that holds a sum or follows a colon. */
function piecesOf(tokens: readonly Token[]): Token[][] {
  const colon = tokens.findIndex(({ text }) => text === ':');
  const first = tokens.findIndex(({ entity }) => entity?.type === 'amount');
  const from = colon >= 0 && colon < first ? colon + 1 : openingOf(tokens, first);
  const pieces: Token[][] = [[]];
  for (const token of tokens.slice(from)) {
    if (parts.test(token.word || token.text)) pieces.push([]);
    else pieces.at(-1)?.push(token);
  }
  return pieces.filter((piece) => piece.length > 0);
}

/** Where the first line begins that no colon announces: at its sum, or at the words before it that are nobody's name. */
function openingOf(tokens: readonly Token[], first: number): number {
  let at = first;
  while (
    at > 0 &&
    tokens[at - 1]?.kind === 'word' &&
    !/^(?:for|with|over|to|of)$/.test(tokens[at - 1]?.word ?? '')
  )
    at -= 1;
  return at;
}

function lineOf(piece: readonly Token[], source: SpeltText): Line | undefined {
  const at = piece.findIndex(({ entity }) => entity?.type === 'amount');
  const sum = piece[at]?.entity;
  if (sum?.type !== 'amount' || piece.filter(({ entity }) => entity?.type === 'amount').length > 1)
    return undefined;
  const words = (some: readonly Token[]) => {
    const [start, end] = [some[0]?.start, some.at(-1)?.end];
    return start === undefined || end === undefined
      ? ''
      : source.original(start, end).trim().replace(edges, '').trim();
  };
  const description = [words(piece.slice(0, at)), words(piece.slice(at + 1))].filter(Boolean);
  return description.length === 1 && description[0]
    ? { amount: sum.amount, description: description[0] }
    : undefined;
}
