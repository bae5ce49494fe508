import type { Account } from '../account.ts';
import { existingCoupon, isRedeemable } from '../coupons.ts';
import { type Discount, newDiscount } from '../discounts.ts';
import { usableCode } from '../promotion-codes/code.ts';
import { refused } from '../resource.ts';
import type { SessionParams } from './params.ts';
import type { Session } from './session.ts';

/**
 * The discounts a session is to have. That they were redeemed is counted when it is completed.
 * @throws StripeFault 400 for a coupon or a code that cannot be used.
 */
export function discountsFor(
  account: Account,
  given: NonNullable<SessionParams['discounts']>,
  session: Session,
): Discount[] {
  return given.map(({ coupon, promotion_code: code }, at) => {
    const path = `discounts[${at}]`;
    if ((coupon === undefined) === (code === undefined))
      throw refused(path, 'You must specify exactly one of coupon or promotion_code for each discount.');
    return code === undefined
      ? couponFor(account, session, coupon ?? '', null, `${path}[coupon]`)
      : codeFor(account, session, code, `${path}[promotion_code]`);
  });
}

/** A promotion code at work on a session. */
export function codeFor(account: Account, session: Session, id: string, param: string): Discount {
  const { amount_subtotal: amount, currency, customer } = session;
  // Before the items are priced there is no purchase to hold against a minimum.
  const purchase = amount === null || currency === null ? undefined : { amount, currency };
  const code = usableCode(account, id, { customer, param, purchase });
  return couponFor(account, session, code.promotion.coupon, code.id, param);
}

function couponFor(
  account: Account,
  session: Session,
  id: string,
  code: string | null,
  param: string,
): Discount {
  const coupon = existingCoupon(account, id, param);
  if (!isRedeemable(coupon, account.now())) throw refused(param, `Coupon expired: ${id}`, 'coupon_expired');
  return newDiscount(account, coupon, { customer: session.customer, checkoutSession: session.id }, code);
}
