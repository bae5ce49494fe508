import { isJsonObject } from '../json.ts';
import { stemOf } from '../normalise/stem.ts';
import { actionOfWord } from '../normalise/vocabulary.ts';
import { type Places, toolsAt } from '../places.ts';
import type { Toolbox, ToolSpec } from '../toolbox.ts';
import type { Clause } from './clauses.ts';
import { rankTools } from './match-tool.ts';
import { look, type Seen } from './rules/seen.ts';
import type { Token } from './tokens.ts';

/**
 * The tool a clause means that names a place beside the account: the one of that place whose words, inputs and fields fit
 * best. Undefined where the clause orders and asks nothing of the place ("he wrote to us on Slack").
 */
export function toolAtPlace(clause: Clause, text: string, toolbox: Toolbox): ToolSpec | undefined {
  const tools = toolsAt(text, toolbox.places);
  if (tools.length === 0) return undefined;
  const seen = look(clause);
  if (!asksSomething(seen, tools)) return undefined;
  const scores = new Map(rankTools(clause, toolbox).map(({ tool, score }) => [tool, Math.min(score, 4)]));
  const reads = looksUp(seen);
  const [best] = tools
    .map((tool) => ({
      tool,
      score: (scores.get(tool) ?? 0) / 2 + fitOf(tool, seen, text, reads, toolbox.places),
    }))
    .sort((a, b) => b.score - a.score);
  return best && best.score >= 2 ? best.tool : undefined;
}

const manners =
  /^(?:please|pls|kindly|can|could|would|will|you|now|then|and|also|just|i|want|to|ok|okay|so|,|if|this|payment|happens)$/;

/** An order or a question: it begins with a verb that a tool has, one of ours, or a word that asks. */
function asksSomething(seen: Seen, tools: readonly ToolSpec[]): boolean {
  if (asks(seen)) return true;
  // What an order hangs on is looked at later: "if Bob pays, tell …".
  const after = /^(?:if|when|once|after)$/.test(seen.tokens[0]?.word ?? '')
    ? seen.tokens.findIndex(({ text }) => text === ',') + 1
    : 0;
  const first = seen.tokens
    .slice(after)
    .find(({ word, entity }) => entity !== undefined || !manners.test(word));
  if (!first || first.entity) return false;
  if (actionOfWord(first.word) !== undefined || telling.test(first.word)) return true;
  const stem = stemOf(first.word);
  return tools.some(({ verb, synonyms }) =>
    [verb, ...synonyms].some((phrase) => stemOf(phrase.split(' ')[0] ?? '') === stem),
  );
}

const telling =
  /^(?:tell|post|write|say|note|log|record|announce|message|notify|let|comment|ping|inform|reply|answer|leave|put|drop|send|share|file|raise|mark)$/;

const asks = ({ question, phrase }: Seen): boolean =>
  (question && !/^(?:if|whether)\b/.test(phrase)) || /^(?:any|are there|is there)\b/.test(phrase);

function looksUp(seen: Seen): boolean {
  if (asks(seen)) return true;
  const first = seen.tokens.find(({ word }) => word !== '' && !manners.test(word))?.word ?? '';
  return /^(?:list|show|find|search|look|read|get|fetch|see|which|what|who|display|give|check)$/.test(first);
}

function fitOf(tool: ToolSpec, seen: Seen, text: string, reads: boolean, places: Places): number {
  const said = new Set(seen.tokens.map(({ word }) => stemOf(word)));
  const named = tool.name
    .split('_')
    .filter((word) => !/^(?:to|on|of|a|the)$/.test(word) && !places.has(word) && !tool.properties.has(word));
  const acts = seen.reading.actions.some(({ action }) => action === tool.action);
  const own = said.has(stemOf(tool.verb.split(' ')[0] ?? ''));
  const words = named.reduce((sum, word) => sum + (said.has(stemOf(word)) ? 1 : -0.5), 0);
  const effect = (tool.effect === 'read') === reads ? 2 : -3;
  const channel = seen.holds('channel') && tool.properties.has('channel') ? 1 : 0;
  const numbered = /#\d|\b(?:number|no\.|issue|pull request|pr) #?\d/i.test(text);
  const number = tool.required.includes('number') ? (numbered ? 1.5 : -3) : 0;
  const field = fieldSaid(tool, text) !== undefined ? 3 : tool.properties.has('changes') ? -1 : 0;
  return words + (acts || own ? 1.5 : 0) + effect + channel + number + field;
}

