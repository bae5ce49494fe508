import { furtherMade } from '../meaning/joining.ts';
import type { Request, Slots } from '../meaning/request.ts';
import { afterAll } from './after-all.ts';
import { goingOn } from './going-on.ts';

const sameAgain = /\b(?:same|ditto|likewise|as well|too|also|do (?:that|it|this|the same))\b/i;
const whatAbout =
  /^(?:and|or|what about|how about|what of|now|then|plus|ok,? and|and what about|and how about)\b/i;
const correction =
  /^(?:no|nope|sorry|oops|actually|wait|i mean|i meant|rather|correction|not)\b[ ,:-]|\b(?:instead|i meant|i mean|make (?:it|that)|change (?:it|that) to)\b/i;

const reads = new Set(['list', 'count', 'get', 'report']);
const talks = new Set(['about', 'greeting', 'thanks', 'noop', 'unclear', 'secret', 'business', 'cannot']);

/** What became of the turn before, as far as going on from it depends on that. */
export interface Before {
  readonly requests: readonly Request[];
  /** True when it changed something. */
  readonly wrote: boolean;
}

export type FollowUp = { readonly requests: readonly Request[] } | { readonly alreadyDone: true };

/**
 * Completes a message that says only what differs from the one before: "and in March?", "same for Carla", "no, 30".
 * Undefined where it stands on its own.
 */
export function readFollowUp(text: string, fresh: readonly Request[], before: Before): FollowUp | undefined {
  const last = before.requests.filter(({ intent }) => !talks.has(intent)).at(-1);
  const again = last && afterAll(text, fresh, last, before.wrote);
  if (again) return { requests: [again] };
  const [first] = fresh;
  if (!last || !first || fresh.length > 1) return undefined;
  if (furtherMade(last, { ...first, text })) {
    const slots = { ...first.slots, pronoun: first.slots.pronoun ?? ('thing' as const) };
    return { requests: [{ ...first, intent: 'create', tool: undefined, said: undefined, slots }] };
  }
  const further = goingOn(text, first, last);
  if (further) return { requests: [further] };
  // "How many customers are there?", "list them".
  const shown = /^(?:list|show|name|who are)\b.*\b(?:them|those|they|these)\b/i.test(text);
  if (last.intent === 'count' && shown && !first.slots.customers && !first.slots.ids)
    return { requests: [{ ...last, intent: 'list', text: `${last.text} (${text})` }] };
  const repriced =
    before.wrote && last.intent === 'create' && last.object === 'product' && first.slots.amount;
  if (repriced && correction.test(text) && !first.slots.product && !first.slots.customers)
    return {
      requests: [
        {
          ...first,
          intent: 'reprice',
          object: 'price',
          tool: undefined,
          said: undefined,
          slots: { ...first.slots, pronoun: 'thing' },
        },
      ],
    };
  const incomplete =
    first.intent === 'unclear' ||
    (first.intent === 'get' && first.object === '') ||
    (first.intent === 'list' && first.object === '');
  const corrects = correction.test(text);
  const repeats = sameAgain.test(text) && /\b(?:same|ditto|likewise|do (?:that|it|this))\b/i.test(text);
  const light = first.intent === 'update' && first.object === '' && corrects;
  if (!incomplete && !repeats && !light && !(corrects && first.intent === last.intent)) return undefined;
  if (!saysSomething(first.slots)) return undefined;
  if (corrects && !repeats) return before.wrote ? { alreadyDone: true } : { requests: [merged(last, first)] };
  const goesOn = whatAbout.test(text) || repeats || /\?$/.test(text) || sameAgain.test(text);
  if (!goesOn) return undefined;
  if (!reads.has(last.intent) && !sameAgain.test(text) && !/^(?:and|now|then|plus)\b/i.test(text))
    return undefined;
  return { requests: [merged(last, first)] };
}

function saysSomething(slots: Slots): boolean {
  const { marks: _, pronoun: __, full: ___, ...facts } = slots;
  return Object.values(facts).some((value) => value !== undefined);
}

/** The request before with what was said anew; another person or product takes the old ids with it. */
function merged(last: Request, fresh: Request): Request {
  const { pronoun: _, marks, number, customers, product, ...rest } = fresh.slots;
  const slots: Slots = { ...last.slots, ...defined(rest) };
  if (customers || product) {
    delete slots.ids;
    delete slots.pronoun;
  }
  const forProduct = customers && !last.slots.customers && last.slots.product && !product;
  if (forProduct && customers[0]) slots.product = customers[0];
  else if (customers) slots.customers = customers;
  if (product) slots.product = product;
  if (number && !fresh.slots.amount) {
    if (last.slots.amount) slots.amount = { ...last.slots.amount, decimal: number };
    else slots.number = number;
  }
  if (fresh.slots.ids) slots.ids = fresh.slots.ids;
  if (marks && marks.size > 0) slots.marks = new Set([...(last.slots.marks ?? []), ...marks]);
  return { ...last, slots, when: 'always', text: `${last.text} (${fresh.text})` };
}

function defined(slots: Slots): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([, value]) => value !== undefined)) as Slots;
}
