import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CollectionSpec, Stored } from './collection.ts';
import type { Journal } from './journal.ts';
import type { JournalLine } from './lines.ts';
import { openState, type State } from './state.ts';

interface Thing extends Stored {
  readonly colour: string | null;
}
const things: CollectionSpec<Thing, 'colour'> = {
  name: 'things',
  indexes: { colour: (thing) => thing.colour },
};
const specs = new Map([[things.name, things as unknown as CollectionSpec<Stored>]]);

function memoryJournal(): Journal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    load: () => lines.map((line) => JSON.parse(line) as JournalLine),
    append: (line) => void lines.push(line),
    flush: () => Promise.resolve(),
    isStuck: false,
    compact: async (fresh) => void lines.splice(0, lines.length, ...fresh),
    rest: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

const open = (journal: Journal): State => openState({ specs, journal, keepsAfter: () => false });
const all = (state: State) => [...state.of(things).oldestFirst()];

/** What a plain Map would hold, with the look-ups done the slow way. */
function expectSame(state: State, model: ReadonlyMap<string, Thing>): void {
  expect(all(state)).toEqual([...model.values()]);
  for (const colour of ['red', 'blue']) {
    const slow = [...model.values()].filter((thing) => thing.colour === colour).reverse();
    expect(state.of(things).by('colour', colour)).toEqual(slow);
  }
}

const action = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  colour: fc.constantFrom('red', 'blue', null),
  remove: fc.boolean(),
});
const act = (state: State) => (step: Thing & { readonly remove: boolean }) => {
  const { remove, ...thing } = step;
  if (remove) state.of(things).delete(thing.id);
  else state.of(things).put(thing);
};
const transaction = fc.record({
  actions: fc.array(action, { maxLength: 6 }),
  imagined: fc.array(action, { maxLength: 4 }),
  fails: fc.boolean(),
});

test('collections, indexes, roll-back and journal agree with a plain map', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(transaction, { maxLength: 20 }), async (history) => {
      const journal = memoryJournal();
      const state = open(journal);
      let model = new Map<string, Thing>();
      for (const { actions, imagined, fails } of history) {
        const next = new Map(model);
        try {
          state.transact(() => {
            for (const { id, colour, remove } of actions) {
              act(state)({ id, colour, remove });
              if (remove) next.delete(id);
              else next.set(id, { id, colour });
            }
            state.imagine(() => imagined.forEach(act(state)));
            if (fails) throw new Error('told to fail');
          });
          model = next;
        } catch {
          // Rolled back: the model stays.
        }
        expectSame(state, model);
      }
      expect(new Set(all(open(journal)))).toEqual(new Set(model.values()));
      await state.clear([]);
      expect(all(open(journal))).toEqual([]);
    }),
  );
});

test('order and indexes follow creation, whatever is updated or removed', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const state = open(memoryJournal());
      const model = new Map<string, Thing>();
      for (const { id, colour, remove } of actions) {
        state.transact(() => act(state)({ id, colour, remove }));
        if (remove) model.delete(id);
        else model.set(id, { id, colour });
        expectSame(state, model);
      }
    }),
  );
});

test('a change outside a transaction is a mistake', () => {
  const state = open(memoryJournal());
  expect(() => state.of(things).put({ id: 'a', colour: null })).toThrow(/outside a transaction/);
});
