import type { Period } from '../../entities/entity.ts';
import type { Kind, Measure, Query } from '../query.ts';
import { balanceIn, filtersOf } from './filters-said.ts';
import { kindIn } from './kinds.ts';
import { bestMonth, rankOf, ranks } from './ranking.ts';
import type { Decision, Seen } from './seen.ts';

/** Looking words a question or a wish to see begins with. */
const looks =
  /^(?:(?:hi|hey|hello|ok|okay|so|and|but|also|now|then|well|please|pls|quick one|quick question|question|just|good morning|morning)[ ,:!-]+)*(?:(?:can|could|would|will) you (?:please )?(?:tell|show|give|list|find|check|look|see|get|pull|count|sum|add|work|calculate|figure|rank|compare)|what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|any|list|show|give (?:me|us)(?! (?:an?|another|one|#) (?!list|overview|summary|count|total|breakdown|number))|tell (?:me|us)|find|get me(?! (?:an?|another|one) )|pull|see|check|look|count|sum|add up|total|rank|compare|break|report|display|number of|amount|average|biggest|largest|smallest|highest|lowest|top|best|most|latest|newest|recent|last|all|every|our|my|the|open|unpaid|overdue|failed|unfinished|current\w*|i(?:'d| would)? (?:like|want|need) (?:to (?:know|see|have)|a list|an overview|the|all)|we (?:need|want) (?:to (?:know|see)|a list)|need (?:to know|a list)|name|calculate|work out|figure out|let me (?:know|see)|history|overview|summary|max\w*|min\w*)\b/;

const orders = new Set(
  'create update delete archive activate capture cancel refund subscribe switch send finalize void attach default try charge confirm pay'.split(
    ' ',
  ),
);
const lookIntents = new Set(['list', 'get', 'count', 'report', 'cannot']);

/**
 * A look and no order: it asks, or begins as one asks for something to be shown.
 * @param asked it ends with a question mark.
 */
export function isLooking(seen: Seen, decision: Decision | undefined, asked: boolean): boolean {
  const { phrase, question, first, reading } = seen;
  if (question || (decision && lookIntents.has(decision.intent))) return true;
  const polite = /^(?:(?:hi|hey|hello|ok|so|and|please),? )*(?:can|could|would|will) (?:you|u|we|i)\b/.test(
    phrase,
  );
  // "Open card holds": what they are like, and nothing to be opened.
  const described = /^open (?!an?\b|the\b|new\b|up\b|another\b|#)(?:[a-z-]+ )*[a-z-]+s$/.test(phrase);
  const ordering = first !== undefined && orders.has(first) && !described;
  const leads = reading.actions[0];
  if (ordering && leads?.at === 0 && !/^(?:charges?|refunds?|payments?|bills?|invoices?)\b/.test(phrase))
    return false;
  if (ordering && /\b(?:see|check|know|wondering) if (?:you|we)\b/.test(phrase)) return false;
  if (!looks.test(phrase)) return asked && !polite && !ordering;
  return !ordering || (!polite && (leads === undefined || leads.at > 0));
}

const sums =
  /\bhow much\b|\btotals?\b|\bsum\b|\baltogether\b|\bin all\b|\badd(?:s|ed)? up\b|\bcombined\b|\blifetime\b|\bvolume\b|\bamount (?:of|received|paid|refunded|collected)\b|\bwhat (?:has|have|did) (?:#|he|she|they|we) .{0,20}(?:paid|pay|spent|spend|refunded|refund)\b/;

/** Reads a question that takes reckoning or filters that lists do not have; undefined where the plain ways do. */
export function readQuestion(
  seen: Seen,
  text: string,
  decision: Decision | undefined,
  { periods, asked }: { periods: readonly Period[]; asked: boolean },
): Query | undefined {
  if (
    !isLooking(seen, decision, asked) ||
    /\b(?:mrr|arr|arpu|ltv|tax|vat|recurring revenue)\b/.test(seen.phrase)
  )
    return undefined;
  if (seen.idObjects.some((kind) => kind !== 'customer')) return undefined;
  const { phrase } = seen;
  // How something is done, and what would be, is no question about what there is.
  if (
    /\b(?:where|how) (?:can|do|should|could) (?!we stand)|\b(?:if|could|can) .*\b(?:pay out|switched|moved|upgraded|went|changed)\b/.test(
      phrase,
    )
  )
    return undefined;
  const balance = balanceIn(seen, text);
  if (balance) return balance;
  const kind =
    (upcoming.test(phrase) ? (kindIn(phrase) ?? 'subscription') : kindIn(phrase)) ??
    (bestMonth.test(phrase) ? 'charge' : undefined);
  if (!kind) return undefined;
  if (kind === 'dispute' && /\b(?:evidence|suggest\w*|advi[cs]e|ideas?|tips?)\b/.test(phrase))
    return undefined;
  const measured = measureOf(kind, seen, periods);
  const filters = filtersOf(measured?.of ?? kind, phrase, text, seen.holds('amount'));
  if (measured) return { ...filters, ...measured };
  // Nothing to reckon: a list, where its filters or its very reading need this way.
  const special =
    filters.brand ??
    filters.country ??
    filters.currency ??
    ((filters.states?.length ?? 0) > 1 ? 'states' : undefined);
  const misread =
    decision === undefined ||
    (decision.intent === 'get' && decision.objects[0] === '' && kind !== 'customer') ||
    [
      'unclear',
      'cannot',
      'create',
      'charge',
      'attach',
      'capture',
      'refund',
      'cancel',
      'void',
      'pay',
      'confirm',
      'retry',
      'mail',
      'send',
      'update',
    ].includes(decision.intent);
  const counts = /\bhow many\b|\bnumber of\b|\bcount\b/.test(phrase);
  const stated = filters.states !== undefined && ['subscription', 'dispute', 'payout'].includes(kind);
  const own = kind === 'coupon' || kind === 'hold' || kind === 'refund' || stated;
  if (special === undefined && !misread && !own) return undefined;
  if ((decision?.objects.length ?? 0) > 1 && special === undefined) return undefined;
  if (
    kind === 'customer' &&
    special === undefined &&
    !/\b(?:customers?|clients?|buyers?|users?)\b/.test(phrase)
  )
    return undefined;
  const plainly =
    /^(?:(?:so|and|ok|please|hi|hey|hello|,) )*(?:which|what|list|show|any|are there|do we have|have we|our|all|see|give me (?:all|the|a list))\b/.test(
      phrase,
    );
  if (
    kind === 'coupon' &&
    (!plainly || seen.holds('percent') || seen.holds('amount') || seen.holds('name') || seen.holds('email'))
  )
    return undefined;
  if (kind === 'refund' && /\b(?:revenue|products?|net|gross|report|sales)\b/.test(phrase)) return undefined;
  return { ...filters, of: kind, measure: counts ? 'count' : 'list' };
}

function measureOf(
  kind: Kind,
  seen: Seen,
  periods: readonly Period[],
): (Partial<Query> & { of: Kind; measure: Measure }) | undefined {
  const { phrase } = seen;
  const somebody =
    seen.holds('name') || seen.holds('email') || /\b(?:he|she|they|him|her|his|their)\b/.test(phrase);
  const people =
    /\b(?:customers?|clients?|who|whose|whom|buyers?|people|spenders?|payers?|subscribers?|somebody|someone|anyone|anybody|nobody)\b/.test(
      phrase,
    );
  const counts = /\bhow many\b|\bnumber of\b|\bcount\b|\bhow often\b/.test(phrase);
  if (people && !somebody && lacks.test(phrase)) {
    const of = /\bsubscri|\bplan\b|\bmember/.test(phrase) ? 'subscription' : 'charge';
    return { of, measure: 'absent' };
  }
  const ranked = ranks(phrase);
  if (ranked && kind !== 'balance' && kind !== 'coupon' && kind !== 'hold')
    return rankOf(kind, seen, people, somebody);
  const against = comparedWith(seen, periods);
  if (against && ['charge', 'refund', 'customer', 'dispute', 'subscription', 'invoice', 'fee'].includes(kind))
    return {
      of: kind === 'invoice' ? 'invoice' : kind,
      measure: 'compare',
      against,
      often: counts || kind === 'customer',
    };
  if (
    /\baverage\b|\bmean\b|\bon average\b|\btypical(?:ly)?\b/.test(phrase) &&
    kind !== 'customer' &&
    kind !== 'subscription'
  )
    return { of: kind, measure: 'average' };
  if (upcoming.test(phrase) && somebody && !/\bpay-?out/.test(phrase))
    return { of: 'subscription', measure: 'next' };
  if (kind === 'fee' && !counts) return { of: 'fee', measure: 'sum' };
  const yesNo =
    /^(?:(?:hi|hey|so|and|ok|but|please|do you know if|check if|check whether|see if|tell me if|tell me whether|know if)[ ,]+)*(?:did|has|have|had|is|are|was|were|does|do|if|whether)\b/.test(
      phrase,
    ) && !/\bor\b/.test(phrase);
  if (
    yesNo &&
    (somebody || (/\b(?:it|that|this)\b/.test(phrase) && (kind === 'refund' || kind === 'dispute'))) &&
    ['charge', 'subscription', 'refund', 'dispute', 'invoice'].includes(kind) &&
    !/\b(?:how|what|which|when|why)\b/.test(phrase) &&
    !/\b(?:card|cards|second|other)\b/.test(phrase)
  )
    return { of: kind, measure: 'check' };
  const newest = /\b(?:last|latest|newest|most recent(?:ly)?)\b/.test(phrase);
  const price =
    /\bhow much (?:is|does|do|are|would|will)\b(?! .*\b(?:paid|spent|owe|owes|outstanding|refunded|pay us)\b)/.test(
      phrase,
    ) || /\bcosts?\b/.test(phrase);
  if (
    sums.test(phrase) &&
    !counts &&
    !newest &&
    !price &&
    ['charge', 'refund', 'invoice', 'payout', 'dispute'].includes(kind)
  ) {
    const report =
      kind === 'charge' &&
      !somebody &&
      /\b(?:revenue|earn\w*|turnover|turn over|income|net|gross|products?|report|make|made|sell|sold)\b/.test(
        phrase,
      );
    return report
      ? undefined
      : { of: kind, measure: 'sum', ...(people && !somebody && { by: 'customer' as const }) };
  }
  if (counts && /\b(?:visa|mastercard|amex|jcb|discover)\b/.test(phrase))
    return { of: kind, measure: 'count' };
  return undefined;
}

const lacks =
  /\b(?:never|without|lack\w*|no)\b.{0,30}\b(?:pa(?:y|id|yments?)|bought|purchas\w*|order\w*|subscri\w*|plan|charges?|spent)\b|\b(?:do not|does not|don't|doesn't|dont|doesnt|haven't|hasn't|have not|has not|are not|aren't|isn't|not) (?:yet |currently |have |got |any |an? |active |ever )*(?:subscri\w*|bought|purchased|spent|ordered|on a plan)\b/;

const upcoming =
  /\b(?:next|upcoming|coming)\b.*\b(?:charge|charged|bill|billed|billing|invoice|invoiced|payment|renewal|pay)\b|\b(?:bill|billed|charge|charged|invoice|invoiced|renew|renews|renewal|pay|payment|due|owe)\b.*\b(?:next|upcoming)\b|\bwill (?:#|he|she|they) (?:be )?(?:pay|charged|billed|invoiced|owe)\b|\bnext (?:bill|charge|renewal)\b/;

/** The other of two times: both were said, or one that is set against now. */
function comparedWith({ phrase }: Seen, periods: readonly Period[]): Period | undefined {
  const compares =
    /\bcompar\w*\b|\bvs\b|\bversus\b|\b(?:more|less|better|worse|higher|lower|fewer|up|down|grown?|differ\w*) .{0,40}\b(?:than|from|to|compared|between|against)\b|\bthan #/.test(
      phrase,
    );
  if (!compares) return undefined;
  return (
    periods[1] ??
    (periods[0] && /\b(?:last|previous|prior|yesterday)\b/.test(periods[0].words) ? periods[0] : undefined)
  );
}
