import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { create, emit, update } from './events.ts';
import { randomText } from './ids.ts';
import { currencyMap, onlyOne } from './prices/amounts.ts';
import { priceCurrency } from './prices/price.ts';
import { products } from './product-store.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { invalidRequest } from './wire/errors.ts';
import type { Expansion } from './wire/expand.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  decimal,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

export type Coupon = Wire<Stripe.Coupon>;
export const coupons: CollectionSpec<Coupon> = { name: 'coupons', indexes: {} };
/** What deleted coupons were: the discounts they gave go on, and their ids stay taken. */
const deletedCoupons: CollectionSpec<Coupon> = { name: 'deleted_coupons', indexes: {} };

/** What a coupon shows only when asked. */
interface CouponTerms {
  /** The coupon's id. */
  readonly id: string;
  readonly applies_to: Wire<Stripe.Coupon.AppliesTo> | null;
  readonly currency_options: Readonly<Record<string, Wire<Stripe.Coupon.CurrencyOptions>>>;
}
const couponTerms: CollectionSpec<CouponTerms> = { name: 'coupon_terms', indexes: {} };

/** A job that looks at a coupon when the time to redeem it is over. */
const redeemByJob = 'coupon.redeem_by';

/** The coupon a parameter names, whether or not it can still be redeemed. Throws Stripe's 400 when there is none. */
export function existingCoupon(account: Account, id: string, param = 'coupon'): Coupon {
  return referred(account, coupons, 'coupon', id, param);
}

/** All that a coupon says, hidden terms included, even after it was deleted. */
export function couponAtWork(account: Account, id: string): Coupon | undefined {
  const coupon = account.of(coupons).get(id) ?? account.of(deletedCoupons).get(id);
  if (!coupon) return undefined;
  const { applies_to, currency_options } = account.of(couponTerms).get(id) ?? {};
  return {
    ...coupon,
    ...(applies_to ? { applies_to } : {}),
    ...(currency_options ? { currency_options } : {}),
  };
}

/** Whether a coupon can be redeemed at `now` (seconds). */
export function isRedeemable(coupon: Coupon, now: number): boolean {
  if (coupon.redeem_by !== null && coupon.redeem_by <= now) return false;
  return coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions;
}

/** Counts a redemption. Throws Stripe's 400 `coupon_expired` when it was used up or its time is over. */
export function redeemCoupon(account: Account, id: string, param: string): Coupon {
  const coupon = existingCoupon(account, id, param);
  if (!isRedeemable(coupon, account.now())) throw refused(param, `Coupon expired: ${id}`, 'coupon_expired');
  return countRedemption(account, coupon);
}

/** Counts a redemption that was agreed on before. */
export function countRedemption(account: Account, coupon: Coupon): Coupon {
  const redeemed = { ...coupon, times_redeemed: coupon.times_redeemed + 1 };
  const next = { ...redeemed, valid: isRedeemable(redeemed, account.now()) };
  update(account, coupons, next, 'coupon.updated');
  return next;
}

const amountOff = integer(1, 999_999_999_999);
const currencyOptions = currencyMap(object({ amount_off: required(amountOff) }));
const createParams = {
  amount_off: amountOff,
  applies_to: object({ products: list(text(), 100) }),
  currency: priceCurrency,
  currency_options: currencyOptions,
  duration: oneOf('forever', 'once', 'repeating'),
  duration_in_months: integer(1, 1200),
  id: text(200),
  max_redemptions: integer(1, 2_147_483_647),
  metadata: metadata(),
  name: text(40),
  percent_off: decimal(),
  redeem_by: integer(),
} as const;
const updateParams = { currency_options: currencyOptions, metadata: metadata(), name: text(40) } as const;

function make({ account, params: given }: Call<Parsed<typeof createParams>>): Coupon {
  const id = given.id ?? randomText(8);
  if (account.of(coupons).get(id) ?? account.of(deletedCoupons).get(id))
    throw refused('id', 'Coupon already exists.', 'resource_already_exists');
  const reduction = reductionFrom(given);
  const only = given.applies_to?.products;
  for (const product of only ?? []) referred(account, products, 'product', product, 'applies_to[products]');
  account.of(couponTerms).put({
    id,
    applies_to: only ? { products: only } : null,
    currency_options: given.currency_options ?? {},
  });
  if (given.redeem_by !== undefined) {
    futureTime(given.redeem_by, account.now(), 'redeem_by');
    account.schedule(given.redeem_by, redeemByJob, id);
  }
  const coupon: Coupon = {
    id,
    object: 'coupon',
    ...reduction,
    created: account.now(),
    ...durationOf(given),
    livemode: account.livemode,
    max_redemptions: given.max_redemptions ?? null,
    metadata: applyMetadata({}, given.metadata),
    name: given.name ?? null,
    redeem_by: given.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  };
  return create(account, coupons, coupon, 'coupon.created');
}

