import type { Kind } from '../query.ts';

/** Words that name what is looked through, the plainest first: what pays and owes says it where no noun does. */
const kinds: readonly (readonly [kind: Kind, said: RegExp])[] = [
  ['dispute', /\b(?:disput\w*|charge ?-?backs?|contest(?:ed|ing)?)\b/],
  [
    'hold',
    /\b(?:holds?|pre-?auth\w*|authori[sz](?:ed|ations?)|uncaptured|on hold|reserved)\b|(?:\bnot|n't|\bnever) (?:yet )?captured\b/,
  ],
  ['refund', /\b(?:refund\w*|reimburs\w*|(?:g[ai]ve|given|paid|sent) .{0,30}\bback|money back)\b/],
  [
    'payout',
    /\b(?:pay-?outs?|pa(?:y|id|ying) out|bank (?:transfers?|deposits?)|(?:to|in|into|on|at|reach\w*) (?:our|the|my) bank)\b/,
  ],
  [
    'fee',
    /\b(?:fees?|processing costs?|stripe (?:took|takes?|keeps?|kept|costs?|cost us|charged? us|earn\w*))\b/,
  ],
  ['coupon', /\b(?:coupons?|discount codes?|promo(?:tion)?(?: codes?|s)?|vouchers?|discounts?)\b/],
  [
    'subscription',
    /\b(?:subscri\w*|subs?|renew\w*|memberships?|members?|trial\w*|churn\w*|seats?|recurring)\b/,
  ],
  [
    'invoice',
    /\b(?:invoic\w*|bills?|ow(?:e|es|ed|ing)|outstanding|unpaid|overdue|past due|arrears|debts?|debtors?)\b/,
  ],
  [
    'charge',
    /\b(?:payments?|pay|pays|paid|paying|charg\w*|transactions?|sales?|purchas\w*|spen[dt]\w*|spend(?:ers?|ing)|buy|buys|bought|received?|collected|takings|income|revenue|earn\w*|turnover|brought in|bring(?:s)? in|money|declin\w*|bounc\w*|orders?|worth|lifetime)\b/,
  ],
  ['customer', /\b(?:customers?|clients?|users?|buyers?|people|who|whom|sign(?:ed)?-? ?ups?)\b/],
];

/** What a question looks through; undefined where nothing of it is named. */
export function kindIn(phrase: string): Kind | undefined {
  const found = kinds.find(([, said]) => said.test(phrase))?.[0];
  // "Is anybody behind with payments for an invoice": money that is owed is the invoice's.
  return found;
}

const states: Readonly<
  Partial<Record<Kind, readonly (readonly [said: RegExp, states: readonly string[]])[]>>
> = {
  charge: [
    [
      /\b(?:fail\w*|declin\w*|bounc\w*|reject\w*|refused|unsuccessful|went wrong|not go(?:ne)? through|n't (?:go|gone|went) through|n't work)\b/,
      ['failed'],
    ],
    [/\b(?:pending|processing)\b/, ['pending']],
    [
      /\b(?:succe\w*|went through|paid|pay|pays|spen[dt]\w*|bought|received|collected|earn\w*|took|made)\b/,
      ['succeeded'],
    ],
  ],
  invoice: [
    [/\b(?:overdue|past due|late)\b/, ['overdue']],
    [
      /\b(?:drafts?|unfinished|not (?:yet )?(?:sent|finali[sz]ed)|n't (?:been )?(?:sent|finali[sz]ed))\b/,
      ['draft'],
    ],
    [
      /\b(?:unpaid|outstanding|open|ow(?:e|es|ed|ing)|debts?|debtors?|arrears|not (?:yet )?(?:been )?paid|n't (?:yet )?(?:been )?paid|n't (?:yet )?pay|to be paid|still due|pending)\b/,
      ['open'],
    ],
    [/\b(?:void(?:ed)?)\b/, ['void']],
    [/\b(?:uncollectible|written off|bad debts?)\b/, ['uncollectible']],
    [/\b(?:paid|settled)\b/, ['paid']],
  ],
  subscription: [
    [/\b(?:past[_ -]?due|behind|overdue)\b/, ['past_due']],
    [
      /\bincomplete\b|\bnever (?:worked|started|went through)\b|\bfirst payment\b.*\b(?:fail|never)/,
      ['incomplete'],
    ],
    [/\b(?:fail\w*|trouble|problems?|stuck|at risk|unhealthy)\b/, ['in_trouble']],
    [/\bunpaid\b/, ['unpaid']],
    [/\btrial\w*\b/, ['trialing']],
    [/\bpaused?\b|\bon hold\b|\bfrozen\b/, ['paused']],
    [
      /\b(?:about to end|ending|will end|set to (?:cancel|end)|cancel\w* at|not renew\w*|n't renew\w*|run(?:ning)? out|expir\w*|leaving)\b/,
      ['ending'],
    ],
    [/\b(?:cancel\w*|ended|churn\w*|lost|left|quit)\b/, ['canceled']],
    [/\bactive\b/, ['active']],
    [/\b(?:running|current\w*|live|ongoing|paying)\b/, ['running']],
  ],
  dispute: [
    [/\b(?:won|win)\b/, ['won']],
    [/\b(?:lost|lose)\b/, ['lost']],
    [/\b(?:open|unresolved|pending|answer|respond|response|undecided|need\w*)\b/, ['open']],
  ],
  payout: [
    [/\bfail\w*\b/, ['failed']],
    [
      /\b(?:pending|next|upcoming|on the way|in transit|coming|land(?:s|ing)?|arriv(?:e|es|ing)|due|expected|still)\b/,
      ['pending', 'in_transit'],
    ],
    [/\b(?:arrived|landed|received)\b/, ['paid']],
  ],
  refund: [
    [/\b(?:fail\w*)\b/, ['failed']],
    [/\b(?:pending)\b/, ['pending']],
  ],
};

/** Every state of a kind that a question names: "past due or incomplete" are two. */
export function statesIn(kind: Kind, phrase: string): string[] | undefined {
  const own = states[kind] ?? [];
  if (kind === 'subscription' && /\b(?:not|n't|no longer) (?:\w+ )?active\b|\binactive\b/.test(phrase))
    return ['inactive'];
  const found = own.filter(([said]) => said.test(phrase));
  const [first] = found;
  if (!first) return undefined;
  // Only what "or" and "and" join are two states; else the plainest word says it.
  const joined = /\b(?:or|and)\b|,|\//.test(phrase) && kind === 'subscription';
  return joined ? [...new Set(found.flatMap(([, names]) => names))] : [...first[1]];
}
