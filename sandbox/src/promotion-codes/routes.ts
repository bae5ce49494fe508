import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { type Coupon, couponAtWork, existingCoupon, futureTime, isRedeemable } from '../coupons.ts';
import { existingCustomer } from '../customers.ts';
import { create, update } from '../events.ts';
import { newId, randomText } from '../ids.ts';
import { currencyMap } from '../prices/amounts.ts';
import { priceCurrency } from '../prices/price.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { missingParam } from '../wire/errors.ts';
import type { Expansion } from '../wire/expand.ts';
import { datedPageParams } from '../wire/pages.ts';
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
} from '../wire/params.ts';
import { type CodeCurrencies, codeCurrencies, isOver, type PromotionCode, promotionCodes } from './code.ts';

/** A job that looks at a code when it expires. */
const expiryJob = 'promotion_code.expire';
/** Stripe's limit for `expires_at`. */
const longestSeconds = 5 * 366 * day;

const minimums = currencyMap(object({ minimum_amount: required(integer(1)) }));
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
  restrictions: object({
    currency_options: minimums,
    first_time_transaction: boolean(),
    minimum_amount: integer(1),
    minimum_amount_currency: priceCurrency,
  }),
} as const;
const updateParams = {
  active: boolean(),
  metadata: metadata(),
  restrictions: object({ currency_options: minimums }),
} as const;
const listParams = {
  ...datedPageParams,
  active: boolean(),
  code: text(500),
  coupon: text(),
  customer: text(),
} as const;

function make({ account, params: given }: Call<Parsed<typeof createParams>>): PromotionCode {
  const coupon = couponFor(account, given);
  if (given.customer !== undefined) existingCustomer(account, given.customer);
  const code = given.code ?? randomText(8).toUpperCase();
  if (!/^[A-Za-z0-9_-]+$/.test(code))
    throw refused(
      'code',
      `This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value ${code}).`,
    );
  const active = given.active ?? true;
  if (active) requireFree(account, code, given.customer ?? null);
  const restrictions = restrictionsOf(given.restrictions ?? {});
  const id = newId('promo', 24);
  if (given.expires_at !== undefined) {
    checkExpiry(given.expires_at, account.now());
    account.schedule(given.expires_at, expiryJob, id);
  }
  const options = given.restrictions?.currency_options;
  if (options) account.of(codeCurrencies).put({ id, options });
  const made: PromotionCode = {
    id,
    object: 'promotion_code',
    active,
    code,
    created: account.now(),
    customer: given.customer ?? null,
    customer_account: null,
    expires_at: given.expires_at ?? null,
    livemode: account.livemode,
    max_redemptions: given.max_redemptions ?? null,
    metadata: applyMetadata({}, given.metadata),
    promotion: { coupon: coupon.id, type: 'coupon' },
    restrictions,
    times_redeemed: 0,
  };
  return create(account, promotionCodes, made, 'promotion_code.created');
}

function couponFor(account: Account, given: Parsed<typeof createParams>): Coupon {
  const id = given.promotion?.coupon ?? given.coupon;
  if (id === undefined && !given.promotion) throw missingParam('promotion');
  if (id === undefined)
    throw refused('promotion.coupon', 'You must pass promotion.coupon when passing promotion');
  const coupon = existingCoupon(account, id, 'promotion[coupon]');
  if (!isRedeemable(coupon, account.now()))
    throw refused('promotion[coupon]', `Coupon expired: ${coupon.id}`, 'coupon_expired');
  return coupon;
}

function restrictionsOf(given: {
  readonly first_time_transaction?: boolean;
  readonly minimum_amount?: number;
  readonly minimum_amount_currency?: string;
}): PromotionCode['restrictions'] {
  const { first_time_transaction = false, minimum_amount: least, minimum_amount_currency: currency } = given;
  if (least !== undefined && currency === undefined)
    throw missingParam('restrictions[minimum_amount_currency]');
  if (least === undefined && currency !== undefined) throw missingParam('restrictions[minimum_amount]');
  return { first_time_transaction, minimum_amount: least ?? null, minimum_amount_currency: currency ?? null };
}

