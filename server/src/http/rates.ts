import type { Clock } from '../clock.ts';
import { Problem } from '../problem.ts';

/** So many at once, and so many a second from then on. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Rates of this process, by who or where from. Generous: they keep one client from taking everything, guessing is
 * counted elsewhere (access/guesses.ts).
 */
export const rates = {
  /** Whoever is signed in or has a token. */
  known: { burst: 5_000, perSecond: 500 },
  /** An address that is refused. */
  refused: { burst: 2_000, perSecond: 20 },
  /** An address on its way in: sign-in, invitations. */
  open: { burst: 100, perSecond: 2 },
} as const satisfies Record<string, Rate>;

export interface Rates {
  /** Takes one. @throws Problem 429 */
  take(kind: keyof typeof rates, who: string): void;
}

interface Bucket {
  left: number;
  at: number;
}

/** So many are remembered; then the half that was not used for longest is forgotten. */
const mostBuckets = 50_000;

export function createRates(clock: Clock): Rates {
  const buckets = new Map<string, Bucket>();

  function makeRoom(): void {
    for (const key of buckets.keys()) {
      if (buckets.size < mostBuckets / 2) return;
      buckets.delete(key);
    }
  }

  return {
    take(kind, who) {
      const { burst, perSecond } = rates[kind];
      const key = `${kind} ${who}`;
      const now = clock.now().getTime();
      const known = buckets.get(key) ?? { left: burst, at: now };
      const left = Math.min(burst, known.left + (Math.max(0, now - known.at) / 1000) * perSecond);
      // Set anew so that the order of the map is the order of use.
      buckets.delete(key);
      if (buckets.size >= mostBuckets) makeRoom();
      buckets.set(key, { left: left >= 1 ? left - 1 : left, at: now });
      if (left < 1) throw tooFast(Math.ceil((1 - left) / perSecond));
    },
  };
}

function tooFast(seconds: number): Problem {
  return new Problem({
    status: 429,
    code: 'too_many_requests',
    title: 'Too many requests',
    detail:
      'This is more than one client may ask at a time. Send less, and wait as long as Retry-After says.',
    retryAfter: Math.max(1, seconds),
  });
}
