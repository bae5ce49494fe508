import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { update } from '../events.ts';
import { referred, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';

/** A promotion code as stored: coupon and customer are ids. */
export type PromotionCode = Omit<Stripe.PromotionCode, 'promotion' | 'customer'> & {
  readonly promotion: { readonly type: 'coupon'; readonly coupon: string };
  readonly customer: string | null;
};

export const promotionCodes: CollectionSpec<PromotionCode, 'code' | 'coupon'> = {
  name: 'promotion_codes',
  indexes: { code: (code) => code.code.toLowerCase(), coupon: (code) => code.promotion.coupon },
};

/** The least a purchase has to come to in further currencies; kept apart since codes show it only when expanded. */
export interface CodeCurrencies {
  /** The code's id. */
  readonly id: string;
  readonly options: Readonly<Record<string, { readonly minimum_amount: number }>>;
}
export const codeCurrencies: CollectionSpec<CodeCurrencies> = {
  name: 'promotion_code_currencies',
  indexes: {},
};

/** What a code is used for. */
export interface CodeUse {
  /** Null for a guest. */
  readonly customer: string | null;
  readonly param: string;
  /** What is bought, before the discount; where it is not known yet, a minimum is not asked for. */
  readonly purchase?: { readonly amount: number; readonly currency: string };
}

/** Counts a redemption. Throws Stripe's 400 when the code cannot be used for this. */
export function redeemCode(account: Account, id: string, use: CodeUse): PromotionCode {
  return countCode(account, usableCode(account, id, use));
}

/** The code a parameter names, if it can be used for this. Throws Stripe's 400 otherwise. Counts nothing. */
export function usableCode(account: Account, id: string, use: CodeUse): PromotionCode {
  const code = referred(account, promotionCodes, 'promotion code', id, use.param);
  if (!code.active || isOver(code, account.now()))
    throw refused(use.param, 'This promotion code is expired or inactive.');
  if (code.customer !== null && code.customer !== use.customer)
    throw refused(use.param, 'This promotion code cannot be redeemed by this customer.');
  const mustBeFirst = code.restrictions.first_time_transaction;
  if (mustBeFirst && (use.customer === null || hasBought(account, use.customer)))
    throw refused(
      use.param,
      'This promotion code cannot be redeemed because the associated customer has prior transactions.',
    );
  checkMinimum(account, code, use);
  return code;
}

/** Counts a redemption that was agreed on before. */
export function countCode(account: Account, code: PromotionCode): PromotionCode {
  const redeemed = { ...code, times_redeemed: code.times_redeemed + 1 };
  const next = { ...redeemed, active: !isOver(redeemed, account.now()) };
  if (next.active) account.of(promotionCodes).put(next);
  else update(account, promotionCodes, next, 'promotion_code.updated');
  return next;
}

/** Whether a code's time is over or its redemptions are used up. */
export function isOver(
  { expires_at: end, max_redemptions: most, times_redeemed: times }: PromotionCode,
  now: number,
) {
  return (end !== null && end <= now) || (most !== null && times >= most);
}

/** Whether a customer has ever paid anything. */
function hasBought(account: Account, customer: string): boolean {
  const paid = (name: string, status: string) =>
    (account.byName(name)?.by('customer', customer) ?? []).some(
      (object) => 'status' in object && object.status === status,
    );
  return paid('charges', 'succeeded') || paid('invoices', 'paid');
}

function checkMinimum(account: Account, code: PromotionCode, { purchase, param }: CodeUse): void {
  const { minimum_amount: own, minimum_amount_currency: currency } = code.restrictions;
  if (own === null || !purchase) return;
  const least =
    purchase.currency === currency
      ? own
      : account.of(codeCurrencies).get(code.id)?.options[purchase.currency]?.minimum_amount;
  if (least === undefined || purchase.amount < least)
    throw refused(
      param,
      'This promotion code cannot be redeemed because the purchase does not meet its minimum amount.',
    );
}
