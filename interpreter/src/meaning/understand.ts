import type { Entity } from '../entities/entity.ts';
import { extractEntities } from '../entities/extract.ts';
import { type SpeltText, spelt } from '../normalise/spelling.ts';
import { tidy } from '../normalise/text.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox, ToolSpec } from '../toolbox.ts';
import { isMoment } from '../toolbox.ts';
import { type Clause, splitClauses } from './clauses.ts';
import { hasNegativeSum, isConditional } from './conditions.ts';
import { decide } from './decide.ts';
import { isWrite } from './doubts.ts';
import { joined } from './joining.ts';
import { linesIn } from './lines.ts';
import { matchTool, type ToolMatch } from './match-tool.ts';
import { splitPeople, splitSums } from './people.ts';
import { lookAndTell, opensAtPlace, toolAtPlace, withoutDictation } from './place-request.ts';
import { questionOf, supposedChange } from './questions.ts';
import type { Intent, Request } from './request.ts';
import { readSlots } from './slots.ts';
import { tokenise } from './tokens.ts';
import { unreadIn } from './unread.ts';

/**
 * What was understood before, by toolbox: every step reads its conversation from the start, and the same words mean the
 * same again. Only what depends on the minute is read anew.
 */
const understood = new WeakMap<Toolbox, Map<string, readonly Request[]>>();
const mostRemembered = 500;

/** Reads a message into the things it asks for, in order. What it does not understand is `unclear`. */
export function understand(message: string, setting: Setting, toolbox: Toolbox): readonly Request[] {
  if (/hour|minute/i.test(message)) return read(message, setting, toolbox);
  const known = understood.get(toolbox) ?? new Map<string, readonly Request[]>();
  understood.set(toolbox, known);
  const key = `${setting.today} ${setting.currency} ${message}`;
  const requests = known.get(key) ?? read(message, setting, toolbox);
  if (known.size >= mostRemembered) known.clear();
  known.set(key, requests);
  return requests;
}

/** The stages before meaning: spelling put right, values found, the text cut into what is asked for one by one. */
export function dissect(
  message: string,
  setting: Setting,
  toolbox: Toolbox,
): { source: SpeltText; entities: readonly Entity[]; clauses: readonly Clause[] } {
  const { places, words } = toolbox;
  // "Slack's #sales" is "Slack #sales": a place owns nothing here.
  const own = tidy(message).replace(/(\p{L}+)'s(?!\p{L})/gu, (whole, word: string) =>
    places.has(word.toLowerCase()) ? word : whole,
  );
  const source = spelt(own, words);
  const entities = extractEntities(source.text, setting, words, new Set(places.keys()));
  const tokens = tokenise(source.text, entities, words);
  return { source, entities, clauses: splitClauses(tokens, (at) => opensAtPlace(tokens, at, toolbox)) };
}

function read(message: string, setting: Setting, toolbox: Toolbox): Request[] {
  const handed = lookAndTell(message, toolbox);
  if (handed) {
    const looks = read(handed.look, setting, toolbox);
    if (looks.every((request) => isLook(request))) return [...looks, ...read(handed.tell, setting, toolbox)];
  }
  const { order, dictated } = withoutDictation(message, toolbox.places);
  const { source, clauses } = dissect(order, setting, toolbox);
  const requests = clauses.flatMap((clause, index) => {
    const isLast = index === clauses.length - 1;
    const found = requestsOf(clause, source, { setting, toolbox }, isLast ? dictated : undefined);
    const unread = unreadIn(clause.tokens, found);
    return unread === undefined ? found : found.map((request) => ({ ...request, unread }));
  });
  return joined(reminders(requests));
}

const isLook = ({ intent, reads }: Request): boolean =>
  ['list', 'get', 'count', 'report'].includes(intent) || reads === true;

/**
 * "Check for failed payments and write to those customers": who is meant stands in what is looked up first, so that both
 * are one request.
 */
function reminders(requests: readonly Request[]): Request[] {
  return requests.flatMap((request, index) => {
    const before = requests[index - 1];
    if (looksForFailed(request) && !isGroupMail(request) && requests.slice(index + 1).some(isGroupMail))
      return [];
    if (!isGroupMail(request) || !before || !looksForFailed(before)) return [request];
    const period = request.slots.period ?? before.slots.period;
    return [
      {
        ...request,
        intent: 'remind',
        slots: { ...(period && { period }) },
        unread: undefined,
        text: `${before.text}, ${request.text}`,
      },
    ];
  });
}

