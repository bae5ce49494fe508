import type { Amount, Interval } from '../entities/entity.ts';
import { extractEntities } from '../entities/extract.ts';
import { tidy } from '../normalise/text.ts';
import type { Setting } from '../setting.ts';

/** Something the agent's instructions say is sold, and for how much. */
export interface Good {
  readonly name: string;
  readonly amount: Amount;
  /** Absent: paid once. */
  readonly interval?: Interval;
  readonly intervalCount?: number;
}

/** What the instructions offer: every name that is followed by a sum, "the Care Plan for $35 a month". */
export function goodsOf(setting: Setting): Good[] {
  return sentencesOf(setting).flatMap((sentence) => goodsIn(sentence, setting));
}

function goodsIn(sentence: string, setting: Setting): Good[] {
  const goods: Good[] = [];
  let name: string | undefined;
  for (const entity of extractEntities(sentence, setting)) {
    const last = goods.at(-1);
    if (entity.type === 'quoted' || (entity.type === 'name' && /^\p{Lu}/u.test(entity.text)))
      name = entity.text;
    else if (entity.type === 'amount' && name !== undefined) {
      goods.push({ name, amount: entity.amount });
      name = undefined;
    } else if (entity.type === 'interval' && last && name === undefined)
      goods[goods.length - 1] = { ...last, interval: entity.interval, intervalCount: entity.count };
  }
  return goods;
}

/** The good a text names. */
export function goodIn(text: string, setting: Setting): Good | undefined {
  const lower = text.toLowerCase();
  return goodsOf(setting).find(({ name }) => lower.includes(name.toLowerCase()));
}

/** How long customers have to pay, where the instructions set it. */
export function termsOf(setting: Setting): number | undefined {
  for (const sentence of sentencesOf(setting)) {
    if (!/\binvoices?\b/i.test(sentence)) continue;
    const found = extractEntities(sentence, setting).find((entity) => entity.type === 'days');
    if (found?.type === 'days' && found.purpose === 'due') return found.days;
  }
  return undefined;
}

/** The instructions, sentence by sentence. */
export function sentencesOf(setting: Setting): string[] {
  return tidy(setting.instructions)
    .split(/(?<=[.!;])\s+|\n/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
