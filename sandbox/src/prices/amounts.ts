import { isCurrency } from '@purser/money';
import { refused } from '../resource.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import {
  boolean,
  decimal,
  either,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  type Param,
  type Parsed,
  required,
} from '../wire/params.ts';
import { decimalText, trillionths } from './decimal.ts';
import type { Price, Tier } from './price.ts';

/** Stripe's largest unit amount: 12 digits. */
export const unitAmountParam = integer(0, 999_999_999_999);
export const taxBehaviorParam = oneOf('exclusive', 'inclusive', 'unspecified');

const tierFields = {
  flat_amount: unitAmountParam,
  flat_amount_decimal: decimal(),
  unit_amount: unitAmountParam,
  unit_amount_decimal: decimal(),
  up_to: required(either((value) => value === 'inf', oneOf('inf'), integer(1))),
} as const;
type TierInput = Parsed<typeof tierFields>;
const customAmountFields = {
  enabled: required(boolean()),
  maximum: integer(1),
  minimum: integer(0),
  preset: integer(0),
} as const;

/** What a price costs, in its own currency and in each of its others. */
export const amountFields = {
  custom_unit_amount: object(customAmountFields),
  tiers: list(object(tierFields), 100),
  unit_amount: unitAmountParam,
  unit_amount_decimal: decimal(),
} as const;
export type AmountInput = Parsed<typeof amountFields>;

const currencyOptionFields = { ...amountFields, tax_behavior: taxBehaviorParam } as const;
export type CurrencyOptionInput = Parsed<typeof currencyOptionFields>;
export const currencyOptionsParam = currencyMap(object(currencyOptionFields));

/** A map from currencies to something. Throws Stripe's refusal of keys that are no lower-case currency. */
export function currencyMap<T>(inner: Param<T>): Param<Record<string, T>> & { readonly required: false } {
  const map = mapOf(inner);
  return {
    required: false,
    parse(value, path, version) {
      if (typeof value === 'object' && !Array.isArray(value)) Object.keys(value).forEach(checkKey);
      return map.parse(value, path, version);
    },
  };
}

function checkKey(key: string): void {
  const code = key.toLowerCase();
  if (!isCurrency(code))
    throw invalidRequest(
      `Invalid currency: ${key}. Stripe currently supports these currencies: usd, aed, aud, brl, cad, chf, eur, gbp, jpy, and others.`,
    );
  if (code !== key)
    throw invalidRequest(
      `Currencies must be lowercase when used as keys in a map. Use \`${code}\` instead of \`${key}\`.`,
    );
}

/** The amounts of a price in one currency. */
export interface Amounts {
  readonly custom_unit_amount: Price['custom_unit_amount'];
  readonly unit_amount: number | null;
  readonly unit_amount_decimal: string | null;
  /** Null unless the price is tiered. */
  readonly tiers: readonly Tier[] | null;
}

/** Reads what a price costs in one currency. Throws Stripe's refusals; `path` leads to the parameters: `currency_options[eur]`. */
export function amountsOf(input: AmountInput, tiered: boolean, path = ''): Amounts {
  const at = (name: string) => (path === '' ? name : `${path}[${name}]`);
  onlyOne(input, ['custom_unit_amount', 'tiers', 'unit_amount', 'unit_amount_decimal'], at);
  if (tiered) {
    if (!input.tiers) throw missingParam(at('tiers'));
    const tiers = checkedTiers(input.tiers, at('tiers'));
    return { custom_unit_amount: null, unit_amount: null, unit_amount_decimal: null, tiers };
  }
  if (input.tiers)
    throw refused(at('tiers'), 'The `tiers` parameter requires `billing_scheme` to be set to `tiered`.');
  if (input.custom_unit_amount) {
    const custom = checkedCustom(input.custom_unit_amount, at('custom_unit_amount'));
    return { custom_unit_amount: custom, unit_amount: null, unit_amount_decimal: null, tiers: null };
  }
  const amount = exactAmount(input.unit_amount, input.unit_amount_decimal, at('unit_amount_decimal'));
  if (!amount)
    throw invalidRequest('Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.');
  const { whole: unit_amount, text: unit_amount_decimal } = amount;
  return { custom_unit_amount: null, unit_amount, unit_amount_decimal, tiers: null };
}

