import { kindOfInput } from '../entities/identifiers.ts';
import { englishWord } from '../normalise/english.ts';
import { stemOf } from '../normalise/stem.ts';
import { isAction } from '../normalise/vocabulary.ts';
import type { Toolbox, ToolPhrase, ToolSpec } from '../toolbox.ts';
import { actedTools } from './acted-tools.ts';
import type { Clause } from './clauses.ts';
import { look, type Seen } from './rules/seen.ts';
import { type Hit, longest, spokenHits, toolHits } from './tool-hits.ts';

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

/** True where the clause opens with the verb of another tool, which changes something. */
function ledBy(tool: ToolSpec, hits: readonly Hit[], seen: Seen): boolean {
  const lead = firstWord(seen);
  return hits.some(
    (hit) =>
      hit.start === lead &&
      (hit.role === 'action' || hit.role === 'synonym') &&
      hit.tool !== tool &&
      hit.tool.effect !== 'read',
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
        .map((hit) => hit.words.length),
    );
  const objects = hits.filter(({ role }) => role === 'object');
  const object = objects.length > 0 ? 1 + words('object') : 0;
  const action = actionScore(tool, hits, seen, led);
  const used = [...objects, ...hits.filter(({ role }) => role === 'action' || role === 'choice')];
  const synonym = words('synonym', used);
  const extra = synonym > 0 ? 0.5 + Math.min(synonym, 2) : 0;
  const score = object + action + extra + idBonus(tool, seen) + ownerBonus(tool, seen) + fitBonus(tool, seen);
  const at = firstWord(seen);
  const lead = seen.tokens[at];
  const spelt = lead !== undefined && stemOf(lead.word) === stemOf(tool.verb.split(' ')[0] ?? '');
  const said =
    fitBonus(tool, seen) > 0 &&
    hits.some(({ role, start, exact }) => role !== 'object' && start === at && exact);
  const ownVerb = action >= 3 && spelt && !isAction(tool.action);
  const strong = ownVerb || said || ((object > 0 || synonym > 1) && (tool.effect === 'read' || action > 0));
  if (tool.effect === 'read') {
    const named = object > 0 || synonym > 0 || (action >= 2 && !isAction(tool.action));
    return {
      score,
      strong,
      ownVerb,
      enough: named && (score >= 3 || seen.reading.actions.length === 0) && !asksToWrite(seen, tool, hits),
    };
  }
  const asked = action > 0 || synonym > 1 || (extra > 0 && objects.length > 0);
  return { score, strong, ownVerb, enough: !seen.question && asked && score >= 4 && takesIds(tool, seen) };
}

/** A tool that has no place for any of the ids that were named is not the one that is meant. */
function takesIds(tool: ToolSpec, seen: Seen): boolean {
  if (seen.idObjects.length === 0) return true;
  const taken = new Set([...tool.properties].flatMap(([name, schema]) => [name, kindOfInput(schema) ?? '']));
  return seen.idObjects.some((kind) => taken.has(kind));
}

