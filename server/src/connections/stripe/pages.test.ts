import { describe, expect, test } from 'vitest';
import { ToolError } from '../../tools/tool.ts';
import { follow, listView } from './pages.ts';

interface Thing {
  readonly id: string;
  readonly even: boolean;
}

const things = (count: number): Thing[] =>
  Array.from({ length: count }, (_, index) => ({ id: `t_${index}`, even: index % 2 === 0 }));

/** Lists as Stripe does, and counts the requests. */
function lister(all: readonly Thing[]) {
  const asked: number[] = [];
  const list = async ({ limit, starting_after: after }: { limit: number; starting_after?: string }) => {
    asked.push(limit);
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    return { data: all.slice(start, start + limit), has_more: start + limit < all.length };
  };
  return { list, asked };
}

describe('following a list', () => {
  test('all of it, over several pages', async () => {
    const { list, asked } = lister(things(250));
    const { items, complete } = await follow(list);
    expect([items.length, complete, asked]).toEqual([250, true, [100, 100, 100]]);
  });

  test.each([
    [10, 10, true],
    [11, 10, false],
    [9, 9, true],
  ])('of %i, the first ten in one request: %i, complete %s', async (count, length, complete) => {
    const { list, asked } = lister(things(count));
    const listed = await follow(list, { enough: 10 });
    expect([listed.items.length, listed.complete, asked]).toEqual([length, complete, [11]]);
  });

  test('what fits is looked for in full pages, and the end is known', async () => {
    const { list } = lister(things(301));
    expect(await follow(list, { fits: ({ even }) => even })).toMatchObject({
      complete: true,
      items: { length: 151 },
    });
  });

  test('a bound is declared, and no total is given over a part', async () => {
    const listed = await follow(lister(things(500)).list, { atMost: 200 });
    expect(listed).toMatchObject({ complete: false, stopped: 'stopped after 200 objects' });
    const view = listView('thing', listed, ({ id }) => id, { limit: 3, totals: { amount: ['1.00 USD'] } });
    expect(view).toEqual({
      object: 'list',
      of: 'thing',
      data: ['t_0', 't_1', 't_2'],
      complete: false,
      seen: 200,
      stopped: 'stopped after 200 objects',
    });
  });

  test('a cursor that is ignored is noticed', async () => {
    const same = async () => ({ data: things(100), has_more: true });
    await expect(follow(same)).rejects.toBeInstanceOf(ToolError);
  });
});
