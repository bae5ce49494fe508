import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create, emit, update } from '../events.ts';
import { newId } from '../ids.ts';
import { usableMeter } from '../meters/meter.ts';
import { refused } from '../resource.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import {
  applyMetadata,
  integer,
  type MetadataChange,
  oneOf,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { type AmountInput, type Amounts, amountsOf, type CurrencyOptionInput, onlyOne } from './amounts.ts';
import { planOf } from './plan.ts';
import { type CurrencyOption, type Price, priceCurrencies, prices, priceTiers } from './price.ts';

export const recurringFields = {
  interval: required(oneOf('month', 'year', 'week', 'day')),
  interval_count: integer(1, 1095),
  meter: text(),
  trial_period_days: integer(0, 730),
  usage_type: oneOf('licensed', 'metered'),
} as const;
type RecurringInput = Parsed<typeof recurringFields>;

/** What it takes to make a price, as endpoints and other resources ask for it. */
export interface PriceInput extends AmountInput {
  readonly active?: boolean;
  readonly billing_scheme?: 'per_unit' | 'tiered';
  readonly currency: string;
  readonly currency_options?: Readonly<Record<string, CurrencyOptionInput>>;
  /** Absent: a new one. Plans can be named by their makers. */
  readonly id?: string;
  readonly lookup_key?: string;
  readonly metadata?: MetadataChange;
  readonly nickname?: string;
  readonly product: string;
  readonly recurring?: RecurringInput;
  readonly tax_behavior?: 'exclusive' | 'inclusive' | 'unspecified';
  readonly tiers_mode?: 'graduated' | 'volume';
  readonly transfer_lookup_key?: boolean;
  readonly transform_quantity?: { readonly divide_by: number; readonly round: 'down' | 'up' };
}

export function newPriceId(): string {
  return newId('price', 24);
}

/** Makes a price of an existing product. Throws Stripe's refusals of amounts, tiers and intervals that cannot be. */
export function createPrice(account: Account, input: PriceInput): Price {
  const tiered = input.billing_scheme === 'tiered';
  checkScheme(input, tiered);
  const { tiers, ...amounts } = amountsOf(input, tiered);
  const recurring = input.recurring ? recurringOf(account, input.recurring) : null;
  if (input.lookup_key !== undefined)
    freeLookupKey(account, input.lookup_key, input.transfer_lookup_key ?? false);
  const price: Price = {
    id: input.id ?? newPriceId(),
    object: 'price',
    active: input.active ?? true,
    billing_scheme: input.billing_scheme ?? 'per_unit',
    created: account.now(),
    currency: input.currency,
    livemode: account.livemode,
    lookup_key: input.lookup_key ?? null,
    metadata: applyMetadata({}, input.metadata),
    nickname: input.nickname ?? null,
    product: input.product,
    recurring,
    tax_behavior: input.tax_behavior ?? 'unspecified',
    tiers_mode: input.tiers_mode ?? null,
    transform_quantity: input.transform_quantity ?? null,
    type: recurring ? 'recurring' : 'one_time',
    ...amounts,
  };
  if (tiers) account.of(priceTiers).put({ id: price.id, tiers: { [price.currency]: tiers } });
  if (input.currency_options) setCurrencies(account, price, input.currency_options);
  if (recurring) emit(account, 'plan.created', planOf(price));
  return create(account, prices, price, 'price.created');
}

function checkScheme(input: PriceInput, tiered: boolean): void {
  onlyOne(input, ['tiers', 'transform_quantity']);
  if (input.custom_unit_amount && input.recurring)
    throw refused(
      'custom_unit_amount',
      'The `custom_unit_amount` parameter is only supported for prices with `type=one_time`.',
    );
  if (!tiered && input.tiers_mode !== undefined)
    throw refused(
      'tiers_mode',
      'The `tiers_mode` parameter requires `billing_scheme` to be set to `tiered`.',
    );
  if (!tiered) return;
  if (!input.recurring)
    throw refused('interval', 'Prices with `type=one_time` are not supported with tiered billing.');
  if (input.tiers_mode === undefined) throw missingParam('tiers_mode');
}

const longest = {
  day: { count: 1095, word: 'daily' },
  week: { count: 156, word: 'weekly' },
  month: { count: 36, word: 'monthly' },
  year: { count: 3, word: 'yearly' },
} as const;

function recurringOf(account: Account, given: RecurringInput): Wire<Stripe.Price.Recurring> {
  const { interval, interval_count = 1, meter, trial_period_days, usage_type = 'licensed' } = given;
  const { count, word } = longest[interval];
  if (interval_count > count)
    throw refused(
      'recurring[interval_count]',
      `The interval_count for ${word} prices can't be greater than ${count}`,
    );
  if (usage_type === 'metered') {
    if (meter === undefined)
      throw invalidRequest(
        'Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.',
      );
    usableMeter(account, meter, 'recurring[meter]');
  }
  if (usage_type === 'licensed' && meter !== undefined)
    throw refused(
      'recurring[meter]',
      'You can only specify `recurring[meter]` for prices with `recurring[usage_type]` set to `metered`.',
    );
  return {
    interval,
    interval_count,
    meter: meter ?? null,
    trial_period_days: trial_period_days ?? null,
    usage_type,
  };
}

/** Makes a lookup key free to use, or throws Stripe's refusal when it is taken. */
export function freeLookupKey(account: Account, key: string, transfer: boolean): void {
  const holder = account.of(prices).newestBy('lookup_key', key);
  if (!holder) return;
  if (!transfer) throw refused('lookup_key', `A price (\`${holder.id}\`) already uses that lookup key.`);
  update(account, prices, { ...holder, lookup_key: null }, 'price.updated');
}

/** Adds or replaces amounts in further currencies. */
export function setCurrencies(
  account: Account,
  price: Price,
  given: Readonly<Record<string, CurrencyOptionInput>>,
): void {
  const tiered = price.billing_scheme === 'tiered';
  const own = account.of(priceTiers).get(price.id)?.tiers ?? {};
  const options: Record<string, CurrencyOption> = { ...account.of(priceCurrencies).get(price.id)?.options };
  const tiersBy = { ...own };
  for (const [currency, option] of Object.entries(given)) {
    const path = `currency_options[${currency}]`;
    if (currency === price.currency)
      throw refused(
        path,
        `The price's own currency, \`${currency}\`, cannot be specified in \`currency_options\`.`,
      );
    const { tiers, ...amounts } = amountsOf(option, tiered, path);
    if (tiers) {
      checkSameTiers(own[price.currency] ?? [], tiers, path);
      tiersBy[currency] = tiers;
    }
    const tax_behavior = option.tax_behavior ?? options[currency]?.tax_behavior ?? 'unspecified';
    options[currency] = { ...amounts, tax_behavior };
  }
  account.of(priceCurrencies).put({ id: price.id, options });
  if (tiered) account.of(priceTiers).put({ id: price.id, tiers: tiersBy });
}

function checkSameTiers(own: NonNullable<Amounts['tiers']>, other: typeof own, path: string): void {
  const ends = (tiers: typeof own) => tiers.map((tier) => tier.up_to).join();
  if (ends(own) !== ends(other))
    throw refused(
      `${path}[tiers]`,
      "The tiers of every currency must have the same `up_to` values as the price's.",
    );
}
