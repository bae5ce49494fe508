import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fetchAll, type Listed, type PageRequest, type Stretch } from './backfill.ts';

/** A list as Stripe answers it: newest first, ids unique, many in one second if need be. */
function listOf(objects: readonly Listed[], fails: (n: number) => boolean = () => false) {
  const sorted = objects.toSorted((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
  let calls = 0;
  return async ({ created, starting_after: after, limit }: PageRequest) => {
    calls += 1;
    if (fails(calls)) throw new Error('broken off');
    await Promise.resolve();
    const from = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
    const fitting = sorted
      .slice(from)
      .filter((one) => one.created >= created.gte && one.created < created.lt);
    return { data: fitting.slice(0, limit), has_more: fitting.length > limit };
  };
}

const objectsAt = (times: readonly number[]): Listed[] =>
  times.map((created, n) => ({ id: `o${n}`, created }));
const times = fc.array(fc.oneof(fc.nat(50), fc.nat(5_000)), { maxLength: 900 });

test('everything is kept exactly once, however it lies in time and however many workers read', async () => {
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 9 }), async (at, workers) => {
      const objects = objectsAt(at);
      const kept: string[] = [];
      const stretches = [{ from: 0, to: 6_000 }];
      const keep = async (page: readonly Listed[]) => {
        kept.push(...page.map(({ id }) => id));
      };
      await fetchAll({ stretches, workers, list: listOf(objects), keep });
      expect(kept.toSorted()).toEqual(objects.map(({ id }) => id).toSorted());
    }),
    { numRuns: 60 },
  );
});

test('what broke off goes on from what was left, and nothing is missing in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      times,
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 12 }),
      async (at, workers, failsAt) => {
        const objects = objectsAt(at);
        const kept = new Set<string>();
        let left: readonly Stretch[] = [{ from: 0, to: 6_000 }];
        const keep = async (page: readonly Listed[], rest: readonly Stretch[]) => {
          for (const { id } of page) kept.add(id);
          left = rest;
        };
        const broken = fetchAll({
          stretches: left,
          workers,
          list: listOf(objects, (n) => n === failsAt),
          keep,
        });
        await broken.catch((error: Error) => expect(error.message).toBe('broken off'));
        await fetchAll({ stretches: left, workers, list: listOf(objects), keep });
        expect(kept.size).toBe(objects.length);
      },
    ),
    { numRuns: 60 },
  );
});

test('workers share a long stretch: nobody reads it alone', async () => {
  const objects = objectsAt(Array.from({ length: 5_000 }, (_, n) => n));
  const list = listOf(objects);
  let atOnce = 0;
  let most = 0;
  let pages = 0;
  const counting = async (page: PageRequest) => {
    atOnce += 1;
    pages += 1;
    most = Math.max(most, atOnce);
    const answer = await list(page);
    atOnce -= 1;
    return answer;
  };
  await fetchAll({
    stretches: [{ from: 0, to: 5_000 }],
    workers: 8,
    list: counting,
    keep: async () => undefined,
  });
  expect(most).toBeGreaterThanOrEqual(7);
  // Half-empty pages are the price of sharing: a tenth at most.
  expect(pages).toBeLessThan(50 + 16);
});
