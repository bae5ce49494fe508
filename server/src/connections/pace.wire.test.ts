import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { newId } from '../ids.ts';
import { createPace, type Limit } from './pace.ts';

/** Waits are counted by Postgres's clock, what booking took by ours. */
const clocksDifferMs = 25;

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** Books so many at once, on three instances; the waits they were told, shortest first, and how long booking took. */
async function booked(count: number, limits: readonly Limit[]): Promise<{ waits: number[]; tookMs: number }> {
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
  };
  const instances = [1, 2, 3].map(() => createPace(database.db, sleep));
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, (_, n) => instances[n % 3]?.take(limits)));
  return { waits: waits.toSorted((a, b) => a - b), tookMs: performance.now() - began };
}

test('three instances together use one limit and stay under it', async () => {
  const { waits, tookMs } = await booked(60, [{ key: newId('limit'), perSecond: 60 }]);
  // The last of sixty is due after a second; half a second's room may go at once.
  const last = waits.at(-1) ?? 0;
  expect(last).toBeLessThanOrEqual(501);
  expect(last + tookMs).toBeGreaterThanOrEqual(500 - clocksDifferMs);
  for (const [n, wait] of waits.entries())
    if (n > 0) expect(wait - (waits[n - 1] ?? 0)).toBeLessThan(17 + tookMs);
});

test('the narrowest limit counts, and other accounts are not slowed', async () => {
  const limits = [
    { key: newId('wide'), perSecond: 1_000 },
    { key: newId('narrow'), perSecond: 4 },
  ];
  const { waits, tookMs } = await booked(8, limits);
  expect((waits.at(-1) ?? 0) + tookMs).toBeGreaterThanOrEqual(1_500 - clocksDifferMs);
  expect((await booked(1, [{ key: newId('other'), perSecond: 4 }])).waits).toEqual([]);
});

test('who is held back waits with all instances, and is told of it', async () => {
  const key = newId('held');
  await createPace(database.db).holdBack(key, 60_000);
  const heard: number[] = [];
  const other = createPace(database.db, async () => undefined);
  await other.take([{ key, perSecond: 1_000 }], { onWait: (ms) => heard.push(ms) });
  expect(heard[0]).toBeGreaterThan(30_000);
});

test('a wait ends when the signal does', async () => {
  const key = newId('long');
  const pace = createPace(database.db);
  await pace.holdBack(key, 60_000);
  const signal = AbortSignal.abort(new Error('stopped'));
  await expect(pace.take([{ key, perSecond: 1 }], { signal })).rejects.toThrow('stopped');
});
