import type { JsonObject } from '../json.ts';
import { toolsAt } from '../places.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox } from '../toolbox.ts';
import { type Happening, readHappening } from './happenings.ts';
import { withoutDictation } from './place-request.ts';
import { readSchedule } from './schedule-words.ts';

/** Something to be done again and again: when, and what is to be done each time, complete in itself. */
export interface Standing {
  readonly prompt: string;
  readonly happening?: Happening;
  /** Five fields of cron, in the account's time zone. */
  readonly cron?: string;
}

const opening =
  '(?:whenever|when|each time(?: that)?|every time(?: that)?|any ?time(?: that)?|as soon as|if|after|once|on|upon|for)';
const leading = new RegExp(`^(?:please |from now on,? |hi,? |hey,? )*${opening} (.+)$`, 'is');
const trailing = new RegExp(`^(.+?),? ${opening.replace('|on|upon|for', '')} (.+)$`, 'is');
const nouns =
  'payments?|charges?|sales?|transactions?|purchases?|orders?|refunds?|disputes?|chargebacks?|customers?|sign-?ups?|subscriptions?|subscribers?|cancell?ations?|invoices?|payouts?|checkouts?|renewals?|fraud warnings?|(?:payment |card )?failures?';
/** "every failed card payment over $500": a happening, wherever it stands. */
const quantified = new RegExp(
  `(?:\\b(?:of|about|for|on|with|at|to) )?\\b(?:every|each|any)(?: single| time)?(?: (?:new|large|big|incoming|further|successful|succeeded|failed|failing|declined|unsuccessful|paid|canceled|cancelled|card|online|subscription))* (?:${nouns})\\b(?:(?: that| which)?(?: is| are| gets?| has)?(?: (?:fails?|succeeds?|failed|declined|made|created|opened|paid|refunded|comes? in|goes through|bounces?)))?(?: (?:(?:of |that is |worth )?(?:over|above|more than|exceeding|larger than|bigger than|greater than)) (?:[^\\s;]+(?: (?:usd|eur|gbp|jpy|dollars?|euros?|pounds?|yen|bucks))?))?(?: (?:with|for|because of) (?:the )?(?:decline |error |failure )?(?:code|reason)?:? ?[a-z]+(?:_[a-z]+)+| with (?:the )?(?:decline |error |failure )?(?:code|reason) [a-z]+(?: [a-z]+){0,2})?`,
  'i',
);

/** Verbs with which an order at a place begins. */
const orders =
  /(?:^|[\s,])((?:please )?(?:tell|post|send|write|say|note|log|record|add|open|create|file|raise|make|let|notify|inform|message|ping|announce|comment|update|put|leave|report|e-?mail|mail)\b.+)$/is;

/**
 * Reads a message as a standing order: "tell Slack's #sales of every payment over $500", "every Monday at 9 show me …".
 * Undefined where it is to be done once, or waits for something certain ("when Bob pays").
 */
export function standingOrder(message: string, setting: Setting, toolbox: Toolbox): Standing | undefined {
  const text = message.trim().replace(/[.!]+$/, '');
  if (/\?$|["\n]/.test(text)) return undefined;
  const found = inClauses(text, setting) ?? inWords(text, setting, toolbox);
  if (found) return isOrder(found.prompt, toolbox) ? found : undefined;
  const schedule = readSchedule(text);
  return schedule && (isLook(schedule.rest) || isOrder(schedule.rest, toolbox))
    ? { cron: schedule.cron, prompt: sentence(schedule.rest) }
    : undefined;
}

/** "whenever a payment fails, tell …", "tell … when a payment fails". */
function inClauses(text: string, setting: Setting): Standing | undefined {
  const after = leading.exec(text)?.[1];
  if (after !== undefined) {
    for (const { index } of after.matchAll(/, | /g)) {
      const main = orders.exec(after.slice(index).replace(/^,? (?:then )?/, ' '))?.[1];
      if (
        !main ||
        !after
          .slice(index)
          .replace(/^,? (?:then )?/, '')
          .startsWith(main)
      )
        continue;
      const happening = readHappening(after.slice(0, index), setting);
      return happening && standing(happening, main, after.slice(0, index));
    }
  }
  const parts = trailing.exec(text);
  const happening = parts && readHappening(parts[2] ?? '', setting);
  return happening && orders.test(parts?.[1] ?? '')
    ? standing(happening, parts?.[1] ?? '', parts?.[2] ?? '')
    : undefined;
}

/** "post every new dispute to #ops": the happening stands in the order itself. */
function inWords(text: string, setting: Setting, toolbox: Toolbox): Standing | undefined {
  const found = quantified.exec(text);
  if (!found || !orders.test(text)) return undefined;
  const rest = text.slice(found.index + found[0].length);
  // "Every customer whose payment failed" are those there are; only a new one is something that happens.
  const isThere =
    /^ (?:whose|with|who|of|from|since|in (?!#|\p{Lu})|that|which)\b/u.test(rest) ||
    (/\bcustomers?$/i.test(found[0]) && !/\bnew\b/i.test(found[0]));
  // What somebody dictates is no order.
  const { dictated } = withoutDictation(text, toolbox.places);
  if (dictated?.toLowerCase().includes(found[0].trim().toLowerCase())) return undefined;
  if (isThere || toolsAt(text, toolbox.places).length === 0) return undefined;
  const happening = readHappening(found[0], setting);
  if (!happening) return undefined;
  const lead = /^(?:of|about|for|on|with|at|to) /i.exec(found[0])?.[0] ?? '';
  const prompt = `${text.slice(0, found.index)}${lead}this ${happening.noun}${rest}`;
  return { happening, prompt: sentence(prompt) };
}

function standing(happening: Happening, main: string, condition: string): Standing {
  const { noun, repeated } = happening;
  if (repeated) return { happening, prompt: sentence(`if ${condition}, ${main}`) };
  const pointing =
    /\b(?:it|them|this|that|these|those)\b(?! (?:contact|customer|issue|channel|to\b.*\bthat))/i;
  const named = new RegExp(`\\b(?:the|this|that) ${noun}\\b`, 'i').test(main);
  const prompt = named
    ? main
    : pointing.test(main)
      ? main.replace(pointing, `this ${noun}`)
      : `${main} about this ${noun}`;
  return { happening, prompt: sentence(prompt) };
}

/** What is done at a place, or by mail to whom the event is about. */
function isOrder(prompt: string, toolbox: Toolbox): boolean {
  return (
    toolsAt(prompt, toolbox.places).length > 0 ||
    /\b(?:e-?mail|mail|write to|notify|message|inform|thank) (?:the |this |that )?(?:customer|client|subscriber|payer)\b|\b(?:customer|client)\b.*\b(?:e-?mail|mail|message)\b/i.test(
      prompt,
    )
  );
}

const isLook = (text: string): boolean =>
  /^(?:please |can you |could you )*(?:show|list|give me|send me|tell me|report|summari[sz]e|check|count|what|which|who|how)\b/i.test(
    text.trim(),
  );

function sentence(text: string): string {
  const trimmed = text
    .trim()
    .replace(/\s{2,}/g, ' ')
    .replace(/[,;]+$/, '');
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}

/** The inputs of the tool that makes tasks. */
export function taskInput({ prompt, happening, cron }: Standing, said: string): JsonObject {
  const name = said.trim().replace(/\s+/g, ' ').slice(0, 120);
  return {
    name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    prompt,
    ...(cron !== undefined && { cron }),
    ...(happening && { event: happening.event, ...(happening.filter && { filter: happening.filter }) }),
  };
}
