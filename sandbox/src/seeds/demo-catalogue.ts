import type { Person } from './demo-people.ts';
import type { Player } from './seed.ts';

type Currency = Person['currency'];
export const plans = ['starter', 'team', 'business'] as const;
export type Plan = (typeof plans)[number];
export type Cycle = 'monthly' | 'yearly';

/** Ids of what the demo business sells. */
export interface Catalogue {
  plan(plan: Plan, cycle: Cycle, currency: Currency): string;
  /** Ten thousand more events a month; bought in packs. */
  eventPack(currency: Currency): string;
  onboarding(currency: Currency): string;
  readonly coupons: { readonly launch: string; readonly welcome: string; readonly friends: string };
  readonly springCode: string;
}

const monthly: Readonly<Record<Plan, Readonly<Record<Currency, number>>>> = {
  starter: { usd: 2900, eur: 2700, gbp: 2300, jpy: 4200 },
  team: { usd: 9900, eur: 9200, gbp: 7900, jpy: 14_500 },
  business: { usd: 29_900, eur: 27_900, gbp: 23_900, jpy: 43_800 },
};
const packs: Readonly<Record<Currency, number>> = { usd: 1200, eur: 1100, gbp: 950, jpy: 1750 };
const setup: Readonly<Record<Currency, number>> = { usd: 50_000, eur: 46_000, gbp: 40_000, jpy: 73_000 };
const names: Readonly<Record<Plan, readonly [string, string]>> = {
  starter: ['Starter', 'For one person and their first project'],
  team: ['Team', 'For up to ten people, with shared dashboards'],
  business: ['Business', 'Unlimited people, single sign-on and priority support'],
};
const currencies = ['usd', 'eur', 'gbp', 'jpy'] as const;

/** Puts the products, prices and coupons of the demo business on sale. */
export function createCatalogue(play: Player): Catalogue {
  const prices = new Map<string, string>();

  function priced(key: string, product: string, amounts: Readonly<Record<Currency, number>>, cycle?: Cycle) {
    for (const currency of currencies) {
      const lookup = `${key}_${currency}`;
      const recurring = cycle && { interval: cycle === 'monthly' ? 'month' : 'year' };
      const { id } = play.post<{ id: string }>('/v1/prices', {
        product,
        currency,
        unit_amount: cycle === 'yearly' ? amounts[currency] * 10 : amounts[currency],
        lookup_key: lookup,
        nickname: `${key.replaceAll('_', ' ')} ${currency.toUpperCase()}`,
        recurring,
      });
      prices.set(lookup, id);
    }
  }

  for (const plan of plans) {
    const [name, description] = names[plan];
    const { id } = play.post<{ id: string }>('/v1/products', { name, description, metadata: { plan } });
    priced(`${plan}_monthly`, id, monthly[plan], 'monthly');
    priced(`${plan}_yearly`, id, monthly[plan], 'yearly');
  }
  const pack = play.post<{ id: string }>('/v1/products', {
    name: 'Event pack',
    description: 'Ten thousand more events a month',
    unit_label: 'pack',
  });
  priced('event_pack', pack.id, packs, 'monthly');
  const help = play.post<{ id: string }>('/v1/products', {
    name: 'Onboarding setup',
    description: 'Two sessions with an engineer and the import of existing data',
  });
  priced('onboarding', help.id, setup);

  const launch = coupon(play, {
    name: 'Launch offer',
    percent_off: 20,
    duration: 'repeating',
    duration_in_months: 3,
  });
  const welcome = coupon(play, { name: 'Welcome', percent_off: 50, duration: 'once' });
  const friends = coupon(play, { name: 'Friends and family', percent_off: 15, duration: 'forever' });
  const { id: springCode } = play.post<{ id: string }>('/v1/promotion_codes', {
    promotion: { type: 'coupon', coupon: launch },
    code: 'SPRING20',
  });
  const priceOf = (lookup: string) => prices.get(lookup) ?? '';
  return {
    plan: (plan, cycle, currency) => priceOf(`${plan}_${cycle}_${currency}`),
    eventPack: (currency) => priceOf(`event_pack_${currency}`),
    onboarding: (currency) => priceOf(`onboarding_${currency}`),
    coupons: { launch, welcome, friends },
    springCode,
  };
}

function coupon(
  play: Player,
  terms: { name: string; percent_off: number; duration: string; duration_in_months?: number },
): string {
  return play.post<{ id: string }>('/v1/coupons', terms).id;
}
