import type Stripe from 'stripe';
import { day } from '../clock.ts';
import { given, refused } from '../resource.ts';
import {
  emptyable,
  integer,
  list,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Category, controlledCategory } from './categories.ts';

/** Rules about what a card or a cardholder may spend. */
export type SpendingControls = Wire<Stripe.Issuing.Card.SpendingControls>;
type SpendingLimit = NonNullable<SpendingControls['spending_limits']>[number];
export type CardPresence = NonNullable<SpendingControls['allowed_card_presences']>[number];

const categories = list(controlledCategory());
const countries = list(text(2));
const presences = list(oneOf('not_present', 'present'));
const fields = {
  allowed_card_presences: emptyable(presences),
  allowed_categories: emptyable(categories),
  allowed_merchant_countries: emptyable(countries),
  blocked_card_presences: emptyable(presences),
  blocked_categories: emptyable(categories),
  blocked_merchant_countries: emptyable(countries),
  spending_limits: emptyable(
    list(
      object({
        amount: required(integer(0)),
        categories,
        interval: required(oneOf('all_time', 'daily', 'monthly', 'per_authorization', 'weekly', 'yearly')),
      }),
      500,
    ),
  ),
} as const;

/** `spending_controls` of a card, whose limits are in the card's currency. */
export const cardControls = object(fields);
/** `spending_controls` of a cardholder. */
export const cardholderControls = object({ ...fields, spending_limits_currency: unsettableText(3) });

type ControlsChange = Partial<Parsed<typeof fields>> & { readonly spending_limits_currency?: string | null };

const none: SpendingControls = {
  allowed_card_presences: null,
  allowed_categories: null,
  allowed_merchant_countries: null,
  blocked_card_presences: null,
  blocked_categories: null,
  blocked_merchant_countries: null,
  spending_limits: [],
  spending_limits_currency: null,
};

/** What a cardholder starts with: nothing is forbidden. */
export const noControls: SpendingControls = {
  ...none,
  allowed_categories: [],
  allowed_merchant_countries: [],
  blocked_categories: [],
  blocked_merchant_countries: [],
};

/** What a card starts with: 500 a day, until limits of its own are set. */
export function standardControls(currency: string): SpendingControls {
  return {
    ...none,
    spending_limits: [{ amount: 50_000, categories: [], interval: 'daily' }],
    spending_limits_currency: currency,
  };
}

/** Controls after a change. Throws Stripe's refusal of what excludes each other. */
export function controlsAfter(
  before: SpendingControls,
  change: ControlsChange | undefined,
  currency: string | null,
): SpendingControls {
  if (!change) return before;
  const { spending_limits: limits, spending_limits_currency: named, ...rest } = change;
  const after: SpendingControls = {
    ...before,
    ...given(rest),
    ...(limits === undefined
      ? {}
      : {
          spending_limits: (limits ?? []).map((limit) => ({ ...limit, categories: limit.categories ?? [] })),
        }),
    ...(named === undefined ? {} : { spending_limits_currency: named?.toLowerCase() ?? null }),
  };
  for (const part of ['card_presences', 'categories', 'merchant_countries'] as const)
    if (after[`allowed_${part}`]?.length && after[`blocked_${part}`]?.length)
      throw refused(
        `spending_controls[allowed_${part}]`,
        `You may only specify one of these parameters: allowed_${part}, blocked_${part}.`,
      );
  const isLimited = (after.spending_limits ?? []).length > 0;
  return {
    ...after,
    spending_limits_currency: isLimited ? (after.spending_limits_currency ?? currency) : null,
  };
}

/** A purchase that somebody tries to make, or made. */
export interface Spending {
  readonly amount: number;
  readonly category: string;
  /** Seconds since 1970. */
  readonly created: number;
}

interface Attempt extends Spending {
  readonly country: string | null;
  readonly presence: CardPresence;
  /** What the same authorization was approved for before. */
  readonly already: number;
}

/** Whether controls let an attempt through. `spent` answers what was spent before, since a time (seconds since 1970). */
export function allows(
  controls: SpendingControls,
  attempt: Attempt,
  spent: (since: number) => Iterable<Spending>,
): boolean {
  const { category, country, created, presence } = attempt;
  const passes =
    isListed(controls.allowed_categories, category) &&
    !isBlocked(controls.blocked_categories, category) &&
    isListed(controls.allowed_merchant_countries, country) &&
    !isBlocked(controls.blocked_merchant_countries, country) &&
    isListed(controls.allowed_card_presences, presence) &&
    !isBlocked(controls.blocked_card_presences, presence);
  return (
    passes &&
    (controls.spending_limits ?? []).every((limit) => {
      if (!isAbout(limit, category)) return true;
      const since = startOf(limit.interval, created);
      if (since === null) return attempt.already + attempt.amount <= limit.amount;
      let sum = attempt.amount;
      for (const before of spent(since)) if (isAbout(limit, before.category)) sum += before.amount;
      return sum <= limit.amount;
    })
  );
}

function isListed(allowed: readonly string[] | null, word: string | null): boolean {
  return !allowed || allowed.length === 0 || (word !== null && allowed.includes(word));
}

function isBlocked(blocked: readonly string[] | null, word: string | null): boolean {
  return word !== null && (blocked ?? []).includes(word);
}

function isAbout(limit: SpendingLimit, category: string): boolean {
  const named: readonly (Category | string)[] = limit.categories ?? [];
  return named.length === 0 || named.includes(category);
}

/** When the interval began that a time is in, in UTC, weeks on Sundays; null for an authorization by itself. */
function startOf(interval: SpendingLimit['interval'], at: number): number | null {
  const date = new Date(at * 1000);
  const midnight = Math.floor(at / day) * day;
  switch (interval) {
    case 'per_authorization':
      return null;
    case 'daily':
      return midnight;
    case 'weekly':
      return midnight - date.getUTCDay() * day;
    case 'monthly':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) / 1000;
    case 'yearly':
      return Date.UTC(date.getUTCFullYear(), 0) / 1000;
    case 'all_time':
      return 0;
  }
}
