import { describe, expect, test } from 'vitest';
import type { Json } from '../tools/tool.ts';
import type { Entry } from './journal.ts';
import { createResultReader, folded } from './results.ts';

const rows = Array.from({ length: 250 }, (_, n) => ({
  id: `ch_${n}`,
  amount: `${n % 7}.10 USD`,
  status: n % 5 === 0 ? 'failed' : 'succeeded',
  customer: { email: `c${n}@example.com` },
}));
const view: Json = { object: 'list', of: 'charges', data: rows, complete: true, seen: 250 };

function entryOf(result: Json): Extract<Entry, { kind: 'tool' }> {
  const facts = { callId: 'call_1', name: 'list_charges', title: 'List', effect: 'read' as const };
  const at = new Date(0);
  const times = { startedAt: at.toISOString(), finishedAt: at.toISOString() };
  return {
    ...{ runId: 'run_1', step: 2, at, kind: 'tool' },
    content: {
      ...{ ...facts, ...times, requestIds: [], objects: [] },
      result: { status: 'completed', view: result, summary: 'Found 250 charges' },
    },
  };
}

async function read(input: object, result: Json = view) {
  const reader = createResultReader([entryOf(result)]);
  if (reader.effect !== 'read') throw new Error('It writes.');
  const { view: got } = await reader.read({ result: 'run_1.2', ...input }, {});
  return got as { data: { id: string }[]; rows: number; totals?: string[] };
}

describe('what a model is given of a long result', () => {
  test('its first rows, how many there are, and a handle; never more than fits', () => {
    const short = folded(view, entryOf(view), 5_000);
    expect(JSON.stringify(short).length).toBeLessThanOrEqual(5_200);
    expect(short).toMatchObject({ complete: true, seen: 250, result: 'run_1.2' });
    expect((short as { rows_here: string }).rows_here).toMatch(/^the first \d+ of 250/);
  });

  test('a result that fits, or that has no rows, stays as it is', () => {
    expect(folded({ a: 1 }, entryOf(view))).toEqual({ a: 1 });
    const whole = { object: 'text', text: 'x'.repeat(50_000) };
    expect(folded(whole, entryOf(view))).toBe(whole);
  });
});

describe('reading an earlier result', () => {
  test('further rows, in their order', async () => {
    const got = await read({ offset: 200, limit: 30 });
    expect(got.data.map(({ id }) => id)).toEqual(rows.slice(200, 230).map(({ id }) => id));
    expect(got.rows).toBe(250);
  });

  test('only those that meet all conditions, nested fields too', async () => {
    expect((await read({ where: [{ field: 'status', is: 'FAILED' }] })).rows).toBe(50);
    const where = [
      { field: 'customer.email', contains: 'c12' },
      { field: 'status', is: 'succeeded' },
    ];
    expect((await read({ where })).data.map(({ id }) => id)).not.toContain('ch_120');
  });

  test('totals are exact, of all rows that fit and not only of those shown', async () => {
    const cents = rows.reduce((sum, _, n) => sum + (n % 7) * 100 + 10, 0);
    const { totals } = await read({ limit: 1, sum_of: 'amount' });
    expect(totals).toEqual([`$${(cents / 100).toFixed(2)}`]);
  });

  test('no total is made from a part, or of what is no money', async () => {
    const part: Json = { object: 'list', of: 'charges', data: rows, complete: false };
    await expect(read({ sum_of: 'amount' }, part)).rejects.toMatchObject({ code: 'incomplete' });
    await expect(read({ sum_of: 'status' })).rejects.toMatchObject({ code: 'no_money_there' });
    await expect(read({ sum_of: '__proto__' })).rejects.toMatchObject({ code: 'no_money_there' });
  });

  test('a handle that nothing has is told', async () => {
    await expect(read({ result: 'run_9.9' })).rejects.toMatchObject({ code: 'no_such_result' });
  });
});
