import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken, spokenUnit } from '../amounts.ts';
import { expanded, idOf } from '../pages.ts';
import { compact, metadataView, time } from './shape.ts';

const every: Readonly<Record<string, string>> = {
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  year: 'yearly',
};

/** `monthly`, `every 3 months`; undefined for a one-time price. */
export function rhythm(
  recurring: Pick<Stripe.Price.Recurring, 'interval' | 'interval_count'> | null,
): string | undefined {
  if (!recurring) return undefined;
  const { interval, interval_count: count } = recurring;
  return count === 1 ? every[interval] : `every ${count} ${interval}s`;
}

/** Whether two prices bill equally often. */
export function sameRhythm(a: Stripe.Price, b: Stripe.Price): boolean {
  return (
    a.recurring?.interval === b.recurring?.interval &&
    a.recurring?.interval_count === b.recurring?.interval_count
  );
}

/** What a unit costs: `$29.99`, `$0.0025`, `tiered`, or `variable` where the payer chooses. */
function unitLabel(price: Stripe.Price): string {
  if (price.billing_scheme === 'tiered') return 'tiered';
  if (price.unit_amount !== null) return spoken(price.unit_amount, price.currency);
  const decimal = price.unit_amount_decimal;
  return decimal ? spokenUnit({ unit_amount_decimal: decimal.toString() }, price.currency) : 'variable';
}

/** `$29.99 monthly`, `€10.00 once`, `tiered yearly`, `$0.01 per unit used, monthly`. */
export function priceLabel(price: Stripe.Price): string {
  const used = price.recurring?.usage_type === 'metered' ? ' per unit used,' : '';
  return `${unitLabel(price)}${used} ${rhythm(price.recurring) ?? 'once'}`;
}

function tierView(
  { up_to: upTo, unit_amount, unit_amount_decimal, flat_amount }: Stripe.Price.Tier,
  currency: string,
): Json {
  const unit = unit_amount === null ? unit_amount_decimal?.toString() : undefined;
  return compact({
    up_to: upTo ?? 'and more',
    unit:
      unit_amount === null
        ? unit && spokenUnit({ unit_amount_decimal: unit }, currency)
        : spoken(unit_amount, currency),
    flat: flat_amount === null ? undefined : spoken(flat_amount, currency),
  });
}

export function priceRow(price: Stripe.Price): { [key: string]: Json } {
  return compact({
    id: price.id,
    product: idOf(price.product),
    product_name: expanded<Stripe.Product>(price.product as string | Stripe.Product)?.name,
    amount: price.unit_amount === null ? undefined : shown(price.unit_amount, price.currency),
    unit_price: price.unit_amount === null && price.unit_amount_decimal ? unitLabel(price) : undefined,
    currency: price.currency,
    billing: price.billing_scheme === 'tiered' ? 'tiered' : undefined,
    tiers_mode: price.tiers_mode,
    tiers: price.tiers?.map((tier) => tierView(tier, price.currency)),
    interval: price.recurring?.interval,
    interval_count:
      price.recurring && price.recurring.interval_count > 1 ? price.recurring.interval_count : undefined,
    usage: price.recurring?.usage_type === 'metered' ? 'metered' : undefined,
    meter: price.recurring?.meter,
    type: price.type,
    nickname: price.nickname,
    active: price.active,
  });
}

export function priceView(price: Stripe.Price): { [key: string]: Json } {
  return { object: 'price', ...priceRow(price), created: time(price.created), livemode: price.livemode };
}

export function priceRef(price: Stripe.Price): ObjectRef {
  return { type: 'price', id: price.id, label: priceLabel(price) };
}

export function productRef(product: Pick<Stripe.Product, 'id' | 'name'>): ObjectRef {
  return { type: 'product', id: product.id, label: product.name };
}

export function productRow(product: Stripe.Product): { [key: string]: Json } {
  const price = expanded<Stripe.Price>(product.default_price as string | Stripe.Price | null | undefined);
  return compact({
    id: product.id,
    name: product.name,
    description: product.description,
    active: product.active,
    default_price: idOf(product.default_price),
    price: price && priceLabel(price),
    created: time(product.created),
  });
}

