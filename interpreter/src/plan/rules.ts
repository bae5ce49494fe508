import { parseMoney } from '@purser/money';
import { extractEntities } from '../entities/extract.ts';
import type { Setting } from '../setting.ts';
import { sentencesOf } from './goods.ts';

/** A ceiling that the agent's instructions set: "never refund over $100". */
export interface Ceiling {
  readonly decimal: string;
  readonly currency: string;
  /** The sentence as written, to be quoted. */
  readonly words: string;
}

const verbs: Record<string, RegExp> = {
  refund: /\b(?:refund|reimburs)/i,
  charge: /\b(?:charg|bill|payment)/i,
  coupon: /\b(?:discount|coupon)/i,
};

/** The ceiling for a kind of act, where the instructions name one. */
export function ceilingFor(act: keyof typeof verbs, setting: Setting): Ceiling | undefined {
  for (const sentence of sentencesOf(setting)) {
    const forbids =
      /\b(?:never|do not|don't|must not|may not|no|not allowed|forbidden)\b/i.test(sentence) &&
      /\b(?:over|above|more than|exceeding|greater than|larger than|beyond)\b/i.test(sentence);
    const caps = /\b(?:up to|at most|maximum|max|limit(?:ed)?(?: of| to)?)\b/i.test(sentence);
    if (!(forbids || caps) || !verbs[act]?.test(sentence)) continue;
    const found = extractEntities(sentence, setting).find((entity) => entity.type === 'amount');
    if (found?.type === 'amount')
      return {
        decimal: found.amount.decimal,
        currency: found.amount.currency ?? setting.currency,
        words: sentence.trim(),
      };
  }
  return undefined;
}

/** True where an amount is above a ceiling of the same currency. */
export function exceeds(amount: { amount: string; currency: string }, ceiling: Ceiling): boolean {
  if (amount.currency !== ceiling.currency) return false;
  return (
    parseMoney(amount.amount, amount.currency).minor > parseMoney(ceiling.decimal, ceiling.currency).minor
  );
}