function checkExpiry(at: number, now: number): void {
  futureTime(at, now, 'expires_at');
  if (at > now + longestSeconds)
    throw refused('expires_at', 'Invalid timestamp: can be no more than five years in the future.');
}

/** Throws Stripe's refusal of a code that, in any case, some customer could mean another active one by. */
function requireFree(account: Account, code: string, customer: string | null): void {
  const taken = account
    .of(promotionCodes)
    .by('code', code.toLowerCase())
    .some(
      (other) =>
        other.active && (customer === null || other.customer === null || other.customer === customer),
    );
  if (taken) throw refused('code', `An active promotion code with \`code: ${code}\` already exists.`);
}

function change(call: Call<Parsed<typeof updateParams>>): PromotionCode {
  const { account, params } = call;
  const code = found(call, promotionCodes, 'promotion code', 'promotion_code');
  const { active = code.active, metadata: meta, restrictions } = params;
  if (active && !code.active) {
    requireFree(account, code.code, code.customer);
    const coupon = couponAtWork(account, code.promotion.coupon);
    if (isOver(code, account.now()) || !coupon?.valid || !isRedeemable(coupon, account.now()))
      throw refused(
        'active',
        'This promotion code cannot be activated: it or its coupon is expired or used up.',
      );
  }
  if (restrictions?.currency_options) {
    const options = { ...account.of(codeCurrencies).get(code.id)?.options, ...restrictions.currency_options };
    account.of(codeCurrencies).put({ id: code.id, options });
  }
  const next = { ...code, active, metadata: applyMetadata(code.metadata ?? {}, meta) };
  return update(account, promotionCodes, next, 'promotion_code.updated');
}

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { active, code, coupon, customer } = call.params;
  if (coupon !== undefined) existingCoupon(call.account, coupon);
  if (customer !== undefined) existingCustomer(call.account, customer);
  return listed(call, promotionCodes, {
    ...(code !== undefined
      ? { index: 'code', key: code.toLowerCase() }
      : coupon !== undefined
        ? { index: 'coupon', key: coupon }
        : {}),
    where: (promotion) =>
      (active === undefined || promotion.active === active) &&
      (coupon === undefined || promotion.promotion.coupon === coupon) &&
      (customer === undefined || promotion.customer === customer),
  });
}

/** A code whose time is over is active no more. Runs as a due job. */
function endWhenDue(account: Account, id: string): void {
  const code = account.of(promotionCodes).get(id);
  if (code?.active && isOver(code, account.now())) deactivate(account, code);
}

/** Hears of a coupon that can be redeemed no longer: its codes end with it. */
function onCoupon(account: Account, object: unknown): void {
  const coupon = object as Coupon;
  if (coupon.valid) return;
  for (const code of account.of(promotionCodes).by('coupon', coupon.id))
    if (code.active) deactivate(account, code);
}

function deactivate(account: Account, code: PromotionCode): void {
  update(account, promotionCodes, { ...code, active: false }, 'promotion_code.updated');
}

const currencyOptions: Expansion = (lookup, object) => {
  const stored = lookup(codeCurrencies.name, object.id) as CodeCurrencies | undefined;
  return stored?.options;
};

const permission = 'promotion_code';

/** `/v1/promotion_codes`. */
export const promotionCodeResource: Resource = {
  collections: [declare(promotionCodes), declare(codeCurrencies)],
  expand: {
    promotion_code: {
      'promotion.coupon': ['coupons', 'deleted_coupons'],
      customer: ['customers'],
      'restrictions.currency_options': currencyOptions,
    },
  },
  jobs: { [expiryJob]: endWhenDue },
  listeners: { 'coupon.updated': onCoupon, 'coupon.deleted': onCoupon },
  routes: [
    route('POST', '/v1/promotion_codes', { permission, params: createParams }, make),
    route('GET', '/v1/promotion_codes/:promotion_code', { permission }, (call) =>
      found(call, promotionCodes, 'promotion code', 'promotion_code'),
    ),
    route('POST', '/v1/promotion_codes/:promotion_code', { permission, params: updateParams }, change),
    route('GET', '/v1/promotion_codes', { permission, params: listParams }, listFrom),
  ],
};
