import type Stripe from 'stripe';
import type { Discount } from '../discounts.ts';
import type { PromotionCode } from '../promotion-codes/code.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { change } from './change.ts';
import { firstDiscount } from './invoices.ts';

const basil = '2025-03-31';
const clover = '2025-09-30';

/** Products, prices, discounts and subscriptions, by docs.stripe.com/changelog. */
export const billingChanges = [
  change<Discount>(clover, 'discount', ({ source }, look) => ({
    coupon: look('coupons', source.coupon) ?? null,
  })),
  change<PromotionCode>(clover, 'promotion_code', ({ promotion }, look) => ({
    coupon: look('coupons', promotion.coupon) ?? null,
  })),
  change<Subscription>(basil, 'subscription', (subscription, look) => {
    const [item, second] = subscription.items.data;
    const only = second ? undefined : item;
    return {
      current_period_end: item?.current_period_end ?? null,
      current_period_start: item?.current_period_start ?? null,
      discount: firstDiscount(subscription.discounts, look),
      plan: only?.plan ?? null,
      quantity: only?.quantity ?? null,
    };
  }),
  change<{ recurring: Stripe.Price.Recurring | null }>(basil, 'price', ({ recurring }) => ({
    recurring: recurring && { aggregate_usage: null, ...recurring },
  })),
  change(basil, 'plan', () => ({ aggregate_usage: null })),
  change<{ marketing_features: unknown }>('2024-04-10', 'product', ({ marketing_features: features }) => ({
    features,
  })),
];
