import { only, type Rule } from './seen.ts';

/** What no tool here can do although its words are known: said plainly before anything like it is done instead. */
export const cannotRule: Rule = (seen) => {
  const { phrase } = seen;
  // A verb that nobody listed may have been taken for a name: these are looked for as written.
  const said = seen.tokens.map(({ text }) => text.toLowerCase()).join(' ');
  if (
    /\b(?:apply|attach|redeem|grant)\b.*\b(?:coupon|discount|promo\w*|voucher)\b.*\b(?:to|on|for)\b/.test(
      said,
    ) ||
    (/\b(?:apply|grant)\b/.test(said) && (seen.names('coupon') || seen.holds('percent')))
  )
    return only('cannot', 'discount');
  if (/\bschedul(?:e|ed|ing)\b/.test(said) && !seen.question) return only('cannot', 'schedule');
  const people = seen.names('customer') || /\bwho\b/.test(phrase);
  const ranks =
    /\b(?:top|best|biggest|largest|highest|most valuable|worst|lowest|smallest)\b(?! up)/.test(phrase) ||
    /\bmost\b(?! recent)/.test(phrase);
  if (
    people &&
    ranks &&
    (seen.question || seen.first === undefined || seen.first === 'list' || seen.first === 'get')
  )
    return only('cannot', 'ranking');
  const lacks =
    /\b(?:have|has|had|with) (?:no|never)\b|\bwithout\b|\b(?:do not|does not|don't|doesn't|dont|doesnt|haven't|hasn't) (?:have|has|got|subscribe\w*|buy|bought)\b|\bnever\b/.test(
      phrase,
    );
  if (
    people &&
    lacks &&
    (seen.question || seen.first === 'list' || seen.first === 'get' || seen.first === 'count')
  )
    return only('cannot', 'absence');
  return undefined;
};

/** "Who has not paid?": the invoices that are still open. */
export const unpaidRule: Rule = ({ phrase }) =>
  /\b(?:who|which|customers?|anyone|anybody)\b.*\b(?:has not|hasn't|hasnt|have not|haven't|havent|did not|didn't|didnt|still (?:has|have|needs?) to|never) (?:yet )?(?:paid|pay)\b|\bwho (?:still )?owes\b/.test(
    phrase,
  )
    ? only('list', 'invoice')
    : undefined;