function reductionFrom(given: Parsed<typeof createParams>) {
  const { amount_off: amount, percent_off: percent, currency } = given;
  if (amount === undefined && percent === undefined)
    throw invalidRequest('Must provide percent_off or amount_off.', { code: 'parameter_missing' });
  if (amount !== undefined && percent !== undefined)
    throw invalidRequest('Received both percent_off and amount_off parameters. Please pass in only one.');
  onlyOne(given, ['currency_options', 'percent_off']);
  if (percent !== undefined) return { amount_off: null, currency: null, percent_off: percentage(percent) };
  if (currency === undefined) throw refused('currency', 'You must pass currency when passing amount_off');
  return { amount_off: amount ?? null, currency, percent_off: null };
}

function percentage(text: string): number {
  const share = Number(text);
  const shown = Number.isInteger(share) ? `${share}.0` : `${share}`;
  if (share < 0.01)
    throw refused(
      'percent_off',
      `This value must be greater than or equal to 0.01 (it currently is '${shown}').`,
    );
  if (share > 100)
    throw refused(
      'percent_off',
      `This value must be less than or equal to 100 (it currently is '${shown}').`,
    );
  return share;
}

function durationOf(given: Parsed<typeof createParams>) {
  const { duration = 'once', duration_in_months: months } = given;
  if (duration === 'repeating' && months === undefined)
    throw refused(
      'duration',
      'The duration_in_months param must be set when creating a coupon with a repeating duration',
    );
  if (duration !== 'repeating' && months !== undefined)
    throw refused(
      'duration_in_months',
      'The duration_in_months param can only be set when creating a coupon with a repeating duration',
    );
  return { duration, duration_in_months: months ?? null };
}

/** Throws Stripe's refusal of a moment (seconds) that is over. */
export function futureTime(at: number, now: number, param: string): void {
  if (at <= now)
    throw refused(
      param,
      `The parameter \`${param}\` expects a unix timestamp representing a date and time in the future. You specified the value \`${at}\` which is in the past.`,
    );
}

function existing(call: Call<unknown>): Coupon {
  return found(call, coupons, 'coupon', 'coupon');
}

function change(call: Call<Parsed<typeof updateParams>>): Coupon {
  const { account, params } = call;
  const coupon = existing(call);
  const terms = account.of(couponTerms).get(coupon.id);
  if (params.currency_options) {
    if (coupon.percent_off !== null)
      throw refused('currency_options', 'A coupon with percent_off cannot have currency_options.');
    const currency_options = { ...terms?.currency_options, ...params.currency_options };
    account.of(couponTerms).put({ id: coupon.id, applies_to: null, ...terms, currency_options });
  }
  const { name = coupon.name, metadata: meta } = params;
  const next = { ...coupon, name, metadata: applyMetadata(coupon.metadata ?? {}, meta) };
  return update(account, coupons, next, 'coupon.updated');
}

/** Takes a coupon away; the discounts it gave go on. */
function remove(call: Call<unknown>): Stripe.DeletedCoupon {
  const { account } = call;
  const coupon = existing(call);
  const ended = { ...coupon, valid: false };
  account.of(coupons).delete(coupon.id);
  account.of(deletedCoupons).put(ended);
  emit(account, 'coupon.deleted', ended);
  return { id: coupon.id, object: 'coupon', deleted: true };
}

/** A coupon whose time is over is valid no more. Runs as a due job. */
function endWhenDue(account: Account, id: string): void {
  const coupon = account.of(coupons).get(id);
  if (coupon && !isRedeemable(coupon, account.now()))
    update(account, coupons, { ...coupon, valid: false }, 'coupon.updated');
}

const termOf =
  (name: 'applies_to' | 'currency_options'): Expansion =>
  (lookup, object) => {
    const terms = lookup(couponTerms.name, object.id) as CouponTerms | undefined;
    return terms?.[name] ?? undefined;
  };

const permission = 'coupon';

/** `/v1/coupons`. */
export const couponResource: Resource = {
  collections: [declare(coupons), declare(couponTerms), declare(deletedCoupons)],
  expand: { coupon: { applies_to: termOf('applies_to'), currency_options: termOf('currency_options') } },
  jobs: { [redeemByJob]: endWhenDue },
  routes: [
    route('POST', '/v1/coupons', { permission, params: createParams }, make),
    route('GET', '/v1/coupons/:coupon', { permission }, existing),
    route('POST', '/v1/coupons/:coupon', { permission, params: updateParams }, change),
    route('DELETE', '/v1/coupons/:coupon', { permission }, remove),
    route('GET', '/v1/coupons', { permission, params: datedPageParams }, (call) => listed(call, coupons)),
  ],
};
