/** Where time comes from: milliseconds since 1970. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;
