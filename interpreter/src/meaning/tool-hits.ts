import { stemOf } from '../normalise/stem.ts';
import type { Toolbox, ToolPhrase, ToolSpec } from '../toolbox.ts';
import type { Seen } from './rules/seen.ts';
import type { Token } from './tokens.ts';

/** A phrase of a tool in a clause. */
export interface Hit {
  readonly tool: ToolSpec;
  readonly role: ToolPhrase['role'];
  readonly start: number;
  readonly end: number;
  /** Where the words of the phrase stand. */
  readonly words: readonly number[];
  /** Nothing but articles stands between them. */
  readonly whole: boolean;
  /** It opens with the very word of the phrase, or a form of that verb. */
  readonly exact: boolean;
}

/** What the vocabulary and ids say of kinds of objects: "card" is a payment method, `in_…` an invoice. */
export function spokenHits(seen: Seen, toolbox: Toolbox, own: readonly Hit[]): Hit[] {
  const valued = seen.holds('percent') || seen.holds('amount');
  const claimed = (start: number, end: number) =>
    own.some(
      (hit) =>
        hit.start === start &&
        hit.end === end &&
        (hit.role === 'object' || (hit.words.length > 1 && !valued)),
    );
  const spoken = seen.reading.objects
    .filter(
      ({ object, at, end }) => !claimed(at, end) || toolbox.tools.every((tool) => tool.object !== object),
    )
    .flatMap(({ object, at, end }) => hitsOn(object, at, end, toolbox));
  const ids = seen.tokens.flatMap(({ entity }, at) =>
    entity?.type === 'id' ? hitsOn(entity.object, at, at + 1, toolbox) : [],
  );
  return [...spoken, ...ids];
}

function hitsOn(object: string, start: number, end: number, toolbox: Toolbox): Hit[] {
  return toolbox.tools
    .filter((tool) => tool.object === object)
    .map(
      (tool): Hit => ({
        tool,
        role: 'object',
        start,
        end,
        words: places(start, end),
        whole: true,
        exact: true,
      }),
    );
}

const places = (start: number, end: number): number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);

/** Words of one phrase may stand this far apart: "credit Bob's balance". */
const widestGap = 5;

/** Every phrase by which a tool is called, found by the stem it opens with. */
export function toolHits(tokens: readonly Token[], toolbox: Toolbox): Hit[] {
  const stems = tokens.map((token) => (token.kind === 'word' ? stemOf(token.word) : ''));
  return stems.flatMap((first, start) =>
    (toolbox.phrases.get(first) ?? []).flatMap(({ tool, role, stems: words, opens }): Hit[] => {
      const found = placesOf(words, stems, start);
      if (found === undefined) return [];
      const end = (found.at(-1) ?? start) + 1;
      const between = tokens.slice(start, end).filter((_, offset) => !found.includes(start + offset));
      return [
        {
          ...{ tool, role, start, end, words: found },
          whole: between.every(({ word }) => article.test(word)),
          exact: isFormOf(tokens[start]?.word ?? '', opens),
        },
      ];
    }),
  );
}

const article = /^(?:an?|the|his|her|their|my|our|this|that)$/;

/** "Credit", "credited", "crediting", but not "credits" of "credit", nor the other way round. */
function isFormOf(said: string, word: string): boolean {
  return said === word || /(?:ing|ed)$/.test(said);
}

/** Where the words of a phrase that opens at a place stand; undefined where they do not follow. */
function placesOf(words: readonly string[], stems: readonly string[], start: number): number[] | undefined {
  const found = [start];
  for (const word of words.slice(1)) {
    const at = found.at(-1) ?? start;
    const next = stems.indexOf(word, at + 1);
    if (next < 0 || next - at > widestGap + 1) return undefined;
    found.push(next);
  }
  return found;
}

/**
 * Hits whose words all stand in a longer one say nothing of their own; nor does one that is spread over the clause where
 * a whole phrase of another tool takes one of its words: "add … customer" in "add $15 to Bob's customer balance".
 */
export function longest(hits: readonly Hit[]): Hit[] {
  return hits.filter(
    (hit) =>
      !hits.some((other) => {
        const shared = hit.words.filter((at) => other.words.includes(at)).length;
        if (shared === hit.words.length && other.words.length > hit.words.length) return true;
        return shared > 0 && other.tool !== hit.tool && other.words.length > 1 && other.whole && !hit.whole;
      }),
  );
}
