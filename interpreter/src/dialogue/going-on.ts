import { isWrite } from '../meaning/doubts.ts';
import type { Kind, Measure, Query } from '../meaning/query.ts';
import type { Request, Slots } from '../meaning/request.ts';
import { filtersOf } from '../meaning/rules/filters-said.ts';
import { statesIn } from '../meaning/rules/kinds.ts';

const looks = new Set(['list', 'count', 'get', 'report']);
const kinds = new Set<string>([
  'charge',
  'invoice',
  'subscription',
  'refund',
  'dispute',
  'payout',
  'customer',
]);
const opening =
  /^(?:and|or|what about|how about|what of|also|plus|then|now|ok,? and|so)\b[ ,]*(?:(?:what|how) about|also|now|then)? ?/i;
/** What was listed, as words point at it. */
const pointing =
  /\b(?:those|these|them|they|the ones?|which ones?|that list|of it all|altogether|all together|in total|in all|combined|overall)\b/i;

/**
 * Goes on from a look: another measure of what was listed ("how much is that in total?", "only the failed ones"), another
 * thing of the same person or time ("and refunds?"), or why. Undefined where the message stands on its own.
 * @param fresh the message read by itself.
 */
export function goingOn(text: string, fresh: Request, last: Request): Request | undefined {
  if (!(looks.has(last.intent) || last.reads) || isWrite(fresh)) return undefined;
  const said = text
    .trim()
    .toLowerCase()
    .replace(/[?.!]+$/, '');
  const words = said.split(/\s+/).length;
  if (words > 12) return undefined;
  const { customers, product, ids } = fresh.slots;
  const own = customers !== undefined || product !== undefined || ids !== undefined;
  if (own) return undefined;
  return (
    whoseIsIt(said) ??
    oneOfThem(said, fresh, last) ??
    why(said, last) ??
    compared(text, said, fresh, last) ??
    measured(text, said, fresh, last) ??
    ofAnother(text, said, words, fresh, last)
  );
}

