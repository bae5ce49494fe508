import { describe, expect, test } from 'vitest';
import { problems } from './testing/judge.ts';
import { wishes } from './testing/wishes.ts';

describe('every wish of the guide and the examples, in generated wordings', () => {
  for (const wish of wishes) {
    test(wish.name, async () => {
      const { failed } = await problems(wish, 'development');
      expect(failed).toEqual([]);
    });
  }
});

test('held-out wordings: at least 95 of 100 come out right', async () => {
  let tried = 0;
  const failed: string[] = [];
  for (const wish of wishes) {
    const found = await problems(wish, 'held-out');
    tried += found.tried;
    failed.push(...found.failed);
  }
  expect(tried).toBeGreaterThan(60);
  expect(failed.length / tried, failed.join('\n')).toBeLessThanOrEqual(0.05);
});
