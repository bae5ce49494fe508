import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { type Coupon, couponAtWork, existingCoupon, isRedeemable, redeemCoupon } from './coupons.ts';
import { emit } from './events.ts';
import { newId } from './ids.ts';
import { type CodeUse, redeemCode, usableCode } from './promotion-codes/code.ts';
import { declare, type Resource, referred, refused } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { emptyable, list, object, text } from './wire/params.ts';
import type { Narrowed, Wire } from './wire/shapes.ts';

/** A discount as stored: a coupon at work on a subscription, an invoice or an invoice item. */
export type Discount = Narrowed<
  Wire<Stripe.Discount>,
  { readonly source: { readonly type: 'coupon'; readonly coupon: string } }
>;

export const discounts: CollectionSpec<Discount> = { name: 'discounts', indexes: {} };

/** The `discounts` parameter of subscriptions, invoices and invoice items; '' takes all away. */
export const discountsParam = emptyable(
  list(object({ coupon: text(), discount: text(), promotion_code: text() }), 20),
);
export type DiscountInput = {
  readonly coupon?: string;
  readonly discount?: string;
  readonly promotion_code?: string;
};

export interface DiscountOwner {
  readonly customer: string | null;
  readonly checkoutSession?: string;
  readonly subscription?: string;
  readonly invoice?: string;
  readonly invoiceItem?: string;
  /** What is bought, before discounts, where codes may ask for a minimum. */
  readonly purchase?: CodeUse['purchase'];
}

/** Redeems coupons and codes for an owner; an existing discount is kept as it is. Answers the discounts' ids. */
export function applyDiscounts(
  account: Account,
  inputs: readonly DiscountInput[],
  owner: DiscountOwner,
): string[] {
  return inputs.map((input, at) => {
    const given = Object.values(input).filter((value) => value !== undefined).length;
    if (given !== 1)
      throw refused(
        `discounts[${at}]`,
        'Each discount takes exactly one of coupon, discount or promotion_code.',
      );
    if (input.discount !== undefined)
      return referred(account, discounts, 'discount', input.discount, `discounts[${at}][discount]`).id;
    const discount = redeemDiscount(account, input, owner, (name) => `discounts[${at}][${name}]`);
    if (owner.subscription !== undefined) emit(account, 'customer.discount.created', discount);
    return discount.id;
  });
}

/** Puts a coupon or a code to work; `pathOf` says how the request named it. Throws Stripe's 400 where it cannot be used. */
export function redeemDiscount(
  account: Account,
  input: DiscountInput,
  owner: DiscountOwner,
  pathOf: (name: 'coupon' | 'promotion_code') => string,
): Discount {
  const code =
    input.promotion_code === undefined
      ? null
      : redeemCode(account, input.promotion_code, {
          customer: owner.customer,
          param: pathOf('promotion_code'),
          purchase: owner.purchase,
        });
  const param = pathOf(code ? 'promotion_code' : 'coupon');
  const coupon = redeemCoupon(account, code?.promotion.coupon ?? input.coupon ?? '', param);
  return newDiscount(account, coupon, owner, code?.id ?? null);
}

/**
 * A discount that is agreed on now and redeemed when what it is on comes about. `path` leads to where it is named.
 * @throws StripeFault 400 for a coupon or a code that cannot be used.
 */
export function promiseDiscount(
  account: Account,
  { coupon, promotion_code: code }: DiscountInput,
  owner: DiscountOwner,
  path: string,
): Discount {
  if ((coupon === undefined) === (code === undefined))
    throw refused(path, 'You must specify exactly one of coupon or promotion_code for each discount.');
  return code === undefined
    ? promiseCoupon(account, coupon ?? '', owner, { code: null, param: `${path}[coupon]` })
    : promiseCode(account, code, owner, `${path}[promotion_code]`);
}

/** A promotion code that is redeemed later. Throws Stripe's 400 for one that cannot be used. */
export function promiseCode(account: Account, id: string, owner: DiscountOwner, param: string): Discount {
  const code = usableCode(account, id, { customer: owner.customer, param, purchase: owner.purchase });
  return promiseCoupon(account, code.promotion.coupon, owner, { code: code.id, param });
}

function promiseCoupon(
  account: Account,
  id: string,
  owner: DiscountOwner,
  { code, param }: { readonly code: string | null; readonly param: string },
): Discount {
  const coupon = existingCoupon(account, id, param);
  if (!isRedeemable(coupon, account.now())) throw refused(param, `Coupon expired: ${id}`, 'coupon_expired');
  return newDiscount(account, coupon, owner, code);
}

/** The coupon or the code that a discount came from, for applying it once more. */
export function sourceOf(discount: Discount): DiscountInput {
  const { promotion_code: code, source } = discount;
  return code === null ? { coupon: source.coupon } : { promotion_code: code };
}

/** A coupon put to work; that it was redeemed is counted elsewhere, and announced where that is due. */
export function newDiscount(
  account: Account,
  coupon: Stripe.Coupon,
  owner: DiscountOwner,
  promotionCode: string | null,
): Discount {
  const now = account.now();
  return account.of(discounts).put({
    id: newId('di', 24),
    object: 'discount',
    checkout_session: owner.checkoutSession ?? null,
    customer: owner.customer,
    customer_account: null,
    end: coupon.duration_in_months === null ? null : monthsOn(now, coupon.duration_in_months),
    invoice: owner.invoice ?? null,
    invoice_item: owner.invoiceItem ?? null,
    promotion_code: promotionCode,
    source: { coupon: coupon.id, type: 'coupon' },
    start: now,
    subscription: owner.subscription ?? null,
    subscription_item: null,
  });
}

/** Ends a discount. */
export function removeDiscount(account: Account, id: string): void {
  const discount = account.of(discounts).get(id);
  if (discount) emit(account, 'customer.discount.deleted', discount);
}

/** A discount with what its coupon takes off. */
export interface Reduction {
  readonly discount: string;
  readonly coupon: Coupon;
}

/** What these discounts take off at `now` (seconds); those whose time is over are left out. */
export function reductionsOf(account: Account, ids: readonly string[], now: number): Reduction[] {
  return ids.flatMap((id) => {
    const discount = account.of(discounts).get(id);
    if (!discount || (discount.end !== null && discount.end <= now)) return [];
    const coupon = couponAtWork(account, discount.source.coupon);
    return coupon ? [{ discount: id, coupon }] : [];
  });
}

function monthsOn(from: number, months: number): number {
  const date = new Date(from * 1000);
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + months);
  if (date.getUTCDate() !== day) date.setUTCDate(0);
  return Math.floor(date.getTime() / 1000);
}

export const discountResource: Resource = {
  collections: [declare(discounts)],
  expand: {
    discount: {
      'source.coupon': ['coupons', 'deleted_coupons'],
      customer: ['customers'],
      promotion_code: ['promotion_codes'],
    },
  },
};
