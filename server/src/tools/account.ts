import type { Mode } from '../database/schema.ts';

/** Stripe's two worlds: nothing in `test` moves real money. Fixed when a connection is made. */
export type { Mode };

/** The account behind a connection, as people know it. `name` is the id where the key may not read the account. */
export interface Account {
  /** `acct_…` */
  id: string;
  name: string;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
  /** Lower-case ISO 4217. */
  defaultCurrency: string | null;
  /** IANA name, where the account says: days and periods are meant in it. */
  timeZone?: string;
  /** The Connect platform whose key acts for this account; absent where the key is the account's own. */
  platform?: { id: string; name: string };
}