export function productView(
  product: Stripe.Product,
  prices?: readonly Stripe.Price[],
): { [key: string]: Json } {
  return compact({
    object: 'product',
    ...productRow(product),
    prices: prices?.map(priceRow),
    metadata: metadataView(product.metadata),
    livemode: product.livemode,
  });
}

/** `20% off once`, `$5.00 off for 3 months`. */
export function couponLabel(coupon: Stripe.Coupon): string {
  const off =
    coupon.percent_off === null
      ? spoken(coupon.amount_off ?? 0, coupon.currency ?? 'usd')
      : `${coupon.percent_off}%`;
  const long = coupon.duration === 'repeating' ? `for ${coupon.duration_in_months} months` : coupon.duration;
  return `${off} off ${long}`;
}

export function couponRef(coupon: Stripe.Coupon): ObjectRef {
  const label = couponLabel(coupon);
  return { type: 'coupon', id: coupon.id, label: coupon.name ? `${coupon.name}, ${label}` : label };
}

export function couponRow(coupon: Stripe.Coupon): { [key: string]: Json } {
  return compact({
    id: coupon.id,
    name: coupon.name,
    percent_off: coupon.percent_off,
    amount_off:
      coupon.amount_off !== null && coupon.currency ? shown(coupon.amount_off, coupon.currency) : undefined,
    duration: coupon.duration,
    duration_in_months: coupon.duration_in_months,
    only_products: coupon.applies_to?.products,
    max_redemptions: coupon.max_redemptions,
    times_redeemed: coupon.times_redeemed,
    redeem_by: time(coupon.redeem_by),
    valid: coupon.valid,
  });
}

export function couponView(coupon: Stripe.Coupon): { [key: string]: Json } {
  return {
    object: 'coupon',
    ...couponRow(coupon),
    ...compact({ metadata: metadataView(coupon.metadata), livemode: coupon.livemode }),
  };
}

export function promotionCodeRow(code: Stripe.PromotionCode): { [key: string]: Json } {
  const coupon = expanded<Stripe.Coupon>(code.promotion.coupon);
  const { minimum_amount: least, minimum_amount_currency: currency } = code.restrictions;
  return compact({
    id: code.id,
    code: code.code,
    active: code.active,
    coupon: idOf(code.promotion.coupon),
    discount: coupon && couponLabel(coupon),
    customer: idOf(code.customer),
    minimum_amount: least !== null && currency ? shown(least, currency) : undefined,
    first_time_only: code.restrictions.first_time_transaction || undefined,
    max_redemptions: code.max_redemptions,
    times_redeemed: code.times_redeemed,
    expires_at: time(code.expires_at),
    created: time(code.created),
  });
}

export function promotionCodeRef(code: Stripe.PromotionCode): ObjectRef {
  return { type: 'promotion_code', id: code.id, label: code.code };
}

export function taxRateRow(rate: Stripe.TaxRate): { [key: string]: Json } {
  return compact({
    id: rate.id,
    name: rate.display_name,
    percentage: rate.percentage,
    inclusive: rate.inclusive,
    country: rate.country,
    state: rate.state,
    jurisdiction: rate.jurisdiction,
    tax_type: rate.tax_type,
    active: rate.active,
    description: rate.description,
    created: time(rate.created),
  });
}

/** `VAT 19%`. */
export function taxRateLabel(rate: Pick<Stripe.TaxRate, 'display_name' | 'percentage'>): string {
  return `${rate.display_name} ${rate.percentage}%`;
}

export function taxRateRef(rate: Stripe.TaxRate): ObjectRef {
  return { type: 'tax_rate', id: rate.id, label: taxRateLabel(rate) };
}

export function paymentLinkView(link: Stripe.PaymentLink): { [key: string]: Json } {
  return compact({
    object: 'payment_link',
    id: link.id,
    url: link.url,
    active: link.active,
    livemode: link.livemode,
  });
}

export function paymentLinkRef(link: Stripe.PaymentLink, label: string): ObjectRef {
  return { type: 'payment_link', id: link.id, label };
}
