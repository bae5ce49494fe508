import Stripe from 'stripe';
import type { World } from './everything.ts';

const day = 86_400;

/** Subscriptions and invoices, with what changes and corrects them. */
export async function billThem(world: World): Promise<void> {
  await subscribe(world);
  await change(world);
  await quote(world);
  await invoice(world);
  await correct(world);
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

/** Items, schedules and pauses of a subscription of their own. */
async function change({ stripe, customer, monthly, once }: World): Promise<void> {
  const base = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const yearly = await stripe.prices.create({
    product_data: { name: 'Yearly' },
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
  });
  const item = await stripe.subscriptionItems.create({ subscription: base.id, price: yearly.id });
  await stripe.subscriptionItems.update(item.id, { quantity: 4, proration_behavior: 'none' });
  await stripe.subscriptionItems.retrieve(item.id);
  await stripe.subscriptionItems.del(item.id, { proration_behavior: 'none' });
  await stripe.subscriptions.update(base.id, { pause_collection: { behavior: 'void' } });
  await stripe.subscriptions.update(base.id, { pause_collection: '' });
  await stripe.subscriptions.search({ query: 'status:"active"' });
  await stripe.subscriptions.cancel(base.id, { prorate: true, invoice_now: true });
  const phases = [
    { items: [{ price: monthly }], duration: { interval: 'month', interval_count: 2 } },
    { items: [{ price: yearly.id, quantity: 2 }], add_invoice_items: [{ price: once }] },
  ] satisfies Stripe.SubscriptionScheduleCreateParams.Phase[];
  const schedule = await stripe.subscriptionSchedules.create({ customer, start_date: 'now', phases });
  await stripe.subscriptionSchedules.update(schedule.id, { end_behavior: 'cancel' });
  await stripe.subscriptionSchedules.retrieve(schedule.id);
  await stripe.subscriptionSchedules.release(schedule.id);
  const other = await stripe.subscriptionSchedules.create({ customer, start_date: 'now', phases });
  await stripe.subscriptionSchedules.cancel(other.id);
  await stripe.subscriptionSchedules.create({ customer, start_date: 'now', phases });
}

async function quote({ stripe, customer, monthly, once, taxRate }: World): Promise<void> {
  const offer = {
    customer,
    line_items: [
      { price: monthly, quantity: 2 },
      { price: once, tax_rates: [taxRate] },
    ],
    header: 'Offer',
  };
  const { id } = await stripe.quotes.create(offer);
  await stripe.quotes.update(id, { description: 'Good' });
  await stripe.quotes.finalizeQuote(id);
  await stripe.quotes.listLineItems(id);
  await stripe.quotes.listComputedUpfrontLineItems(id);
  await stripe.quotes.accept(id);
  const open = await stripe.quotes.create(offer);
  await stripe.quotes.finalizeQuote(open.id);
  await stripe.quotes.create({ from_quote: { quote: open.id, is_revision: true } });
  await stripe.quotes.cancel((await stripe.quotes.create(offer)).id);
}

/** Lines edited before, and notes written after. */
async function correct({ stripe, customer }: World): Promise<void> {
  const { id: draft = '' } = await stripe.invoices.create({ customer });
  const { lines } = await stripe.invoices.addLines(draft, {
    lines: [
      { amount: 700, description: 'More' },
      { amount: 300, description: 'Less' },
    ],
  });
  const [first = '', second = ''] = lines.data.map((line) => line.id);
  await stripe.invoices.updateLineItem(draft, first, { description: 'Much more' });
  await stripe.invoices.updateLines(draft, { lines: [{ id: first, amount: 800 }] });
  await stripe.invoices.removeLines(draft, { lines: [{ id: second, behavior: 'delete' }] });
  await stripe.invoices.update(draft, { footer: 'Thanks', metadata: { seen: 'yes' } });
  const { id: owed = '' } = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 1,
  });
  await stripe.invoices.addLines(owed, { lines: [{ amount: 900, description: 'Owed' }] });
  await stripe.invoices.finalizeInvoice(owed, { auto_advance: false });
  await stripe.invoices.listLineItems(owed, { limit: 1 });
  const note = { invoice: owed, amount: 100 };
  await stripe.creditNotes.preview(note);
  await stripe.creditNotes.listPreviewLineItems(note);
  await stripe.creditNotes.voidCreditNote((await stripe.creditNotes.create(note)).id);
  await stripe.creditNotes.create(note);
  await stripe.invoices.markUncollectible(owed);
  await stripe.invoices.voidInvoice(owed);
  await stripe.invoices.del((await stripe.invoices.create({ customer })).id ?? '');
  const item = await stripe.invoiceItems.create({ customer, amount: 50, currency: 'usd' });
  await stripe.invoiceItems.update(item.id, { amount: 60 });
  await stripe.invoiceItems.del(item.id);
  const tax = await stripe.customers.createTaxId(customer, { type: 'eu_vat', value: 'DE123456789' });
  await stripe.customers.retrieveTaxId(customer, tax.id);
  await stripe.customers.deleteTaxId(customer, tax.id);
  const own = await stripe.taxIds.create({ type: 'eu_vat', value: 'DE123456789' });
  await stripe.taxIds.retrieve(own.id);
}
