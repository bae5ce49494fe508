import type { Account } from './account.ts';
import type { Lookup } from './wire/expand.ts';

/** Finds an account's objects by collection. `mayRead` throws where the asking key may not. */
export function lookupIn(account: Account, mayRead: (collection: string) => void = () => {}): Lookup {
  const find = (collection: string, id: string) => {
    mayRead(collection);
    return account.byName(collection)?.get(id);
  };
  const by = (collection: string, index: string, key: string) => {
    mayRead(collection);
    return account.byName(collection)?.by(index, key) ?? [];
  };
  return Object.assign(find, { by });
}