function looksForFailed({ intent, text }: Request): boolean {
  return (
    ['list', 'get', 'count', 'report', 'remind', 'unclear'].includes(intent) &&
    /\b(?:fail|declin|not go through|n't go through)/i.test(text)
  );
}

function isGroupMail(request: Request | undefined): boolean {
  if (
    !request ||
    !['mail', 'send', 'unclear', 'remind', 'tool'].includes(request.intent) ||
    request.slots.customers?.some(({ by }) => by !== 'name')
  )
    return false;
  return (
    /\b(?:mails?|e-?mails?|write|remind\w*|notify|notification|dunning|message|contact|chase|reminder)\b/i.test(
      request.text,
    ) &&
    /\b(?:them|those|these|they|each|all|everyone|everybody|customers|people|clients|subscribers|dunning (?:e-?)?mails|reminders)\b/i.test(
      request.text,
    )
  );
}

function requestsOf(
  clause: Clause,
  source: SpeltText,
  { setting, toolbox }: { setting: Setting; toolbox: Toolbox },
  dictated: string | undefined,
): Request[] {
  const said = source.text.slice(clause.tokens[0]?.start ?? 0, clause.tokens.at(-1)?.end ?? 0);
  const decision = decide(clause);
  const base = { when: clause.when, text: said };
  const beside = decision && settled.has(decision.intent) ? undefined : toolAtPlace(clause, said, toolbox);
  if (beside) {
    const request = toolRequest(beside, clause, base, source);
    return dictated === undefined
      ? [request]
      : [{ ...request, slots: { ...request.slots, description: dictated } }];
  }
  const undecided =
    !decision ||
    decision.intent === 'unclear' ||
    (decision.intent === 'tool' && decision.objects[0] !== 'explain');
  const match =
    decision && (decision.sure || settled.has(decision.intent))
      ? undefined
      : matchTool(clause, toolbox, !undecided);
  // "Pause Anna's subscription" orders something; "paused subscriptions" are looked for.
  const ordered =
    match?.ownVerb === true &&
    match.tool.effect !== 'read' &&
    clause.tokens.some(({ word }) => word === match.tool.verb.split(' ')[0]);
  const question =
    ordered || (decision && settled.has(decision.intent))
      ? undefined
      : questionOf(clause, said, decision, source, setting);
  if (question) {
    const both =
      question.query?.of !== 'balance' &&
      /\b(?:balances? (?:and|plus|&)|(?:and|plus|&) (?:the |our |my )?balances?)\b/i.test(said);
    const balance: Request = { ...base, intent: 'get', object: 'balance', slots: {} };
    return [...(both ? [balance] : []), { ...base, ...question }];
  }
  const supposed = supposedChange(said, toolbox);
  if (supposed) return [toolRequest(supposed, clause, base, source)];
  if (match && (undecided || decision.intent === 'cannot' || isPlainer(match, decision.intent)))
    return [toolRequest(match.tool, clause, base, source)];
  if (undecided)
    return [{ ...base, intent: 'unclear', object: '', slots: readSlots(clause, 'unclear', '', source) }];
  const { intent, objects } = decision;
  const unsound = hasNegativeSum(said) && !['list', 'get', 'count'].includes(intent);
  if (unsound) return [{ ...base, intent: 'unclear', object: objects[0] ?? '', slots: {} }];
  if (isConditional(said, intent))
    return [{ ...base, intent: 'conditional', object: objects[0] ?? '', slots: {} }];
  if (intent === 'create' && objects[0] === 'customer') {
    return splitPeople(clause).map((part) => ({
      ...base,
      intent,
      object: 'customer',
      slots: readSlots(part, intent, 'customer', source),
    }));
  }
  const paired =
    intent === 'charge' ||
    (intent === 'create' && ['product', 'payment_intent', 'invoice'].includes(objects[0] ?? ''));
  if (paired) {
    const object = objects[0] ?? '';
    const itemised = object === 'invoice' ? linesIn(clause.tokens, source) : undefined;
    if (itemised) {
      const slots = readSlots({ ...clause, tokens: itemised.rest }, intent, object, source);
      return [{ ...base, intent, object, slots: { ...slots, lines: itemised.lines } }];
    }
    const parts = splitSums(clause);
    if (!parts) return [{ ...base, intent: 'unclear', object, slots: {} }];
    return parts.map((part) => ({ ...base, intent, object, slots: readSlots(part, intent, object, source) }));
  }
  return (objects.length > 0 ? objects : ['']).map((object) => ({
    ...base,
    intent,
    object,
    slots: readSlots(clause, intent, object, source),
  }));
}

/** A tool's own words against what the verbs and objects seem to say. One that looks never replaces a change. */
function isPlainer(match: ToolMatch, intent: Intent): boolean {
  if (!match.strong || match.score <= match.rival) return false;
  // Who is to be written to is plain; only another way of writing is meant instead.
  if (intent === 'mail' && match.tool.effect !== 'outbound' && !match.ownVerb) return false;
  return (
    match.tool.effect !== 'read' ||
    match.ownVerb ||
    !isWrite({ intent, object: '', slots: {}, when: 'always', text: '' })
  );
}

/** What is said so clearly that no tool's words change it. */
const settled: ReadonlySet<Intent> = new Set([
  'secret',
  'about',
  'greeting',
  'thanks',
  'business',
  'noop',
  'story',
]);

function toolRequest(
  tool: ToolSpec,
  clause: Clause,
  base: { when: Clause['when']; text: string },
  source: SpeltText,
): Request {
  const { object } = tool;
  const takesProduct = tool.properties.has('product') && tool.properties.has('customer');
  const slots = readSlots(clause, 'tool', object, source, takesProduct);
  const reads = tool.effect === 'read';
  if (!reads && hasNegativeSum(base.text)) return { ...base, intent: 'unclear', object, slots: {} };
  const own = [object.replaceAll('_', ' '), ...object.split('_'), tool.verb, ...tool.synonyms].sort(
    (a, b) => b.length - a.length,
  );
  const timed = [...tool.properties.keys()].some(isMoment) && slots.period !== undefined;
  const unwatched = timed
    ? base.text.replace(
        new RegExp(`(?:\\b(?:until|till|on|from|by|at) )?${escaped(slots.period?.words ?? '')}`, 'i'),
        ' ',
      )
    : base.text;
  const rest = own.reduce((text, words) => text.replaceAll(words, ' '), unwatched.toLowerCase());
  if (!reads && isConditional(rest, 'tool', true))
    return { ...base, intent: 'conditional', object, slots: {} };
  return {
    ...base,
    intent: 'tool',
    object,
    tool: tool.name,
    slots,
    said: clause.tokens,
    ...(reads && { reads }),
  };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
