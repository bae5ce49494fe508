import { stemOf } from '../normalise/stem.ts';
import { isAction } from '../normalise/vocabulary.ts';
import type { Toolbox, ToolPhrase, ToolSpec } from '../toolbox.ts';
import { actedTools } from './acted-tools.ts';
import type { Clause } from './clauses.ts';
import { look, type Seen } from './rules/seen.ts';
import type { Token } from './tokens.ts';

/** A tool whose words a clause uses, and how well they fit beside those of the tools that have acts of their own. */
export interface ToolMatch {
  readonly tool: ToolSpec;
  readonly score: number;
  /** The best score of a tool that has an act. */
  readonly rival: number;
  /** Its very own words were used: enough to be believed against what a clause otherwise seems to ask for. */
  readonly strong: boolean;
  /** The clause opens with a verb that only tools have: `preview`, `pause`. */
  readonly ownVerb: boolean;
}

interface Fit {
  readonly score: number;
  readonly enough: boolean;
  readonly strong: boolean;
  readonly ownVerb: boolean;
}

interface Hit {
  readonly tool: ToolSpec;
  readonly role: ToolPhrase['role'];
  readonly start: number;
  readonly end: number;
}

const readers = new Set(['list', 'get', 'count', 'search', 'report', 'check']);

/**
 * The one tool without an act whose own words a clause uses: its object, its action, its synonyms. Words that are part
 * of a longer phrase of another tool do not count: "promotion code" is no "promotion". One that writes needs more than
 * one that reads; a tie is no choice.
 * @param decided the clause is understood without tools: then only those without an act are looked at.
 */
export function matchTool(clause: Clause, toolbox: Toolbox, decided = false): ToolMatch | undefined {
  const scored = rankTools(clause, toolbox);
  const rival = scored.find(({ tool, enough }) => enough && actedTools.has(tool.name))?.score ?? 0;
  const [best, second] = scored.filter(
    ({ tool, enough }) => enough && !(actedTools.has(tool.name) && (decided || tool.effect !== 'read')),
  );
  if (!best || best.score === second?.score) return undefined;
  return { ...best, rival };
}

/** Every tool with how well its words fit a clause, best first; `enough`: well enough to be meant. */
export function rankTools(clause: Clause, toolbox: Toolbox): (Fit & { readonly tool: ToolSpec })[] {
  const seen = look(clause);
  const own = toolHits(clause.tokens, toolbox);
  const hits = longest([...spokenHits(seen, toolbox, own), ...own]);
  return toolbox.tools
    .map((tool) => ({
      tool,
      ...scoreOf(
        tool,
        hits.filter((hit) => hit.tool === tool),
        seen,
        ledBy(tool, hits, seen),
      ),
    }))
    .sort((a, b) => b.score - a.score);
}

