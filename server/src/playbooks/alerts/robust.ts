/** Robust statistics: a few odd days neither raise what is usual nor hide what is not. */

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}

/** Median distance from the median, scaled so that it is the standard deviation where values are normal. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - middle)));
}

export interface Usual {
  readonly middle: number;
  /** Above this it is unusual. */
  readonly high: number;
  readonly samples: number;
}

/** Fewer samples than this say nothing of what is usual. */
export const leastSamples = 7;

/**
 * What is usual of a count or a sum, from samples of the same hour and kind of day; null where there are too few of them.
 * @param strictness how many spreads away is unusual
 * @param grain what one more or less is: 1 for counts. Rare events scatter by the root of their number.
 */
export function usualOf(samples: readonly number[], strictness: number, grain = 1): Usual | null {
  if (samples.length < leastSamples) return null;
  const middle = median(samples);
  const scatter = Math.sqrt(Math.max(middle, grain) * grain);
  return { middle, high: middle + strictness * Math.max(spread(samples), scatter), samples: samples.length };
}
