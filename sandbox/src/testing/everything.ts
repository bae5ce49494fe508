import Stripe from 'stripe';

const day = 86_400;
const page = 'https://example.test/page';

/** What the parts below share. */
interface World {
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
  await subscribe(world);
  await invoice(world);
  await takePayments(world);
  await openPages(world);
  await meterUsage(world);
  await payOthers(world);
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

async function subscribe({ stripe, customer, monthly, taxRate, now }: World): Promise<void> {
  await stripe.coupons.create({ amount_off: 100, currency: 'usd', duration: 'once' });
  const coupon = await stripe.coupons.create({
    percent_off: 12.5,
    duration: 'repeating',
    duration_in_months: 3,
  });
  const code = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: coupon.id },
    code: 'SAVE',
    restrictions: { minimum_amount: 100, minimum_amount_currency: 'usd' },
  });
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: monthly, quantity: 2, tax_rates: [taxRate] }],
    discounts: [{ promotion_code: code.id }],
    trial_period_days: 3,
    expand: ['latest_invoice.payments', 'customer'],
  });
  const [item] = subscription.items.data;
  await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: {
      items: [{ id: item?.id ?? '', quantity: 5 }],
      proration_behavior: 'create_prorations',
    },
  });
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item?.id ?? '', quantity: 3 }],
    proration_behavior: 'always_invoice',
    trial_end: 'now',
  });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: now, name: 'Months' });
  const onClock = await stripe.customers.create({ test_clock: clock.id });
  const tiered = await stripe.prices.create({
    product_data: { name: 'Data' },
    currency: 'usd',
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 10, unit_amount: 100 },
      { up_to: 'inf', unit_amount_decimal: Stripe.Decimal.from('12.5') },
    ],
    recurring: { interval: 'month' },
  });
  await stripe.subscriptions.create({
    customer: onClock.id,
    items: [{ price: tiered.id, quantity: 20 }],
    collection_method: 'send_invoice',
    days_until_due: 7,
    cancel_at_period_end: true,
  });
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: now + 10 * day });
}

async function invoice({ stripe, customer, once, taxRate, now }: World): Promise<void> {
  const { id: paid = '' } = await stripe.invoices.create({ customer, auto_advance: false });
  await stripe.invoiceItems.create({
    customer,
    invoice: paid,
    amount: 4000,
    currency: 'usd',
    tax_rates: [taxRate],
    period: { start: now, end: now + day },
  });
  await stripe.invoices.finalizeInvoice(paid);
  await stripe.invoices.pay(paid);
  await stripe.creditNotes.create({ invoice: paid, amount: 500, refund_amount: 500, memo: 'Sorry' });
  await stripe.invoiceItems.create({ customer, pricing: { price: once }, quantity: 2 });
  const { id: sent = '' } = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 3,
    custom_fields: [{ name: 'Order', value: '7' }],
  });
  await stripe.invoices.addLines(sent, { lines: [{ amount: 700, description: 'More' }] });
  await stripe.invoices.sendInvoice(sent);
  await stripe.invoices.search({ query: 'total>100 OR status:"open"' });
}

async function takePayments({ stripe, customer }: World): Promise<void> {
  const paid = await stripe.paymentIntents.create({
    amount: 50_000,
    currency: 'usd',
    customer,
    payment_method: 'pm_card_bypassPending',
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    shipping: { name: 'Ann', address: { line1: 'Way 1' } },
  });
  await stripe.refunds.create({ payment_intent: paid.id, amount: 300, reason: 'requested_by_customer' });
  const held = await stripe.paymentIntents.create({
    amount: 3000,
    currency: 'jpy',
    allowed_payment_method_types: ['card'],
    capture_method: 'manual',
    payment_method: 'pm_card_visa',
    confirm: true,
    payment_method_options: { card: { request_three_d_secure: 'any' } },
  });
  await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1000 });
  const charge = await stripe.charges.create({ amount: 900, currency: 'usd', source: 'tok_visa' });
  await stripe.refunds.create({ charge: charge.id });
  await stripe.charges.create({ amount: 700, currency: 'usd', source: 'tok_createDispute' });
  const [dispute] = (await stripe.disputes.list()).data;
  const evidence = { product_description: 'Tea' };
  await stripe.disputes.update(dispute?.id ?? '', { evidence, submit: false });
  await stripe.setupIntents.create({
    customer,
    payment_method: 'pm_card_visa',
    confirm: true,
    allowed_payment_method_types: ['card'],
    usage: 'off_session',
  });
  const method = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: 'tok_visa' },
    billing_details: { name: 'Ann' },
  });
  await stripe.paymentMethods.attach(method.id, { customer });
  await stripe.topups.create({ amount: 5000, currency: 'usd', description: 'Float' });
  await stripe.payouts.create({ amount: 100, currency: 'usd' });
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

async function payOthers({ stripe, now }: World): Promise<void> {
  const account = await stripe.accounts.create({
    country: 'US',
    type: 'custom',
    email: 'bob@example.test',
    business_type: 'individual',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    individual: {
      first_name: 'Bob',
      last_name: 'Bee',
      dob: { day: 1, month: 1, year: 1980 },
      address: { line1: 'Way 2', city: 'San Francisco', state: 'CA', postal_code: '94110' },
      id_number: '000000000',
    },
    business_profile: { mcc: '5734', url: page },
    tos_acceptance: { date: now, ip: '127.0.0.1' },
    external_account: 'btok_us_verified',
  });
  const destination = account.id;
  const transfer = await stripe.transfers.create({ amount: 100, currency: 'usd', destination });
  await stripe.transfers.createReversal(transfer.id, { amount: 10 });
}
