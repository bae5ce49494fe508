import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { existingCoupon } from './coupons.ts';
import { existingCustomer } from './customers.ts';
import { create, update } from './events.ts';
import { newId, randomText } from './ids.ts';
import { priceCurrency } from './prices/price.ts';
import { declare, found, listed, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { missingParam } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  until,
} from './wire/params.ts';

/** A promotion code as stored: coupon and customer are ids. */
export type PromotionCode = Omit<Stripe.PromotionCode, 'promotion' | 'customer'> & {
  readonly promotion: { readonly type: 'coupon'; readonly coupon: string };
  readonly customer: string | null;
};

export const promotionCodes: CollectionSpec<PromotionCode, 'code'> = {
  name: 'promotion_codes',
  indexes: { code: (promotion) => promotion.code.toLowerCase() },
};

/** Counts a redemption and answers the coupon's id. Throws Stripe's 400 when the code cannot be used by the customer. */
export function redeemCode(
  account: Account,
  id: string,
  use: { customer: string; param: string },
): PromotionCode {
  const code = referred(account, promotionCodes, 'promotion code', id, use.param);
  const over = code.expires_at !== null && code.expires_at <= account.now();
  const usedUp = code.max_redemptions !== null && code.times_redeemed >= code.max_redemptions;
  if (!code.active || over || usedUp)
    throw refused(use.param, 'This promotion code is expired or inactive.', 'promotion_code_expired');
  if (code.customer !== null && code.customer !== use.customer)
    throw refused(use.param, 'This promotion code cannot be redeemed by this customer.');
  const next = { ...code, times_redeemed: code.times_redeemed + 1 };
  account.of(promotionCodes).put(next);
  return next;
}

const restrictions = object({
  first_time_transaction: boolean(),
  minimum_amount: integer(1),
  minimum_amount_currency: priceCurrency,
});
const createParams = {
  active: boolean(),
  code: text(500),
  // The official CLI still sends it, without naming a version.
  coupon: until('2026-09-30', text()),
  customer: text(),
  expires_at: integer(),
  max_redemptions: integer(1),
  metadata: metadata(),
  promotion: object({ coupon: text(), type: required(oneOf('coupon')) }),
  restrictions,
} as const;
const updateParams = { active: boolean(), metadata: metadata() } as const;
const listParams = {
  ...datedPageParams,
  active: boolean(),
  code: text(500),
  coupon: text(),
  customer: text(),
} as const;

function made(account: Account, given: Parsed<typeof createParams>): PromotionCode {
  const couponId = given.promotion?.coupon ?? given.coupon;
  if (couponId === undefined) throw missingParam(given.promotion ? 'promotion[coupon]' : 'promotion');
  const coupon = existingCoupon(account, couponId, 'promotion[coupon]');
  if (given.customer !== undefined) existingCustomer(account, given.customer);
  const code = given.code ?? randomText(8).toUpperCase();
  if (!/^[A-Za-z0-9_-]+$/.test(code))
    throw refused('code', 'Promotion codes may only contain letters, digits, - and _.');
  requireFree(account, code);
  if (given.expires_at !== undefined && given.expires_at <= account.now())
    throw refused('expires_at', 'The expiration date cannot be in the past.');
  return {
    id: newId('promo', 24),
    object: 'promotion_code',
    active: given.active ?? true,
    code,
    created: account.now(),
    customer: given.customer ?? null,
    customer_account: null,
    expires_at: given.expires_at ?? null,
    livemode: account.livemode,
    max_redemptions: given.max_redemptions ?? null,
    metadata: applyMetadata({}, given.metadata),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions: {
      first_time_transaction: given.restrictions?.first_time_transaction ?? false,
      minimum_amount: given.restrictions?.minimum_amount ?? null,
      minimum_amount_currency: given.restrictions?.minimum_amount_currency ?? null,
    },
    times_redeemed: 0,
  };
}

function requireFree(account: Account, code: string): void {
  const taken = account
    .of(promotionCodes)
    .by('code', code.toLowerCase())
    .some((other) => other.active);
  if (taken) throw refused('code', `An active promotion code with \`code: ${code}\` already exists.`);
}

/** `/v1/promotion_codes`. */
export const promotionCodeResource: Resource = {
  collections: [declare(promotionCodes)],
  expand: { promotion_code: { 'promotion.coupon': ['coupons'], customer: ['customers'] } },
  routes: [
    route(
      'POST',
      '/v1/promotion_codes',
      { permission: 'promotion_code', params: createParams },
      ({ account, params }) =>
        create(account, promotionCodes, made(account, params), 'promotion_code.created'),
    ),
    route('GET', '/v1/promotion_codes/:id', { permission: 'promotion_code' }, (call) =>
      found(call, promotionCodes, 'promotion code'),
    ),
    route(
      'POST',
      '/v1/promotion_codes/:id',
      { permission: 'promotion_code', params: updateParams },
      (call) => {
        const code = found(call, promotionCodes, 'promotion code');
        const { active = code.active, metadata: meta } = call.params;
        if (active && !code.active) requireFree(call.account, code.code);
        const next = { ...code, active, metadata: applyMetadata(code.metadata ?? {}, meta) };
        return update(call.account, promotionCodes, next, 'promotion_code.updated');
      },
    ),
    route('GET', '/v1/promotion_codes', { permission: 'promotion_code', params: listParams }, (call) => {
      const { active, code, coupon, customer } = call.params;
      return listed(call, promotionCodes, {
        ...(code === undefined ? {} : { index: 'code', key: code.toLowerCase() }),
        where: (promotion) =>
          (active === undefined || promotion.active === active) &&
          (coupon === undefined || promotion.promotion.coupon === coupon) &&
          (customer === undefined || promotion.customer === customer),
      });
    }),
  ],
};
