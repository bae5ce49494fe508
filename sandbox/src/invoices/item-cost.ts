import { money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import { amountOf } from '../prices/cost.ts';
import { inlinePrice, type linePriceData, oneTimePriceData } from '../prices/inline.ts';
import { type Price, prices, soldPrice } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';
import { decimal, integer, object, type Parsed, text } from '../wire/params.ts';
import type { LinePricing } from './invoice.ts';
import { pricingOf } from './lines.ts';

/** How an invoice item or a line says what it costs. */
export const costFields = {
  amount: integer(-999_999_999_999, 999_999_999_999),
  price_data: oneTimePriceData,
  pricing: object({ price: text() }),
  quantity: integer(0, 999_999_999),
  quantity_decimal: decimal(),
  unit_amount_decimal: decimal(),
} as const;
/** As requests give it; a line's `price_data` may describe the product too. */
export type CostParams = Omit<Parsed<typeof costFields>, 'price_data'> & {
  readonly price_data?: ReturnType<typeof linePriceData.parse>;
};

/** What an item costs and why; amounts are in minor units. */
export interface Cost {
  readonly amount: number;
  readonly pricing: LinePricing | null;
  /** The whole part of the quantity. */
  readonly quantity: number;
  readonly quantity_decimal: string;
}

/** The ways to name a cost that exclude each other, as Stripe names them in its refusal. */
const ways = ['amount', 'price_data', 'pricing', 'unit_amount_decimal'] as const;

/** The cost a request describes, undefined where it describes none. Throws Stripe's refusals. */
export function costFrom(
  account: Account,
  params: CostParams,
  currency: string,
  path = '',
): Cost | undefined {
  const at = (name: string) => (path === '' ? name : `${path}[${name}]`);
  const given = ways.filter((name) => params[name] !== undefined);
  const exclusive = given.length > 1 ? given : sharedWithQuantity(params);
  if (exclusive.length > 1)
    throw refused(
      at(exclusive[0] ?? ''),
      `You may only specify one of these parameters: ${exclusive.join(', ')}.`,
    );
  const quantity = quantityFrom(params, at);
  if (params.amount !== undefined) return flat(params.amount);
  if (params.unit_amount_decimal !== undefined)
    return {
      ...ofUnits(quantity),
      amount: timesQuantity(params.unit_amount_decimal, quantity, currency),
      pricing: null,
    };
  const price = priceFrom(account, params, at);
  return price && costOfPrice(account, price, quantity, currency);
}

/** The cost after a change: another quantity of the same, or something else. */
export function changedCost(
  account: Account,
  before: Cost,
  params: CostParams,
  currency: string,
  path = '',
): Cost {
  const { quantity_decimal: kept } = before;
  const asked = params.quantity ?? params.quantity_decimal;
  const repriced = costFrom(
    account,
    asked === undefined && params.amount === undefined ? { ...params, quantity_decimal: kept } : params,
    currency,
    path,
  );
  if (repriced || asked === undefined) return repriced ?? before;
  const quantity = String(asked);
  const price = before.pricing && soldPrice(account, before.pricing.price_details.price);
  if (price) return costOfPrice(account, price, quantity, currency);
  const { digits: now, places } = parts(quantity);
  const { digits: was, places: wasPlaces } = parts(kept);
  const share =
    was === 0n
      ? money(before.amount, currency)
      : scale(money(before.amount, currency), now * 10n ** wasPlaces, was * 10n ** places);
  return { ...ofUnits(quantity), amount: Number(share.minor), pricing: null };
}

function flat(amount: number): Cost {
  return { ...ofUnits('1'), amount, pricing: null };
}

function costOfPrice(account: Account, price: Price, quantity: string, currency: string): Cost {
  const pricing = pricingOf(account, price, currency);
  const whole = !quantity.includes('.');
  const amount =
    whole || pricing.unit_amount_decimal === null
      ? amountOf(account, price, Math.trunc(Number(quantity)), currency)
      : timesQuantity(pricing.unit_amount_decimal, quantity, currency);
  return { ...ofUnits(quantity), amount, pricing };
}

function ofUnits(quantity: string): Pick<Cost, 'quantity' | 'quantity_decimal'> {
  return { quantity: Math.trunc(Number(quantity)), quantity_decimal: quantity };
}

function sharedWithQuantity(params: CostParams): string[] {
  const quantities = (['quantity', 'quantity_decimal'] as const).filter((name) => params[name] !== undefined);
  return params.amount !== undefined && quantities.length > 0 ? ['amount', ...quantities] : quantities;
}

function quantityFrom(params: CostParams, at: (name: string) => string): string {
  const { quantity_decimal: exact, quantity = 1 } = params;
  if (exact === undefined) return String(quantity);
  if (exact.startsWith('-'))
    throw refused(at('quantity_decimal'), 'This value must be greater than or equal to 0.');
  return exact.includes('.') ? exact.replace(/\.?0+$/, '') : exact;
}

function priceFrom(
  account: Account,
  { price_data: data, pricing }: CostParams,
  at: (name: string) => string,
): Price | undefined {
  if (data) return inlinePrice(account, data, at('price_data'));
  if (pricing?.price === undefined) return undefined;
  const param = `${at('pricing')}[price]`;
  const price = referred(account, prices, 'price', pricing.price, param);
  if (price.type === 'recurring')
    throw refused(
      param,
      'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    );
  if (!price.active)
    throw refused(param, 'The price specified is inactive. This field only accepts active prices.');
  return price;
}

/** A unit amount times a quantity, both exact decimals, rounded once to minor units. */
export function timesQuantity(unit: string, quantity: string, currency: string): number {
  const { digits, places } = parts(unit);
  const { digits: times, places: timesPlaces } = parts(quantity);
  return Number(scale(money(digits, currency), times, 10n ** (places + timesPlaces)).minor);
}

function parts(decimalText: string): { digits: bigint; places: bigint } {
  const [whole = '0', fraction = ''] = decimalText.split('.');
  return { digits: BigInt(whole + fraction), places: BigInt(fraction.length) };
}
