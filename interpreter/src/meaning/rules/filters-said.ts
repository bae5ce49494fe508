import { isCurrency } from '@purser/money';
import { countryIn } from '../../entities/countries.ts';
import type { Kind, Query } from '../query.ts';
import { statesIn } from './kinds.ts';
import type { Seen } from './seen.ts';

/** "Where do we stand with cash?": what is in the account, where no other thing is named. */
export function balanceIn(seen: Seen, text: string): Query | undefined {
  const lower = text.toLowerCase();
  const funds =
    /\b(?:cash|funds?|liquidity|balance)\b/.test(lower) ||
    (currencyIn(lower) !== undefined && !/\d/.test(lower)) ||
    /\bhow much (?:money )?(?:is|do we have)\b/.test(lower);
  const where =
    /\b(?:pending|available|cleared?|(?:on|in|at|with) (?:our |the |my )?stripe|not (?:yet )?cleared|on (?:the|its) way|in transit|withdraw\w*|stand|position|sitting|settled|in (?:stripe|the account|our account))\b/.test(
      lower,
    );
  const other =
    /\b(?:customers?|payments?|invoices?|subscri\w*|refund\w*|disput\w*|payouts?|credit|charges?|pay ?out|holds?|authori\w*|transactions?)\b/.test(
      lower,
    );
  const has = /\bhow much (?:money |cash |funds )?(?:do|have) (?:we|i) (?:have|got)\b/.test(lower);
  return (has || (funds && where)) &&
    !other &&
    !seen.holds('email') &&
    !/\p{Lu}\p{Ll}+'s/u.test(text.replace(/Stripe's/i, ''))
    ? { of: 'balance', measure: 'list' }
    : undefined;
}

const currencyNames: readonly (readonly [said: RegExp, code: string])[] = [
  [/\byens?\b/, 'jpy'],
  [/\beuros?\b/, 'eur'],
  [/\bpounds?\b|\bsterling\b|\bquid\b/, 'gbp'],
  [/\bdollars?\b|\bbucks\b/, 'usd'],
  [/\bfrancs?\b/, 'chf'],
];

/** The currency a question narrows to, where no sum names it. */
function currencyIn(lower: string): string | undefined {
  const code = (lower.match(/(?<![\p{L}\d])[a-z]{3}(?![\p{L}\d])/gu) ?? []).find(
    (word) =>
      isCurrency(word) &&
      !/^(?:all|try|top|mad|pen|gel|sos|mop|amd|bob|bam|cup|lak|std|php|ron|mur|npr|omr|ang|cop|dop|lei|won|ars|clp|all)$/.test(
        word,
      ),
  );
  return code ?? currencyNames.find(([said]) => said.test(lower))?.[1];
}

const brands: readonly (readonly [said: RegExp, brand: string])[] = [
  [/\bvisa\b/, 'visa'],
  [/\bmaster ?card\b/, 'mastercard'],
  [/\b(?:amex|american express)\b/, 'amex'],
  [/\bjcb\b/, 'jcb'],
  [/\bdiscover\b/, 'discover'],
  [/\bdiners\b/, 'diners'],
  [/\bunion ?pay\b/, 'unionpay'],
];

const demonyms: Readonly<Record<string, string>> = {
  american: 'US',
  german: 'DE',
  french: 'FR',
  british: 'GB',
  english: 'GB',
  spanish: 'ES',
  italian: 'IT',
  dutch: 'NL',
  japanese: 'JP',
  canadian: 'CA',
  australian: 'AU',
  austrian: 'AT',
  swiss: 'CH',
  irish: 'IE',
  polish: 'PL',
  brazilian: 'BR',
  mexican: 'MX',
  indian: 'IN',
  chinese: 'CN',
  belgian: 'BE',
  danish: 'DK',
  swedish: 'SE',
  norwegian: 'NO',
  finnish: 'FI',
};

/** What narrows a question, beside whose and when: states, a currency, a brand of cards, where they are from. */
export function filtersOf(kind: Kind, phrase: string, text: string, hasAmount: boolean): Partial<Query> {
  const lower = text.toLowerCase();
  const states = statesIn(kind, phrase);
  const currency = hasAmount || kind === 'coupon' ? undefined : currencyIn(lower);
  const brand = kind === 'charge' ? brands.find(([said]) => said.test(lower))?.[1] : undefined;
  const demonym = Object.keys(demonyms).find((word) => new RegExp(`\\b${word}\\b`).test(lower));
  const country = kind === 'charge' ? (countryIn(text)?.code ?? (demonym && demonyms[demonym])) : undefined;
  return {
    ...(states && { states }),
    ...(currency && { currency }),
    ...(brand && { brand }),
    ...(country && { country }),
    strict:
      /\b(?:over|above|more than|exceed\w*|larger than|bigger than|greater than|under|below|less than|smaller than)\b/.test(
        lower,
      ),
  };
}

/** True for a word that narrows what is looked through, and names nobody: a currency, a brand of cards, a country. */
export function narrows(word: string): boolean {
  const lower = word.toLowerCase();
  return (
    currencyIn(lower) === lower ||
    currencyNames.some(([said]) => said.test(lower)) ||
    brands.some(([said]) => said.test(lower)) ||
    Object.hasOwn(demonyms, lower) ||
    countryIn(word)?.name === lower
  );
}