const facts =
  /^(?:and )?(?:(?:when|on what (?:day|date)) (?:was|is|did) (?:that|it|this)\b.*|how much (?:was|is) (?:it|that|this)|what(?: was| is)? (?:it|that|this) for|what for|what(?:'s| is| was) the (?:date|amount|status|reason))$/;

/** "When was that?", "tell me about the second one": the thing that was shown, looked at by itself. */
function oneOfThem(said: string, fresh: Request, last: Request): Request | undefined {
  const { ordinal } = fresh.slots;
  const picks =
    ordinal !== undefined &&
    /\b(?:the )?(?:first|second|third|fourth|fifth|last)(?: (?:one|customer|payment|invoice|subscription|refund|product))?$/.test(
      said,
    ) &&
    /^(?:and |now )?(?:tell me (?:more )?about|show(?: me)?|open|details (?:of|on|about|for)|more (?:on|about)|what about|how about|what is|look at|get|the|give me)\b/.test(
      said,
    );
  if (picks) return { intent: 'get', object: '', slots: { ordinal }, when: 'always', text: said };
  const getting = ['charge', 'invoice', 'subscription', 'refund', 'dispute', 'payment_intent'];
  return facts.test(said) && getting.includes(last.object)
    ? { intent: 'get', object: last.object, slots: { pronoun: 'thing' }, when: 'always', text: said }
    : undefined;
}

/** "Is that more than last month?": what was reckoned, set against another time. */
function compared(text: string, said: string, fresh: Request, last: Request): Request | undefined {
  const against = fresh.query?.against ?? fresh.slots.period;
  const compares =
    /\b(?:more|less|better|worse|higher|lower|fewer|up|down|compar\w*|differ\w*|vs|versus)\b/.test(said) &&
    /\b(?:than|from|to|with|vs|versus|against)\b/.test(said);
  if (!against || !compares || !last.slots.period) return undefined;
  const of = last.query?.of ?? (kinds.has(last.object) ? (last.object as Kind) : 'charge');
  const states = last.query?.states;
  return {
    ...last,
    ...{ intent: 'list', object: of, text: `${last.text} (${text})` },
    query: { of, measure: 'compare', against, ...(states && { states }) },
  };
}

/** "Who paid that?": whoever the thing that was shown belongs to. */
function whoseIsIt(said: string): Request | undefined {
  return /^(?:and )?(?:who (?:is|was|paid|made|got|received) (?:it|that|this)(?: (?:for|from|to|by))?|whose (?:is|was) (?:it|that|this)|who is (?:he|she|the customer))$/.test(
    said,
  )
    ? { intent: 'get', object: 'customer', slots: { pronoun: 'person' }, when: 'always', text: said }
    : undefined;
}

/** "Why?" after something that did not work: what failed, with the reasons. */
function why(said: string, last: Request): Request | undefined {
  if (
    !/^(?:and |but )?why(?: (?:not|is that|was that|did (?:it|they|that) fail|so))?$|^what (?:was|is|were|are) the reasons?$/.test(
      said,
    )
  )
    return undefined;
  if (!/^(?:charge|subscription|invoice)$/.test(last.object)) return undefined;
  return {
    ...last,
    ...{ intent: 'list', object: 'charge', text: `${last.text} (${said})` },
    query: { of: 'charge', measure: 'list', states: ['failed'] },
  };
}

/** Another measure or a narrower choice of what was listed. */
function measured(text: string, said: string, fresh: Request, last: Request): Request | undefined {
  const kind = last.query?.of ?? (kinds.has(last.object) ? (last.object as Kind) : undefined);
  if (!kind || kind === 'balance' || kind === 'coupon') return undefined;
  const { atLeast, atMost } = fresh.slots;
  const { states, currency, brand, country, strict } = filtersOf(kind, said, text, atLeast !== undefined);
  const picks = currency ?? brand ?? country;
  const named =
    picks === undefined &&
    fresh.object !== '' &&
    fresh.object !== last.object &&
    fresh.intent !== 'unclear' &&
    !pointing.test(said) &&
    !howMany.test(said);
  if (named) return undefined;
  const measure = measureIn(said);
  const narrows = (states ?? picks ?? atLeast ?? atMost) !== undefined;
  const points =
    pointing.test(said) ||
    howMany.test(said) ||
    /^(?:and|or|only|just|but|the|now|ok|so)\b/.test(said) ||
    said.split(' ').length <= 5;
  if (!points || (!measure && !narrows)) return undefined;
  // A question of its own names what it is about.
  if (fresh.object === last.object && fresh.slots.period) return undefined;
  const before: Query = last.query ?? {
    ...filtersOf(kind, last.text.toLowerCase(), last.text, true),
    ...{ of: kind, measure: 'list' as const },
  };
  const query: Query = {
    ...before,
    measure: measure?.measure ?? (before.measure === 'count' && /\bhow many\b/.test(said) ? 'count' : 'list'),
    ...(measure?.measure === 'rank'
      ? { least: measure.least === true, limit: measure.limit ?? 1 }
      : { limit: undefined }),
    ...(measure && measure.measure !== 'rank' ? { by: undefined } : {}),
    ...(states && { states }),
    ...(currency && { currency }),
    ...(brand && { brand }),
    ...(country && { country }),
    ...(strict && { strict }),
  };
  const slots: Slots = { ...last.slots, ...(atLeast && { atLeast }), ...(atMost && { atMost }) };
  delete slots.ordinal;
  delete slots.limit;
  return {
    ...last,
    ...{ intent: query.measure === 'count' ? 'count' : 'list', object: last.object || kind, slots, query },
    text: `${last.text} (${text})`,
  };
}

function measureIn(said: string): { measure: Measure; least?: boolean; limit?: number } | undefined {
  if (/\bhow many\b|\bcount\b|\bnumber of\b/.test(said)) return { measure: 'count' };
  if (/\b(?:biggest|largest|highest|most|top|best)\b/.test(said))
    return { measure: 'rank', limit: numberIn(said) };
  if (/\b(?:smallest|lowest|least|worst)\b/.test(said))
    return { measure: 'rank', least: true, limit: numberIn(said) };
  if (/\baverage\b|\bmean\b/.test(said)) return { measure: 'average' };
  if (
    /\bhow much\b|\btotal\b|\bsum\b|\badd (?:them|it|those|that) up\b|\baltogether\b|\bin all\b|\bcombined\b/.test(
      said,
    )
  )
    return { measure: 'sum' };
  if (
    /^(?:and )?(?:(?:can you )?(?:please )?(?:list|show|name|see)(?: me)? (?:them|those|these|all|all of them|the list)|which(?: ones| are they)?|who(?: are they| exactly| (?:has|have|are|is) (?:them|those|these|they|it))?|names(?: please)?|which ones are (?:they|those|these))$/.test(
      said,
    )
  )
    return { measure: 'list' };
  return undefined;
}

/** "How many are there?" names nothing: what was listed is counted. */
const howMany =
  /^(?:and )?how many(?: (?:are|is|were) (?:there|they|those|that|these)| in (?:all|total)| altogether)?$/;
const small = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function numberIn(said: string): number | undefined {
  const found =
    /\b(?:top|biggest|largest|smallest|best) (\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b|\b(\d{1,2}|two|three|four|five|six|seven|eight|nine|ten) (?:biggest|largest|smallest|best|highest|lowest)\b/.exec(
      said,
    );
  const word = found?.[1] ?? found?.[2];
  return word === undefined ? undefined : /\d/.test(word) ? Number(word) : small.indexOf(word) + 1;
}

/** "And refunds?", "no, the invoices": another kind of thing, of whom and when was spoken of. */
function ofAnother(
  text: string,
  said: string,
  words: number,
  fresh: Request,
  last: Request,
): Request | undefined {
  const goes = opening.test(said) || /^(?:no|sorry|i meant?|rather|actually)\b/.test(said);
  if (!goes || words > 7 || fresh.object === '' || fresh.object === last.object || !kinds.has(fresh.object))
    return undefined;
  if (fresh.intent === 'unclear' || fresh.intent === 'cannot') return undefined;
  const { customers, period } = last.slots;
  if (customers === undefined && period === undefined && last.query === undefined && last.intent !== 'count')
    return undefined;
  const slots: Slots = {
    ...(fresh.object !== 'customer' && customers && { customers }),
    ...(period && { period }),
    ...fresh.slots,
  };
  const keeps = fresh.query === undefined && !/\b(?:list|show|which|what are)\b/.test(said);
  const kind = fresh.object as Kind;
  const measure = last.query?.measure;
  const query =
    keeps &&
    last.query &&
    (measure === 'sum' ||
      measure === 'count' ||
      measure === 'average' ||
      measure === 'compare' ||
      measure === 'check')
      ? { ...last.query, of: kind, states: statesIn(kind, said) }
      : fresh.query;
  const intent = keeps && last.intent === 'count' ? 'count' : fresh.intent;
  return { ...fresh, intent, slots, ...(query && { query }), text: `${text} (${last.text})` };
}
