import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { expanded, idOf } from '../pages.ts';
import { couponLabel, priceLabel } from './catalogue.ts';
import { customerFacts } from './customers.ts';
import { compact, metadataView, time } from './shape.ts';

/** Names of products by id; Stripe does not let a list expand that deep. */
export type ProductNames = ReadonlyMap<string, string>;

const subscriptionNotes: Readonly<Record<string, string>> = {
  incomplete: 'Not active: the first payment has not gone through. It ends by itself after 23 hours.',
  incomplete_expired: 'Ended: the first payment never went through.',
  past_due: 'The last payment failed; Stripe retries as the account is set.',
  unpaid: 'Payments failed; invoices are made and not collected.',
  paused: 'Paused: no invoices are made.',
};

/** An item of a subscription: what is paid for, and how many of it. */
export function itemRow(item: Stripe.SubscriptionItem, names: ProductNames): Json {
  const product = idOf(item.price.product) ?? '';
  return compact({
    id: item.id,
    price: item.price.id,
    product,
    product_name:
      names.get(product) ?? expanded<Stripe.Product>(item.price.product as string | Stripe.Product)?.name,
    amount: item.price.unit_amount === null ? undefined : shown(item.price.unit_amount, item.price.currency),
    interval: item.price.recurring?.interval,
    interval_count:
      (item.price.recurring?.interval_count ?? 1) > 1 ? item.price.recurring?.interval_count : undefined,
    quantity: item.quantity,
  });
}

/** `Premium Subscription, $29.99 monthly`. */
export function subscriptionPlan(subscription: Stripe.Subscription, names: ProductNames): string {
  return subscription.items.data
    .map((item) => {
      const name = names.get(idOf(item.price.product) ?? '');
      const times = item.quantity && item.quantity > 1 ? `${item.quantity} × ` : '';
      return `${times}${name ? `${name}, ` : ''}${priceLabel(item.price)}`;
    })
    .join(' + ');
}

/** A discount on a subscription, as far as it was expanded. */
export function discountRow(discount: string | Stripe.Discount): Json {
  if (typeof discount === 'string') return discount;
  const coupon = expanded<Stripe.Coupon>(discount.source.coupon);
  return compact({
    id: discount.id,
    discount: coupon && couponLabel(coupon),
    coupon: idOf(discount.source.coupon),
    promotion_code: idOf(discount.promotion_code),
    ends: time(discount.end),
  });
}

export function subscriptionRow(
  subscription: Stripe.Subscription,
  names: ProductNames,
): { [key: string]: Json } {
  return compact({
    id: subscription.id,
    status: subscription.status,
    ...customerFacts(subscription.customer),
    items: subscription.items.data.map((item) => itemRow(item, names)),
    current_period_end: time(subscription.items.data[0]?.current_period_end),
    cancel_at_period_end: subscription.cancel_at_period_end || undefined,
    cancel_at: time(subscription.cancel_at),
    canceled_at: time(subscription.canceled_at),
    collection_paused: subscription.pause_collection?.behavior,
    collection_resumes_at: time(subscription.pause_collection?.resumes_at),
    schedule: idOf(subscription.schedule),
    discounts: subscription.discounts.map((discount) => discountRow(discount)),
    created: time(subscription.created),
  });
}

export function subscriptionView(
  subscription: Stripe.Subscription,
  names: ProductNames,
  note?: string,
): { [key: string]: Json } {
  const invoice = expanded<Stripe.Invoice>(subscription.latest_invoice);
  return compact({
    object: 'subscription',
    ...subscriptionRow(subscription, names),
    current_period_start: time(subscription.items.data[0]?.current_period_start),
    collection_method: subscription.collection_method,
    days_until_due: subscription.days_until_due,
    default_payment_method: idOf(subscription.default_payment_method),
    trial_end: time(subscription.trial_end),
    latest_invoice: idOf(subscription.latest_invoice),
    latest_invoice_status: invoice?.status,
    latest_invoice_url: invoice?.hosted_invoice_url,
    note: note ?? subscriptionNotes[subscription.status],
    metadata: metadataView(subscription.metadata),
    livemode: subscription.livemode,
  });
}

export function subscriptionRef(subscription: Stripe.Subscription, names: ProductNames): ObjectRef {
  return { type: 'subscription', id: subscription.id, label: subscriptionPlan(subscription, names) };
}

const invoiceNotes: Readonly<Record<string, string>> = {
  draft: 'A draft: it can still be changed, and the customer has not seen it.',
  uncollectible: 'Written off.',
  void: 'Void: nothing is owed on it.',
};

/** True for an open invoice whose due date has passed. */
export function isOverdue(invoice: Stripe.Invoice, now: Date): boolean {
  return invoice.status === 'open' && invoice.due_date !== null && invoice.due_date * 1000 < now.getTime();
}

export function invoiceRow(invoice: Stripe.Invoice): { [key: string]: Json } {
  return compact({
    id: invoice.id,
    number: invoice.number,
    status: invoice.status,
    total: shown(invoice.total, invoice.currency),
    amount_due: shown(invoice.amount_due, invoice.currency),
    amount_remaining: shown(invoice.amount_remaining, invoice.currency),
    customer: idOf(invoice.customer),
    customer_name: invoice.customer_name,
    customer_email: invoice.customer_email,
    due_date: time(invoice.due_date),
    attempt_count: invoice.attempt_count > 0 ? invoice.attempt_count : undefined,
    next_payment_attempt: time(invoice.next_payment_attempt),
    subscription: idOf(invoice.parent?.subscription_details?.subscription),
    created: time(invoice.created),
  });
}

function lineView(line: Stripe.InvoiceLineItem): Json {
  return compact({
    description: line.description,
    amount: shown(line.amount, line.currency),
    quantity: line.quantity === 1 ? undefined : line.quantity,
    price: idOf(line.pricing?.price_details?.price),
    product: line.pricing?.price_details?.product,
  });
}

export function invoiceView(invoice: Stripe.Invoice, note?: string): { [key: string]: Json } {
  return compact({
    object: 'invoice',
    ...invoiceRow(invoice),
    amount_paid: invoice.amount_paid === 0 ? undefined : shown(invoice.amount_paid, invoice.currency),
    description: invoice.description,
    collection_method: invoice.collection_method,
    billing_reason: invoice.billing_reason,
    lines: invoice.lines.data.map(lineView),
    lines_complete: invoice.lines.has_more ? false : undefined,
    hosted_invoice_url: invoice.hosted_invoice_url,
    invoice_pdf: invoice.invoice_pdf,
    note: note ?? invoiceNotes[invoice.status ?? ''],
    metadata: metadataView(invoice.metadata),
    livemode: invoice.livemode,
  });
}

/** What people call an invoice: its number, or its id while it is a draft. */
export function invoiceLabel(invoice: Stripe.Invoice): string {
  return invoice.number ?? invoice.id;
}

export function invoiceRef(invoice: Stripe.Invoice): ObjectRef {
  return {
    type: 'invoice',
    id: invoice.id,
    label: `${invoiceLabel(invoice)}, ${spoken(invoice.total, invoice.currency)}`,
  };
}
