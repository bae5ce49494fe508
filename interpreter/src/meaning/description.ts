import type { SpeltText } from '../normalise/spelling.ts';
import type { Intent } from './request.ts';
import type { Token } from './tokens.ts';

const describable = new Set(['invoice', 'invoice_item', 'payment_intent', 'charge', 'bill', '']);

/** "… $300 of design work", "… for logo design", "description: …", "note "…"". */
export function descriptionOf(
  tokens: readonly Token[],
  intent: Intent,
  object: string,
  source: SpeltText,
): string | undefined {
  const label = tokens.findIndex((token) =>
    /^(?:description|memo|note|described|describing)$/.test(token.word),
  );
  if (label >= 0 && intent !== 'list' && intent !== 'get') {
    const value = tokens
      .slice(label + 1)
      .find(
        (token, index) =>
          token.entity?.type === 'quoted' &&
          (index < 3 || /^(?:to|as|:|is)$/.test(tokens[label + index]?.word ?? '')),
      );
    if (value?.entity?.type === 'quoted') return value.entity.text;
    const colon = tokens.findIndex(({ text }, index) => text === ':' && index > label);
    const after = tokens[colon + 1];
    const last = tokens.at(-1);
    if (colon > 0 && after && last)
      return source
        .original(after.start, last.end)
        .replace(/^["']|["']?[.!]?$/g, '')
        .trim();
    const told = tokens[label + 1];
    if (told && /^(?::|is|as|to|of|saying)$/.test(told.word)) return stretch(tokens, label + 2, source);
  }
  const summed = intent === 'tool' && tokens.some(({ entity }) => entity?.type === 'amount');
  if (!summed && (!describable.has(object) || !['create', 'charge', 'send', 'unclear'].includes(intent)))
    return undefined;
  const itemised = object === 'invoice' ? afterColon(tokens, source) : undefined;
  if (itemised) return itemised;
  for (const [at, token] of tokens.entries()) {
    if (token.word !== 'of' && token.word !== 'for') continue;
    const first = tokens[at + 1];
    if (
      first?.kind === 'word' &&
      /^(?:his|her|their|my|our|it|him|them|customer|client|me|us|period|test|today|now)$/.test(first.word)
    )
      continue;
    if (token.word === 'of' && tokens[at - 1]?.entity?.type !== 'amount') continue;
    if (!first || (first.entity && !mayDescribe(first, tokens))) continue;
    const found = stretch(tokens, at + 1, source);
    if (found && !/^(?:an?|the)? ?(?:customer|client|amount|total|payment|invoice)\b/i.test(found))
      return found;
  }
  return undefined;
}

/** "…: 3 hours of consulting, $240": the words between the colon and the sum, or beside it. */
function afterColon(tokens: readonly Token[], source: SpeltText): string | undefined {
  const colon = tokens.findIndex(({ text }) => text === ':');
  const sum = tokens.findIndex(({ entity }, at) => at > colon && entity?.type === 'amount');
  // "Draft an invoice: Bob, $300": who it is for may be said behind the colon as well.
  const owned = tokens
    .slice(0, Math.max(colon, 0))
    .some(
      ({ entity, word }) =>
        /^(?:name|email|id|quoted)$/.test(entity?.type ?? '') || /^(?:him|her|them)$/.test(word),
    );
  if (colon < 0 || sum < 0 || !owned) return undefined;
  const before = tokens.slice(colon + 1, sum).filter(({ text }) => text !== ',');
  const after = tokens.slice(sum + 1);
  const part = before.length > 0 ? before : after[0]?.text === ',' ? after.slice(1) : [];
  const [first, last] = [part[0], part.at(-1)];
  const said =
    first &&
    last &&
    source
      .original(first.start, last.end)
      .replace(/[.!]$|(?:,? (?:for|at|in total|altogether))+$/gi, '')
      .trim();
  return said &&
    /\p{L}/u.test(said) &&
    !part.some(({ entity }) => /^(?:email|id|days)$/.test(entity?.type ?? ''))
    ? said
    : undefined;
}

/** A lower-case unknown word or a quotation may describe; a name in capitals only where somebody else is the customer. */
function mayDescribe(token: Token, tokens: readonly Token[]): boolean {
  const entity = token.entity;
  if (entity?.type === 'quoted') return true;
  if (
    entity?.type === 'number' ||
    entity?.type === 'interval' ||
    entity?.type === 'one_time' ||
    entity?.type === 'period'
  )
    return tokens.length > tokens.indexOf(token) + 1 && tokens[tokens.indexOf(token) + 1]?.kind === 'word';
  if (entity?.type !== 'name') return false;
  const others = tokens.filter(
    (other) =>
      other !== token &&
      (other.entity?.type === 'name' ||
        other.entity?.type === 'email' ||
        (other.entity?.type === 'id' && other.entity.object === 'customer')),
  );
  const pronouns = tokens.some((other) => /^(?:him|her|them)$/.test(other.word));
  const somebody = others.length > 0 || pronouns;
  return (
    somebody &&
    !others.every(
      (other) =>
        other.start > token.start &&
        /^(?:name)$/.test(other.entity?.type ?? '') &&
        /^\p{Lu}/u.test(token.text),
    )
  );
}

/** The text from a token to the next boundary. */
function stretch(tokens: readonly Token[], from: number, source: SpeltText): string | undefined {
  let end = from;
  while (end < tokens.length) {
    const token = tokens[end];
    if (
      !token ||
      (end > from && /^(?:[,;.!?]|to|for|from|due|with|using|on|payable|by|via)$/.test(token.word))
    )
      break;
    if (token.entity && /^(?:amount|email|id|card|days)$/.test(token.entity.type)) break;
    end += 1;
  }
  const first = tokens[from];
  const last = tokens[end - 1];
  if (!first || !last || end === from) return undefined;
  const only = end === from + 1 ? first.entity : undefined;
  const said = only?.type === 'quoted' ? only.text : source.original(first.start, last.end).trim();
  const bare = said
    .replace(/^(?:an?|the|some|his|her|their) (?=\S)/i, '')
    .replace(/(?:,? (?:please|pls|thanks|thank you|asap|now))+$/i, '')
    .trim();
  return bare === '' ? undefined : bare;
}
