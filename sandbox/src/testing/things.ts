import type { CollectionSpec, Stored } from '../store/collection.ts';

/** What tests of the store keep: things that change, and news that hold one as it was. */
interface Thing extends Stored {
  readonly version: number;
}
interface News extends Stored {
  readonly about: object;
}
export const things: CollectionSpec<Thing> = { name: 'things', indexes: {} };
export const news: CollectionSpec<News> = {
  name: 'news',
  indexes: {},
  holds: { of: (one) => one.about, put: (one, about) => ({ ...one, about }) },
};
export const specs = new Map<string, CollectionSpec<Stored>>(
  [things, news].map((spec) => [spec.name, spec as unknown as CollectionSpec<Stored>]),
);
