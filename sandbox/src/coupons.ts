import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { create, emit, update } from './events.ts';
import { randomText } from './ids.ts';
import { priceCurrency } from './prices/price.ts';
import { products } from './product-store.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { missingParam, noSuch } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  decimal,
  integer,
  list,
  mapOf,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
} from './wire/params.ts';

export type StoredCoupon = Stripe.Coupon | Stripe.DeletedCoupon;
export const coupons: CollectionSpec<StoredCoupon> = { name: 'coupons', indexes: {} };

/** The coupon a parameter names, whether or not it can still be redeemed. Throws Stripe's 400 when there is none. */
export function existingCoupon(account: Account, id: string, param = 'coupon'): Stripe.Coupon {
  const coupon = referred(account, coupons, 'coupon', id, param);
  if (coupon.deleted) throw noSuch('coupon', id, param, 400);
  return coupon;
}

/** Whether a coupon can be redeemed at `now` (seconds). */
export function isRedeemable(coupon: Stripe.Coupon, now: number): boolean {
  if (coupon.redeem_by !== null && coupon.redeem_by <= now) return false;
  return coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions;
}

/** Counts a redemption. Throws Stripe's 400 `coupon_expired` when it was used up or its time is over. */
export function redeemCoupon(account: Account, id: string, param: string): Stripe.Coupon {
  const coupon = existingCoupon(account, id, param);
  if (!isRedeemable(coupon, account.now())) throw refused(param, `Coupon expired: ${id}`, 'coupon_expired');
  const redeemed = { ...coupon, times_redeemed: coupon.times_redeemed + 1 };
  const next = { ...redeemed, valid: isRedeemable(redeemed, account.now()) };
  update<StoredCoupon>(account, coupons, next, 'coupon.updated');
  return next;
}

const amountOff = integer(1, 999_999_999_999);
const createParams = {
  amount_off: amountOff,
  applies_to: object({ products: list(text(), 100) }),
  currency: priceCurrency,
  currency_options: mapOf(object({ amount_off: required(amountOff) })),
  duration: oneOf('forever', 'once', 'repeating'),
  duration_in_months: integer(1, 1200),
  id: text(200),
  max_redemptions: integer(1, 2_147_483_647),
  metadata: metadata(),
  name: text(40),
  percent_off: decimal(),
  redeem_by: integer(),
} as const;
const updateParams = {
  currency_options: mapOf(object({ amount_off: required(amountOff) })),
  metadata: metadata(),
  name: text(40),
} as const;

function made(account: Account, given: Parsed<typeof createParams>): Stripe.Coupon {
  const id = given.id ?? randomText(8);
  if (account.of(coupons).get(id)) throw refused('id', 'Coupon already exists.', 'resource_already_exists');
  for (const product of given.applies_to?.products ?? [])
    referred(account, products, 'product', product, 'applies_to[products]');
  return {
    id,
    object: 'coupon',
    ...reductionOf(given),
    ...(given.applies_to?.products ? { applies_to: { products: given.applies_to.products } } : {}),
    created: account.now(),
    ...durationOf(given),
    livemode: account.livemode,
    max_redemptions: given.max_redemptions ?? null,
    metadata: applyMetadata({}, given.metadata),
    name: given.name ?? null,
    redeem_by: redeemByOf(given.redeem_by, account.now()),
    times_redeemed: 0,
    valid: true,
  };
}

function reductionOf(given: Parsed<typeof createParams>) {
  const { amount_off: amount, percent_off: percent, currency } = given;
  if ((amount === undefined) === (percent === undefined)) {
    throw refused(
      'amount_off',
      amount === undefined
        ? 'Must provide percent_off or amount_off.'
        : 'You may only specify one of these parameters: amount_off, percent_off.',
    );
  }
  if (percent !== undefined) {
    const share = Number(percent);
    if (!(share > 0 && share <= 100))
      throw refused('percent_off', 'Invalid percent_off: must be greater than 0 and at most 100.');
    return { amount_off: null, currency: null, percent_off: share };
  }
  if (currency === undefined) throw missingParam('currency');
  return { amount_off: amount ?? null, currency, percent_off: null };
}

function durationOf(given: Parsed<typeof createParams>) {
  const { duration = 'once', duration_in_months: months } = given;
  if (duration === 'repeating' && months === undefined) throw missingParam('duration_in_months');
  if (duration !== 'repeating' && months !== undefined)
    throw refused('duration_in_months', 'duration_in_months may only be set when duration is repeating.');
  return { duration, duration_in_months: months ?? null };
}

function redeemByOf(at: number | undefined, now: number): number | null {
  if (at !== undefined && at <= now) throw refused('redeem_by', 'The redeem_by date cannot be in the past.');
  return at ?? null;
}

function existingOr404(call: Call<unknown>): Stripe.Coupon {
  const coupon = found(call, coupons, 'coupon');
  if (coupon.deleted) throw noSuch('coupon', coupon.id, 'id');
  return coupon;
}

/** `/v1/coupons`. */
export const couponResource: Resource = {
  collections: [declare(coupons)],
  routes: [
    route('POST', '/v1/coupons', { permission: 'coupon', params: createParams }, ({ account, params }) =>
      create<StoredCoupon>(account, coupons, made(account, params), 'coupon.created'),
    ),
    route('GET', '/v1/coupons/:id', { permission: 'coupon' }, existingOr404),
    route('POST', '/v1/coupons/:id', { permission: 'coupon', params: updateParams }, (call) => {
      const coupon = existingOr404(call);
      const { name = coupon.name, metadata: meta } = call.params;
      const next = { ...coupon, name, metadata: applyMetadata(coupon.metadata ?? {}, meta) };
      return update<StoredCoupon>(call.account, coupons, next, 'coupon.updated');
    }),
    route('DELETE', '/v1/coupons/:id', { permission: 'coupon' }, (call) => {
      const coupon = existingOr404(call);
      const gone: Stripe.DeletedCoupon = { id: coupon.id, object: 'coupon', deleted: true };
      call.account.of(coupons).put(gone);
      emit(call.account, 'coupon.deleted', coupon);
      return gone;
    }),
    route('GET', '/v1/coupons', { permission: 'coupon', params: datedPageParams }, (call) =>
      listed(call, coupons),
    ),
  ],
};