/** A field of a group of changes as people call it, with the value that is said for it: "lead status to open". */
export function fieldSaid(tool: ToolSpec, text: string): { field: string; value: string } | undefined {
  const inner = tool.properties.get('changes')?.properties;
  if (!isJsonObject(inner)) return undefined;
  const fields = Object.keys(inner).map((field) => ({ field, bare: lettersOf(field.replace(/^hs_/, '')) }));
  for (const { start, end, letters } of windowsOf(text)) {
    const found =
      fields.find(({ bare }) => bare === letters) ??
      onlyOne(fields.filter(({ bare }) => letters.length > 3 && bare.endsWith(letters)));
    const value = found && valueAfter.exec(text.slice(end))?.[1]?.trim();
    if (found && value && start > 0) return { field: found.field, value };
  }
  return undefined;
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
const onlyOne = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

/** What follows the name of a field: whose it is and where, then the value to the end. */
const valueAfter =
  /^(?: (?:in|on|at) \w+)?(?: of .{1,60}?)?(?: (?:in|on|at) \w+)?(?: ?[:=]| to| as| into| is(?: now)?| should be) ?(?:the )?"?([^"]{1,200}?)"?(?: (?:in|on|at) \p{Lu}\w+)?[.!]?$/u;

/** Every one to three words in a row, the longest first. */
function windowsOf(text: string): { start: number; end: number; letters: string }[] {
  const words = [...text.matchAll(/[\p{L}\p{N}_]+/gu)];
  return [3, 2, 1].flatMap((size) =>
    words.slice(0, Math.max(0, words.length - size + 1)).map((first, at) => {
      const last = words[at + size - 1] ?? first;
      const end = last.index + last[0].length;
      return { start: first.index, end, letters: lettersOf(text.slice(first.index, end)) };
    }),
  );
}

/** True where a clause that is about a place begins at a token: "… and post it to #ops". */
export function opensAtPlace(tokens: readonly Token[], at: number, { places }: Toolbox): boolean {
  const first = tokens[at];
  if (!first || first.entity || !telling.test(first.word)) return false;
  const end = tokens.findIndex(({ text }, index) => index > at && /^[.;!?\n]$/.test(text));
  return tokens
    .slice(at, end < 0 ? undefined : end)
    .some(({ word, entity }) => entity?.type === 'channel' || places.has(word));
}

/** An order at a place with what it is to say behind it: "tell #ops that …", "note on …: …". */
const dictating =
  /^((?:please |can you |could you )*(?:tell|post|write|say|note|log|record|announce|message|notify|let|comment|ping|inform|reply|answer|leave|put|add|open|create|file|raise|send|report)\b[^":]*?)(?:(?<!\b(?:of|about|like|post|send|note|put|at|on|in|with|for|each time|every time)) (?:that|saying(?: that)?|to say(?: that)?|know(?: that|(?! (?:about|of|when|whenever|if|each|every)\b)))(?: |: ?)|: ?)(?!")(\S.{2,})$/is;

/** What is to be written at a place is the person's own text and no part of the order. */
export function withoutDictation(message: string, places: Places): { order: string; dictated?: string } {
  const found = dictating.exec(message.trim());
  const [, order = '', text = ''] = found ?? [];
  if (!found || toolsAt(order, places).length === 0) return { order: message };
  const dictated = text.trim();
  return { order, dictated: `${dictated.charAt(0).toUpperCase()}${dictated.slice(1)}` };
}

const handing =
  /^((?:please |can you |could you )*)(?:post|send|share|put) (?:(?:me|us) )?((?:the|our|my|a list of|all|today's|yesterday's|this \w+'s|last \w+'s) .{3,80}?) ((?:to|in|into|on) (?:the )?(?:#|\p{Lu}).*)$/iu;

/** "Send the revenue report to #ops" is two things: a look, and telling what was seen. Undefined where it is not. */
export function lookAndTell(
  message: string,
  { places }: Toolbox,
): { look: string; tell: string } | undefined {
  const [, , thing, where] = handing.exec(message.trim()) ?? [];
  if (!thing || !where || toolsAt(where, places).length === 0) return undefined;
  return { look: `show ${thing}`, tell: `post it ${where}` };
}
