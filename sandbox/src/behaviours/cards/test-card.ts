import type { Behaviour } from '../behaviour.ts';

/** One of Stripe's published test cards. https://docs.stripe.com/testing */
export interface TestCard {
  /** Null for a card that is published by name only; its number is then never shown but for the last four. */
  readonly number: string | null;
  readonly last4: string;
  /** What follows `pm_card_` or `tok_`. */
  readonly names: readonly string[];
  readonly brand: string;
  readonly funding: 'credit' | 'debit' | 'prepaid';
  readonly country: string;
  /** Networks the card can run on, its own first. */
  readonly networks: readonly string[];
  readonly behaviour: Behaviour;
}

type Facts = Partial<Pick<TestCard, 'brand' | 'funding' | 'country' | 'networks'>>;

/** A row of the table. `names` are separated by spaces; absent facts are those of a US Visa credit card. */
export function card(number: string, names = '', behaviour: Behaviour = {}, facts: Facts = {}): TestCard {
  return { ...named(names, behaviour, facts), number, last4: number.slice(-4) };
}

/** A card without a published number. */
export function unnumbered(names: string, last4: string, behaviour: Behaviour, facts: Facts = {}): TestCard {
  return { ...named(names, behaviour, facts), number: null, last4 };
}

function named(names: string, behaviour: Behaviour, facts: Facts) {
  const { brand = 'visa', funding = 'credit', country = 'US', networks = [brand] } = facts;
  return { names: names.split(' ').filter(Boolean), brand, funding, country, networks, behaviour };
}
