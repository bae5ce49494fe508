import type { Erasure } from '@purser/server/api';

/** `a@b.c, Jane Doe` → both. */
export const namesIn = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name.length >= 3);

/** Days as they are typed; empty for ever, null for what is no number of days. */
export function daysOf(text: string, least = 1): number | null | undefined {
  if (text.trim() === '') return null;
  const days = Number(text);
  return Number.isInteger(days) && days >= least && days <= 36_500 ? days : undefined;
}

/** What came of an erasure, in words. */
export function erasureWords({ state, stripe, report }: Erasure): string {
  if (state === 'waiting') return 'Waits until Stripe has deleted them, or that was rejected';
  const rows = Object.values(report?.erased ?? {}).reduce((sum, count) => sum + count, 0);
  const atStripe = {
    deleted: 'deleted at Stripe',
    kept: 'not deleted at Stripe',
    not_asked: 'Stripe was not asked',
  }[stripe ?? 'not_asked'];
  return `Taken out of ${rows} records; ${atStripe}`;
}