/** What the vocabulary and ids say of kinds of objects: "card" is a payment method, `in_…` an invoice. */
function spokenHits(seen: Seen, toolbox: Toolbox, own: readonly Hit[]): Hit[] {
  const valued = seen.holds('percent') || seen.holds('amount');
  const claimed = (start: number, end: number) =>
    own.some(
      (hit) =>
        hit.start === start && hit.end === end && (hit.role === 'object' || (end - start > 1 && !valued)),
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
    .map((tool): Hit => ({ tool, role: 'object', start, end }));
}

/** Words of one phrase may stand this far apart: "credit Bob's balance". */
const widestGap = 5;

/** Every phrase by which a tool is called, found by the stem it opens with. */
function toolHits(tokens: readonly Token[], toolbox: Toolbox): Hit[] {
  const stems = tokens.map((token) => (token.kind === 'word' ? stemOf(token.word) : ''));
  return stems.flatMap((first, start) =>
    (toolbox.phrases.get(first) ?? []).flatMap(({ tool, role, stems: words }): Hit[] => {
      const end = endOf(words, stems, start);
      return end === undefined ? [] : [{ tool, role, start, end }];
    }),
  );
}

/** Where a phrase that opens at a place ends; undefined where its words do not follow. */
function endOf(words: readonly string[], stems: readonly string[], start: number): number | undefined {
  let at = start;
  for (const word of words.slice(1)) {
    const next = stems.indexOf(word, at + 1);
    if (next < 0 || next - at > widestGap + 1) return undefined;
    at = next;
  }
  return at + 1;
}

/** Hits that stand inside a longer one say nothing of their own. */
function longest(hits: readonly Hit[]): Hit[] {
  return hits.filter(
    (hit) =>
      !hits.some(
        (other) =>
          other.start <= hit.start && other.end >= hit.end && other.end - other.start > hit.end - hit.start,
      ),
  );
}

/** True where the clause opens with the verb of another tool, which changes something. */
function ledBy(tool: ToolSpec, hits: readonly Hit[], seen: Seen): boolean {
  const lead = firstWord(seen);
  return hits.some(
    (hit) => hit.start === lead && hit.role !== 'object' && hit.tool !== tool && hit.tool.effect !== 'read',
  );
}

function scoreOf(tool: ToolSpec, hits: readonly Hit[], seen: Seen, led: boolean): Fit {
  const words = (role: ToolPhrase['role'], not: readonly Hit[] = []) =>
    Math.max(
      0,
      ...hits
        .filter(
          (hit) => hit.role === role && !not.some((other) => other.start < hit.end && hit.start < other.end),
        )
        .map(({ start, end }) => end - start),
    );
  const objects = hits.filter(({ role }) => role === 'object');
  const object = objects.length > 0 ? 1 + words('object') : 0;
  const action = actionScore(tool, hits, seen, led);
  const used = [...objects, ...hits.filter(({ role }) => role === 'action')];
  const synonym = words('synonym', used);
  const extra = synonym > 0 ? 0.5 + Math.min(synonym, 2) : 0;
  const score = object + action + extra + idBonus(tool, seen);
  const ownVerb = action >= 3 && !isAction(tool.action);
  const strong = ownVerb || ((object > 0 || synonym > 1) && (tool.effect === 'read' || action > 0));
  if (tool.effect === 'read') {
    const named = object > 0 || synonym > 0 || (action >= 2 && !isAction(tool.action));
    return {
      score,
      strong,
      ownVerb,
      enough: named && (score >= 3 || seen.reading.actions.length === 0) && !asksToWrite(seen, tool),
    };
  }
  const asked = action > 0 || synonym > 1 || (extra > 0 && objects.length > 0);
  return { score, strong, ownVerb, enough: !seen.question && asked && score >= 4 };
}

/** The verb of the clause is the tool's: most of all where it leads. A question looks things up. */
function actionScore(tool: ToolSpec, hits: readonly Hit[], seen: Seen, led: boolean): number {
  const own = hits.filter(({ role }) => role === 'action');
  const lead = firstWord(seen);
  const leads =
    hits.some(({ role, start }) => role !== 'object' && start === lead) || seen.first === tool.action;
  // A verb that only tools have says more than one of everybody's.
  const spelt = own.length > 0 ? 0.5 : 0;
  if (leads) return (isAction(tool.action) ? 3 : 4) + spelt;
  if (own.length > 0 || seen.reading.actions.some(({ action }) => action === tool.action)) return 2;
  if (tool.action === 'create' && /\bgive (?:#|(?:him|her|them|me|us)\b)/.test(seen.phrase)) return 2;
  const looks = seen.question || seen.first === 'list' || seen.first === 'get' || seen.first === undefined;
  return tool.effect === 'read' && readers.has(tool.action) && looks && !led ? 2 : 0;
}

/** Where a clause begins once its manners are left out. */
function firstWord({ tokens }: Seen): number {
  const manners = /^(?:please|pls|kindly|can|could|would|will|you|now|then|and|also|just|i|want|to|we|need)$/;
  return tokens.findIndex(({ word, entity }) => entity !== undefined || !manners.test(word));
}

/** Of two that look, the one for a single object is meant where its id was given, and only there. */
function idBonus(tool: ToolSpec, seen: Seen): number {
  if (!tool.required.includes(tool.object)) return 0;
  return seen.idObjects.includes(tool.object) ? 1 : tool.effect === 'read' ? -1 : 0;
}

/** A clause that orders a change is none to look something up. */
function asksToWrite(seen: Seen, tool: ToolSpec): boolean {
  const { first } = seen;
  if (first === undefined || seen.question || readers.has(first) || first === 'explain') return false;
  return (
    first !== tool.action &&
    !seen.tokens.slice(0, 3).some((token) => stemOf(token.word) === stemOf(tool.verb))
  );
}
