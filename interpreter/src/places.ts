import { isOrdinaryWord } from './normalise/vocabulary.ts';
import type { ToolSpec } from './toolbox.ts';

/** Outside the account where tools reach: a chat, a tracker, a CRM. By every word it is called, lower case. */
export type Places = ReadonlyMap<string, readonly ToolSpec[]>;

/**
 * The places tools name themselves after: a word with a capital in the title that stands in the tool's name too, and
 * whatever other word opens several of their synonyms ("crm note", "crm contacts"). What is all capitals is no place.
 */
export function placesOf(tools: readonly ToolSpec[]): Places {
  const places = new Map<string, ToolSpec[]>();
  for (const tool of tools)
    for (const word of placeWordsOf(tool)) places.set(word, [...(places.get(word) ?? []), tool]);
  for (const [, own] of [...places]) {
    for (const [alias, count] of openings(own))
      if (count > 2 && !places.has(alias) && !isOrdinaryWord(alias)) places.set(alias, own);
  }
  return places;
}

/** Every thread is about Stripe: that is no place beside it. */
const notPlaces = new Set(['stripe']);

function placeWordsOf({ name, title }: ToolSpec): string[] {
  const named = new Set(name.split('_'));
  return title
    .split(/[^\p{L}]+/u)
    .filter((word, at) => at > 0 && /^\p{Lu}\p{L}*\p{Ll}/u.test(word))
    .map((word) => word.toLowerCase())
    .filter((word) => named.has(word) && !notPlaces.has(word));
}

function openings(tools: readonly ToolSpec[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { synonyms } of tools)
    for (const word of new Set(synonyms.flatMap((synonym) => synonym.split(' '))))
      counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** The tools of the places a text names; of all of them where it only addresses a channel. */
export function toolsAt(text: string, places: Places): readonly ToolSpec[] {
  const words = new Set(text.toLowerCase().match(/\p{L}+/gu) ?? []);
  const named = [...places].filter(([word]) => words.has(word)).flatMap(([, tools]) => tools);
  if (named.length > 0) return [...new Set(named)];
  if (!channelPattern.test(text)) return [];
  return [...new Set([...places.values()].flat())].filter(({ properties }) => properties.has('channel'));
}

/** `#sales`: a channel, where a number would be a ticket. */
export const channelPattern = /(?<![\p{L}\d&#/])#(?=[\d_-]*\p{L})[\p{L}\d_-]{1,80}/u;
