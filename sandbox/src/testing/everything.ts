import type Stripe from 'stripe';
import { billThem } from './everything-billing.ts';
import { payOthers } from './everything-connect.ts';
import { spendByCard } from './everything-issuing.ts';
import { takePayments } from './everything-payments.ts';

const page = 'https://example.test/page';

/** What the parts share. */
export interface World {
  readonly stripe: Stripe;
  readonly customer: string;
  readonly product: string;
  /** Prices: by the month, and once. */
  readonly monthly: string;
  readonly once: string;
  readonly taxRate: string;
  /** Seconds since 1970. */
  readonly now: number;
}

/** Uses a bit of everything the sandbox offers, so that there is at least one of each thing. `now` in seconds since 1970. */
export async function doEverything(stripe: Stripe, now: number): Promise<void> {
  const world = { ...(await sellThings(stripe)), now };
  await billThem(world);
  await takePayments(world);
  await openPages(world);
  await meterUsage(world);
  await payOthers(world);
  await spendByCard(world);
}

async function sellThings(stripe: Stripe): Promise<Omit<World, 'now'>> {
  const customer = await stripe.customers.create({
    name: 'Ann',
    email: 'ann@example.test',
    address: { line1: 'Way 1', city: 'Bonn', country: 'DE' },
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    metadata: { order: '1' },
    preferred_locales: ['de'],
  });
  await stripe.customers.createBalanceTransaction(customer.id, { amount: -200, currency: 'usd' });
  const product = await stripe.products.create({
    name: 'Tea',
    marketing_features: [{ name: 'warm' }],
    package_dimensions: { height: 1, length: 2, weight: 3, width: 4 },
  });
  const feature = await stripe.entitlements.features.create({ name: 'Refill', lookup_key: 'refill' });
  await stripe.products.createFeature(product.id, { entitlement_feature: feature.id });
  const monthly = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 1000,
    recurring: { interval: 'month', interval_count: 1 },
    lookup_key: 'monthly',
  });
  const once = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 500,
    currency_options: { eur: { unit_amount: 450 } },
  });
  const taxRate = await stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false });
  const fixed_amount = { amount: 5, currency: 'usd', currency_options: { eur: { amount: 4 } } };
  await stripe.shippingRates.create({ display_name: 'Post', type: 'fixed_amount', fixed_amount });
  await stripe.customers.search({ query: 'email:"ann@example.test" AND metadata["order"]:"1"', limit: 3 });
  return {
    stripe,
    customer: customer.id,
    product: product.id,
    monthly: monthly.id,
    once: once.id,
    taxRate: taxRate.id,
  };
}

async function openPages({ stripe, customer, monthly, once }: World): Promise<void> {
  const shipping_rate_data = {
    display_name: 'Bike',
    type: 'fixed_amount',
    fixed_amount: { amount: 5, currency: 'usd' },
  } as const;
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    line_items: [
      { price: once, quantity: 1 },
      { price_data: { currency: 'usd', unit_amount: 200, product_data: { name: 'Cup' } }, quantity: 2 },
    ],
    success_url: page,
    shipping_options: [{ shipping_rate_data }],
    custom_fields: [
      {
        key: 'size',
        label: { type: 'custom', custom: 'Size' },
        type: 'dropdown',
        dropdown: { options: [{ label: 'Big', value: 'big' }] },
      },
    ],
  });
  await stripe.checkout.sessions.listLineItems(session.id);
  await stripe.checkout.sessions.create({
    mode: 'subscription',
    customer,
    line_items: [{ price: monthly, quantity: 1 }],
    success_url: page,
    subscription_data: { trial_period_days: 3 },
  });
  await stripe.paymentLinks.create({ line_items: [{ price: once, quantity: 1 }] });
  const identity = await stripe.identity.verificationSessions.create({
    type: 'document',
    options: { document: { require_matching_selfie: true } },
    related_customer: customer,
    return_url: page,
  });
  await stripe.identity.verificationSessions.redact(identity.id);
  const features = {
    invoice_history: { enabled: true },
    customer_update: { enabled: true, allowed_updates: ['email' as const] },
  };
  await stripe.billingPortal.configurations.create({ features });
  await stripe.billingPortal.sessions.create({ customer, return_url: page });
  await stripe.webhookEndpoints.create({ url: page, enabled_events: ['charge.succeeded', '*'] });
  await stripe.v2.core.eventDestinations.create({
    name: 'Thin',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['*'],
    webhook_endpoint: { url: page },
  });
}

async function meterUsage({ stripe, customer, now }: World): Promise<void> {
  const meter = await stripe.billing.meters.create({
    display_name: 'Cups',
    event_name: 'cup',
    default_aggregation: { formula: 'sum' },
    value_settings: { event_payload_key: 'value' },
    customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
  });
  await stripe.billing.meterEvents.create({
    event_name: 'cup',
    payload: { stripe_customer_id: customer, value: '3' },
  });
  const hour = { start_time: now - (now % 3600), end_time: now - (now % 3600) + 3600 };
  await stripe.billing.meters.listEventSummaries(meter.id, { customer, ...hour });
  await stripe.billing.alerts.create({
    alert_type: 'usage_threshold',
    title: 'Many cups',
    usage_threshold: {
      gte: 5,
      meter: meter.id,
      recurrence: 'one_time',
      filters: [{ type: 'customer', customer }],
    },
  });
  await stripe.billing.creditGrants.create({
    customer,
    amount: { type: 'monetary', monetary: { value: 100, currency: 'usd' } },
    applicability_config: { scope: { price_type: 'metered' } },
    category: 'paid',
  });
}
