import { type Money, scale, sumMoney } from '@purser/money';
import { decimalOf, spokenDecimal } from '../../../answers/money.ts';
import type { JsonObject } from '../../../json.ts';
import type { Query } from '../../../meaning/query.ts';
import type { World } from '../../act.ts';
import { amountOf, groupsOf } from './rows.ts';

/** Rows that count as one: how many, and over how much in each currency. */
export interface Group {
  readonly label: string;
  readonly count: number;
  readonly sums: readonly Money[];
}

export const spoken = (amount: Money): string => spokenDecimal(decimalOf(amount), amount.currency);
export const spokenSums = (sums: readonly Money[]): string =>
  sums.map((sum) => `**${spoken(sum)}**`).join(', ');

export function totalOf(rows: readonly JsonObject[], query: Query): Money[] {
  return sumMoney(rows.flatMap((row) => amountOf(row, query) ?? [])).filter(({ minor }) => minor !== 0n);
}

/** The mean in each currency, rounded to its smallest unit. */
export function averageOf(rows: readonly JsonObject[], query: Query): { mean: Money; count: number }[] {
  const amounts = rows.flatMap((row) => amountOf(row, query) ?? []);
  return sumMoney(amounts).map((sum) => {
    const count = amounts.filter(({ currency }) => currency === sum.currency).length;
    return { mean: scale(sum, 1n, BigInt(Math.max(count, 1))), count };
  });
}

export function grouped(rows: readonly JsonObject[], query: Query, world: World): Group[] {
  const groups = new Map<string, JsonObject[]>();
  for (const row of rows)
    for (const label of groupsOf(row, query.by, world))
      groups.set(label, [...(groups.get(label) ?? []), row]);
  return [...groups].map(([label, own]) => ({ label, count: own.length, sums: totalOf(own, query) }));
}

/**
 * In which currency amounts are compared, since none is converted: the one that was named, the account's own where it is
 * among them, else the commonest.
 */
export function comparedIn(rows: readonly JsonObject[], query: Query, world: World): string | undefined {
  const counts = Map.groupBy(
    rows.flatMap((row) => amountOf(row, query)?.currency ?? []),
    (currency) => currency,
  );
  if (query.currency) return query.currency;
  if (counts.has(world.setting.currency)) return world.setting.currency;
  return [...counts].sort((a, b) => b[1].length - a[1].length)[0]?.[0];
}

export const inCurrency = (sums: readonly Money[], currency: string | undefined): bigint =>
  sums.find((sum) => sum.currency === currency)?.minor ?? 0n;

/** Most first, or least where that end is wanted; what is not in the currency that is compared is left out. */
export function rankedGroups(groups: readonly Group[], query: Query, currency: string | undefined): Group[] {
  const sign = query.least ? 1 : -1;
  if (query.often) return [...groups].sort((a, b) => sign * (a.count - b.count));
  return groups
    .filter(({ sums }) => sums.some((sum) => sum.currency === currency))
    .sort((a, b) => sign * Number(inCurrency(a.sums, currency) - inCurrency(b.sums, currency)));
}

export function rankedRows(
  rows: readonly JsonObject[],
  query: Query,
  currency: string | undefined,
): JsonObject[] {
  const minor = (row: JsonObject) => amountOf(row, query)?.minor ?? 0n;
  const sign = query.least ? 1 : -1;
  return rows
    .filter((row) => amountOf(row, query)?.currency === currency)
    .sort((a, b) => sign * Number(minor(a) - minor(b)));
}
