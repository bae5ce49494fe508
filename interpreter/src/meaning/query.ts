import type { Period } from '../entities/entity.ts';

/** What is looked through for an answer. `fee` is what Stripe took, `hold` what is authorised and not yet captured. */
export type Kind =
  | 'charge'
  | 'invoice'
  | 'subscription'
  | 'refund'
  | 'dispute'
  | 'payout'
  | 'customer'
  | 'hold'
  | 'fee'
  | 'balance'
  | 'coupon';

/**
 * What is made of it: the rows themselves, how many there are, their sum or average, the first of them by amount, what
 * comes next, whether there are any, two times side by side, or the customers who have none.
 */
export type Measure = 'list' | 'count' | 'sum' | 'average' | 'rank' | 'next' | 'check' | 'compare' | 'absent';

/** A question about the account, typed: answered by listing and reckoning in code. Whose, when and how much stand in the slots. */
export interface Query {
  readonly of: Kind;
  readonly measure: Measure;
  /** Rows with the same of this count as one. */
  readonly by?: 'customer' | 'product' | 'month' | 'currency' | 'brand' | 'country';
  /** Only those in one of these states. */
  readonly states?: readonly string[];
  /** Lower-case ISO code. */
  readonly currency?: string;
  readonly brand?: string;
  /** ISO 3166-1 alpha-2, of the card. */
  readonly country?: string;
  /** Which end comes first. By default the most, or the newest. */
  readonly least?: boolean;
  /** Ranked by how often and not by how much. */
  readonly often?: boolean;
  /** How many are shown. */
  readonly limit?: number;
  /** A word that what it was for has to hold. */
  readonly about?: string;
  /** The other time, for `compare`. */
  readonly against?: Period;
  /** Amounts at the limit itself do not count: "over $100". */
  readonly strict?: boolean;
}