/** Throws Stripe's refusal of parameters that exclude each other. */
export function onlyOne(input: object, names: readonly string[], at = (name: string) => name): void {
  const given = names.filter((name) => name in input && input[name as keyof typeof input] !== undefined);
  const [first] = given;
  if (first === undefined || given.length === 1) return;
  throw refused(at(first), `You may only specify one of these parameters: ${given.join(', ')}.`);
}

/** An amount in both of Stripe's forms: text, and a whole number of minor units where it is one. */
function exactAmount(
  whole: number | undefined,
  text: string | undefined,
  path: string,
): { readonly whole: number | null; readonly text: string } | null {
  if (whole !== undefined) return { whole, text: String(whole) };
  if (text === undefined) return null;
  if (text.startsWith('-')) throw refused(path, 'This value must be greater than or equal to 0.');
  const shortest = decimalText(trillionths(text));
  return { whole: shortest.includes('.') ? null : Number(shortest), text: shortest };
}

function checkedTiers(given: readonly TierInput[], path: string): Tier[] {
  if (given.length === 0) throw missingParam(path);
  let last = 0;
  return given.map((tier, at) => {
    const isLast = at === given.length - 1;
    if (isLast !== (tier.up_to === 'inf'))
      throw refused(
        `${path}[${at}][up_to]`,
        isLast
          ? 'The last tier must have `up_to` set to `inf`.'
          : 'Only the last tier can have `up_to` set to `inf`.',
      );
    if (tier.up_to !== 'inf' && tier.up_to <= last)
      throw refused(
        `${path}[${at}][up_to]`,
        'Tiers must be in ascending order: each `up_to` must be greater than the one before it.',
      );
    if (tier.up_to !== 'inf') last = tier.up_to;
    return tierOf(tier, `${path}[${at}]`);
  });
}

function tierOf(given: TierInput, path: string): Tier {
  const at = (name: string) => `${path}[${name}]`;
  onlyOne(given, ['flat_amount', 'flat_amount_decimal'], at);
  onlyOne(given, ['unit_amount', 'unit_amount_decimal'], at);
  const flat = exactAmount(given.flat_amount, given.flat_amount_decimal, at('flat_amount_decimal'));
  const unit = exactAmount(given.unit_amount, given.unit_amount_decimal, at('unit_amount_decimal'));
  if (!flat && !unit) throw refused('tiers', 'An entry in the tiers array is missing an amount.');
  if (flat && flat.whole === null)
    throw refused(at('flat_amount_decimal'), 'Invalid flat_amount_decimal: must be a whole number.');
  return {
    flat_amount: flat?.whole ?? null,
    flat_amount_decimal: flat?.text ?? null,
    unit_amount: unit?.whole ?? null,
    unit_amount_decimal: unit?.text ?? null,
    up_to: given.up_to === 'inf' ? null : given.up_to,
  };
}

function checkedCustom(given: Parsed<typeof customAmountFields>, path: string): Price['custom_unit_amount'] {
  const { enabled, maximum, minimum, preset } = given;
  const least = minimum ?? 0;
  const most = maximum ?? Number.MAX_SAFE_INTEGER;
  if (!enabled) throw refused(`${path}[enabled]`, 'Pass in `true` to enable, otherwise omit the parameter.');
  if (most < least)
    throw refused(`${path}[maximum]`, 'The maximum must be greater than or equal to the minimum.');
  if (preset !== undefined && (preset < least || preset > most))
    throw refused(`${path}[preset]`, 'The preset must be between the minimum and the maximum.');
  return { maximum: maximum ?? null, minimum: minimum ?? null, preset: preset ?? null };
}
