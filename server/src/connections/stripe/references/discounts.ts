import type Stripe from 'stripe';
import { z } from 'zod';
import { isStripeError } from '../client.ts';
import { follow } from '../pages.ts';
import { couponRow, promotionCodeRow } from '../views/catalogue.ts';
import { bestMatches, nearMatches } from './matching.ts';
import { ambiguous, notFound } from './problems.ts';

export const couponField = z.string().min(1).max(200).describe('The coupon: its id, or its name.');

export const promotionCodeField = z
  .string()
  .min(1)
  .max(200)
  .describe('The promotion code: as customers type it ("SUMMER20"), or its id ("promo_…").');

/**
 * The one coupon meant by its id or its name. Ids of coupons look like any word, so they are tried first.
 * @throws ToolError `not_found` with near names, or `ambiguous` with candidates.
 */
export async function resolveCoupon(api: Stripe, reference: string): Promise<Stripe.Coupon> {
  const asked = reference.trim();
  if (/^[\w-]+$/.test(asked)) {
    try {
      return await api.coupons.retrieve(asked);
    } catch (error) {
      if (!(isStripeError(error) && error.code === 'resource_missing')) throw error;
    }
  }
  const { items } = await follow((page) => api.coupons.list(page));
  const matches = bestMatches(asked, items, (coupon) => coupon.name);
  const valid = matches.filter((coupon) => coupon.valid);
  const found = valid.length > 0 ? valid : matches;
  if (found.length > 1) throw ambiguous('coupon', asked, found.map(couponRow));
  if (found[0]) return found[0];
  throw notFound('coupon', asked, nearMatches(asked, items, (coupon) => coupon.name).map(couponRow));
}

/**
 * The promotion code meant by its id, or as customers type it, in any case. Active ones go before others.
 * @throws ToolError `not_found`, or `ambiguous` with candidates.
 */
export async function resolvePromotionCode(api: Stripe, reference: string): Promise<Stripe.PromotionCode> {
  const asked = reference.trim();
  const expand = ['promotion.coupon'];
  if (/^promo_\w+$/.test(asked)) return api.promotionCodes.retrieve(asked, { expand });
  const { items } = await follow((page) =>
    api.promotionCodes.list({ ...page, code: asked, expand: ['data.promotion.coupon'] }),
  );
  const active = items.filter((code) => code.active);
  const found = active.length > 0 ? active : items;
  if (found.length > 1) throw ambiguous('promotion code', asked, found.map(promotionCodeRow));
  if (found[0]) return found[0];
  throw notFound('promotion code', asked);
}
