import type { Kind, Measure, Query } from '../query.ts';
import type { Seen } from './seen.ts';

/** Times that are ranked: "which month was best". */
export const bestMonth =
  /\b(?:best|strongest|weakest|worst|slowest|busiest) (?:\w+ )?(?:months?|weeks?|days?)\b|\b(?:months?|weeks?|days?) (?:was|were|is|are|did we do) (?:the |our )?(?:best|strongest|weakest|worst|slowest|busiest)\b/;
const rankWords =
  /\b(?:top|best|biggest|largest|highest|most|worst|lowest|smallest|least|fewest|leading|greatest|heaviest|rank\w*|priciest|strongest|weakest|max(?:imum)?|min(?:imum)?)\b/;
const noRank =
  /\b(?:most recent(?:ly)?|at most|at least|most of (?:it|them|the)|top ?up|best (?:way|regards|wishes|practice)|last but not least|most expensive|cheapest|least expensive)\b/g;

/** True where one end of an order is asked for: the most, the least. */
export const ranks = (phrase: string): boolean =>
  rankWords.test(phrase.replace(noRank, ' ')) || bestMonth.test(phrase);

/** What is ranked, by what, from which end, and how many of it are wanted. */
export function rankOf(
  kind: Kind,
  seen: Seen,
  people: boolean,
  somebody: boolean,
): Partial<Query> & { of: Kind; measure: Measure } {
  const { phrase } = seen;
  const least =
    /\b(?:lowest|smallest|least|fewest|weakest|min(?:imum)?)\b/.test(phrase) ||
    (/\bworst\b/.test(phrase) && !/\b(?:refund|disput|fail|declin|chargeback)/.test(phrase));
  const often =
    /\bmost (?:often|frequent\w*|payments|purchases|transactions|orders|refunds|disputes|invoices|chargebacks|failed|failures)\b|\bhow often\b|\bfrequent\w*\b|\bfewest\b|\bby (?:number|count)\b/.test(
      phrase,
    );
  const months =
    /\b(?:months?|weeks?|days?)\b/.test(phrase) &&
    /\b(?:best|strongest|weakest|worst|which|what) (?:\w+ )?(?:month|week|day)|\bmonth\b.*\b(?:most|best|highest|least|lowest)/.test(
      phrase,
    );
  const of: Kind = kind === 'customer' ? 'charge' : kind;
  const product =
    /\b(?:which|what) (?:\w+ )?(?:products?|plans?)\b|\bbest[- ]?(?:selling|sellers?)\b/.test(phrase) ||
    (/\b(?:products?|plans?|sellers?|selling|items?)\b/.test(phrase) && !people);
  const by = months ? 'month' : product ? 'product' : people && !somebody ? 'customer' : undefined;
  const plural =
    /\b(?:customers|clients|buyers|people|payments|charges|transactions|invoices|refunds|disputes|payouts|sales|spenders|payers|subscribers|months|products|plans|purchases|ones)\b/.test(
      phrase,
    );
  const said =
    /\b(?:top|best|biggest|largest|highest|smallest|lowest|leading|first|just|only|the) (?:the )?(?:top )?(one|two|three|four|five|six|seven|eight|nine|ten|\d{1,3})\b/.exec(
      phrase,
    )?.[1];
  const number = seen.tokens.find(({ entity }) => entity?.type === 'number')?.entity;
  const digits = number?.type === 'number' ? Number(number.digits) : said === 'one' ? 1 : undefined;
  return {
    ...{
      of: by === 'product' ? 'subscription' : of,
      measure: 'rank',
      least,
      often: often || (by === 'product' && /\bsubscri/.test(phrase)),
    },
    ...(by && { by }),
    limit:
      digits !== undefined && digits > 0 && digits <= 100
        ? digits
        : plural && !/\b(?:who|which customer)\b/.test(phrase)
          ? 5
          : by === 'customer' && /\bwho\b/.test(phrase)
            ? 3
            : plural
              ? 5
              : 1,
  };
}