/** The verb of the clause is the tool's: most of all where it leads. A question looks things up. */
function actionScore(tool: ToolSpec, hits: readonly Hit[], seen: Seen, led: boolean): number {
  // One of the ways a tool goes says something only where the thing is named as well: "remove … tax id".
  const named = hits.some(({ role }) => role === 'object' || role === 'synonym');
  const own = hits.filter(({ role }) => role === 'action' || (role === 'choice' && named));
  const lead = firstWord(seen);
  const leads =
    hits.some(
      (hit) =>
        hit.start === lead && (own.includes(hit) || (hit.role === 'synonym' && isVerb(hit, tool, seen))),
    ) || seen.first === tool.action;
  // A verb that only tools have says more than one of everybody's.
  const spelt = own.length > 0 ? 0.5 : 0;
  if (leads) return (isAction(tool.action) ? 3 : 4) + spelt;
  if (own.length > 0 || seen.reading.actions.some(({ action }) => action === tool.action)) return 2;
  const gives = /\bgive (?:#|(?:him|her|them|me|us)\b)/.test(seen.phrase);
  if (gives && /^(?:create|apply|adjust)$/.test(tool.verb)) return 2;
  const fetches = /\b(?:send|get|need|want) (?:(?:me|us) )?(?:an?|the)\b/.test(seen.phrase);
  if (fetches && tool.action === 'create') return 2;
  // "Add", "put" and "set" may stand for a verb that only a tool has: "add $5 of store credit".
  const light = seen.first === 'create' || seen.first === 'update' || seen.first === 'attach';
  if (light && tool.effect !== 'read' && (!isAction(tool.action) || tool.action === 'update')) return 2;
  const valued = seen.holds('amount') || seen.holds('percent') || seen.holds('number');
  const noun =
    seen.first === undefined &&
    !seen.question &&
    (/^(?:an?|new|another|one) /.test(seen.phrase) ||
      (valued && hits.some(({ role, start }) => role !== 'action' && start === lead)));
  if (noun && tool.action === 'create') return 2;
  if (/^(?:an?|another) /.test(seen.phrase)) return 0;
  const looks = seen.question || seen.first === 'list' || seen.first === 'get' || seen.first === undefined;
  return tool.effect === 'read' && readers.has(tool.action) && looks && !led ? 2 : 0;
}

/**
 * A synonym that opens a clause is its verb where its first word is one: the tool's own, or another that changes something.
 * What may be a thing as well, such as "credit", needs the sum that the tool needs.
 */
function isVerb(hit: Hit, tool: ToolSpec, seen: Seen): boolean {
  const word = seen.tokens[hit.start]?.word ?? '';
  if (stemOf(word) === stemOf(tool.verb.split(' ')[0] ?? '')) return true;
  if (!hit.exact) return false;
  if (hit.words.length > 2) return true;
  if (tool.effect === 'read') return false;
  if (hit.words.length === 1 && tool.effect === 'destructive' && !seen.idObjects.includes(tool.object))
    return false;
  const next = seen.tokens[hit.start + 1];
  const governs =
    hit.words.length > 1 &&
    (next?.entity !== undefined || /^(?:the|it|that|this|his|her|their|our|my)$/.test(next?.word ?? ''));
  return (
    governs ||
    fitBonus(tool, seen) > 0.25 ||
    seen.reading.actions.some(({ at }) => at === hit.start) ||
    englishWord(word) === 'ordinary' ||
    /^un\w{4,}/.test(word)
  );
}

/** Where a clause begins once its manners are left out. */
function firstWord({ tokens }: Seen): number {
  const manners =
    /^(?:please|pls|kindly|can|could|would|will|you|now|then|and|also|just|i|want|to|we|need|ok|okay|so|well|great|good|alright|hmm|,)$/;
  return tokens.findIndex(({ word, entity }) => entity !== undefined || !manners.test(word));
}

/** Of two that look, the one for a single object is meant where its id was given, and only there. */
function idBonus(tool: ToolSpec, seen: Seen): number {
  if (!tool.required.includes(tool.object)) return 0;
  return seen.idObjects.includes(tool.object) ? 1 : tool.effect === 'read' ? -1 : 0;
}

/** Of two that do the like, the one that is about somebody where somebody is named: "the coupon from Bob". */
function ownerBonus(tool: ToolSpec, seen: Seen): number {
  const owned =
    seen.holds('email') ||
    seen.idObjects.includes('customer') ||
    /\b(?:from|for|of|off|on|to|give) (?:him|her|them)\b/.test(seen.phrase) ||
    seen.tokens.some(
      ({ entity }, at) =>
        entity?.type === 'name' &&
        (entity.possessive || /^(?:from|for|of|off|to|give)$/.test(seen.tokens[at - 1]?.word ?? '')),
    );
  if (!owned || tool.required.includes('customer')) return 0;
  if (tool.properties.has('customer')) return 0.25;
  return tool.effect === 'read' ? 0 : -0.75;
}

/** A tool that cannot do without a sum is meant rather where one was said. */
function fitBonus(tool: ToolSpec, seen: Seen): number {
  const needs = tool.required.some((name) => name === 'amount' || name === 'value');
  const code = seen.tokens.some(({ text }) => /^(?=.*[A-Z])[A-Z0-9]{4,}$/.test(text));
  const takesCode = ['coupon', 'promotion_code', 'code'].some((name) => tool.properties.has(name));
  const counts = tool.required.some((name) =>
    /^(?:integer|number)$/.test(String(tool.properties.get(name)?.type)),
  );
  if (counts && !seen.holds('number') && !seen.holds('percent') && !seen.holds('days')) return -0.5;
  return (needs && (seen.holds('amount') || seen.holds('number')) ? 0.5 : 0) + (code && takesCode ? 0.25 : 0);
}

/** A clause that orders a change is none to look something up. */
function asksToWrite(seen: Seen, tool: ToolSpec, hits: readonly Hit[]): boolean {
  const { first } = seen;
  // "Scheduled changes": what looks like a verb is part of what the tool lists.
  const verb = seen.reading.actions[0];
  if (verb && hits.some(({ words }) => words.length > 1 && words.includes(verb.at))) return false;
  if (first === undefined || seen.question || readers.has(first) || first === 'explain') return false;
  return (
    first !== tool.action &&
    !seen.tokens.slice(0, 3).some((token) => stemOf(token.word) === stemOf(tool.verb))
  );
}
