import type { Account } from './account.ts';
import type { Lookup } from './wire/expand.ts';

/** Finds an account's objects by collection. `mayRead` throws where the asking key may not. */
export function lookupIn(account: Account, mayRead: (collection: string) => void = () => {}): Lookup {
  // What a connected account refers to (a transfer, an application fee) can be its platform's.
  const places = account.platform ? [account, account.platform] : [account];
  const find = (collection: string, id: string) => {
    mayRead(collection);
    for (const place of places) {
      const found = place.byName(collection)?.get(id);
      if (found) return found;
    }
    return undefined;
  };
  const by = (collection: string, index: string, key: string) => {
    mayRead(collection);
    return account.byName(collection)?.by(index, key) ?? [];
  };
  const alsoIn = (id: string) => {
    if (!account.platform) places.push(account.connected(id));
  };
  return Object.assign(find, { by, alsoIn });
}
