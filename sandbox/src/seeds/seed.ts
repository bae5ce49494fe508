import type { Account } from '../account.ts';
import type { CollectionSpec } from '../store/collection.ts';

/** Fills an empty account. `play` calls endpoints in process; time is moved with the account's `hold` and `advanceTo`. */
export type Seed = (account: Account, play: Player) => void | Promise<void>;

/** Calls endpoints of the sandbox without HTTP: same checks, same rules. Throws StripeFault as a request would fail. */
export interface Player {
  get<T>(path: string, params?: PlayerParams): T;
  post<T>(path: string, params?: PlayerParams): T;
  delete<T>(path: string, params?: PlayerParams): T;
}
export interface PlayerParams {
  readonly [name: string]: string | number | boolean | readonly PlayerParam[] | PlayerParams | undefined;
}
export type PlayerParam = string | number | boolean | PlayerParams;

/** Says that an account has been seeded to the end; without it a half-played seed starts over. */
export interface SeedMark {
  readonly id: 'seed';
  readonly name: string;
}
export const seedMarks: CollectionSpec<SeedMark> = { name: 'seed_marks', indexes: {} };
