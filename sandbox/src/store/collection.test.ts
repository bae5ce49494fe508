import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from '../wire/pages.ts';
import { inRange } from '../wire/params.ts';
import type { CollectionSpec } from './collection.ts';
import { forgetfulJournal } from './journal.ts';
import { openState } from './state.ts';

type Thing =
  | { readonly id: string; readonly created: number; readonly colour: string }
  | { readonly id: string; readonly deleted: true };
const things: CollectionSpec<Thing, 'colour'> = {
  name: 'things',
  indexes: { colour: (thing) => ('deleted' in thing ? null : thing.colour) },
};

const bound = fc.option(fc.integer({ min: -1, max: 30 }), { nil: undefined });
const range = fc.record({ gt: bound, gte: bound, lt: bound, lte: bound }).map((bounds) => {
  const given = Object.entries(bounds).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { gt?: number; gte?: number; lt?: number; lte?: number };
});
/** Seconds between one creation and the next; now and then back, as on test clocks. */
const step = (back: boolean) => fc.integer({ min: back ? -3 : 0, max: 3 });
const history = (back: boolean) =>
  fc.array(
    fc.record({
      step: step(back),
      colour: fc.constantFrom('red', 'blue'),
      fate: fc.constantFrom('stays', 'changes', 'is deleted', 'is gone', 'is taken back'),
    }),
    { maxLength: 25 },
  );

test.each([
  ['in order', false],
  ['out of order', true],
])('a range of times finds what a look at everything finds, for times %s', (_, back) => {
  fc.assert(
    fc.property(history(back), range, fc.nat(24), fc.boolean(), (steps, created, cursor, isRed) => {
      const state = openState({
        specs: new Map([[things.name, things as never]]),
        journal: forgetfulJournal,
        keepsAfter: () => false,
      });
      const all = state.of(things);
      let now = 10;
      const act = (change: () => void) => state.transact(change);
      for (const [at, { step, colour, fate }] of steps.entries()) {
        now += step;
        const thing = { id: `t${at}`, created: now, colour };
        act(() => all.put(thing));
        if (fate === 'changes') act(() => all.put({ ...thing, colour: 'blue' }));
        if (fate === 'is deleted') act(() => all.put({ id: thing.id, deleted: true }));
        if (fate === 'is gone') act(() => all.delete(thing.id));
        if (fate === 'is taken back') state.imagine(() => all.delete(thing.id));
      }
      const filter = isRed ? { index: 'colour', key: 'red' } : {};
      const oldest = [...all.oldestFirst(filter)].filter(
        (thing) => !('deleted' in thing) && inRange(thing.created, created),
      );
      const page = (more: object) => pageOf(all, '/', { created, limit: 100, ...more }, filter).data;
      expect(page({})).toEqual(oldest.toReversed());
      const id = `t${cursor}`;
      const place = all.positionOf(id);
      if (place === undefined) return;
      const newer = oldest.filter((thing) => (all.positionOf(thing.id) ?? 0) > place);
      const older = oldest.filter((thing) => (all.positionOf(thing.id) ?? 0) < place);
      expect(page({ starting_after: id })).toEqual(older.toReversed());
      expect(page({ ending_before: id })).toEqual(newer.toReversed());
    }),
    { numRuns: 300 },
  );
});
