import type { Account } from './account.ts';
import type { CollectionSpec } from './store/collection.ts';
import { accountVersion } from './wire/version.ts';

interface ChosenVersion {
  readonly id: 'default';
  readonly version: string;
}

export const chosenVersion: CollectionSpec<ChosenVersion> = { name: 'api_version', indexes: {} };

/** The API version of requests that name none, and of the account's events; a connected account has its platform's. */
export function versionOf(account: Account): string {
  return (account.platform ?? account).of(chosenVersion).get('default')?.version ?? accountVersion;
}

export function chooseVersion(account: Account, version: string): void {
  account.transact(() => account.of(chosenVersion).put({ id: 'default', version }));
}
