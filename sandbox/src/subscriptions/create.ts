import type { Account } from '../account.ts';
import { day, hour } from '../clock.ts';
import { type Customer, customers, existingCustomer, type StoredCustomer } from '../customers.ts';
import { applyDiscounts, type DiscountInput } from '../discounts.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import type { Invoice, InvoiceLine } from '../invoices/invoice.ts';
import { createInvoiceItem } from '../invoices/items.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { type Price, prices } from '../prices/price.ts';
import { referred, refused } from '../resource.ts';
import type { TaxRate } from '../tax-rates.ts';
import { invalidRequest, type StripeFault } from '../wire/errors.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { collectNow, isPaid, type PaymentBehavior } from './collect.ts';
import { checkTogether, itemPrice, type NewItem, newItem } from './items.ts';
import { openingLines, type Period, wholeAmount } from './lines.ts';
import { intervalsOn, nextBoundary } from './periods.ts';
import { remainingShare } from './proration.ts';
import { expiryJob, keptMethod, scheduleSubscription } from './renew.ts';
import {
  inPeriod,
  itemList,
  keepItemOwners,
  requireRoom,
  type Subscription,
  subscriptions,
} from './subscription.ts';

/** How long the first invoice may stay unpaid. */
export const incompleteSeconds = 23 * hour;

/** What it takes to start a subscription; times are seconds. */
export interface CreateInput {
  readonly customer: string;
  readonly items: readonly NewItem[];
  readonly currency?: string;
  readonly billingCycleAnchor?: number;
  readonly cancelAt?: number;
  readonly cancelAtPeriodEnd?: boolean;
  readonly collectionMethod?: 'charge_automatically' | 'send_invoice';
  readonly daysUntilDue?: number;
  readonly defaultMethod?: PaymentMethod;
  readonly defaultTaxRates?: readonly TaxRate[];
  readonly description?: string | null;
  readonly discounts?: readonly DiscountInput[];
  readonly invoiceItems?: readonly OneOffItem[];
  readonly invoiceSettings?: { readonly description?: string | null; readonly footer?: string | null };
  readonly metadata?: Readonly<Record<string, string>>;
  readonly offSession?: boolean;
  readonly paymentBehavior?: PaymentBehavior;
  readonly saveDefaultMethod?: 'off' | 'on_subscription';
  readonly prorationBehavior?: 'always_invoice' | 'create_prorations' | 'none';
  readonly trialEnd?: number;
  readonly missingMethodAtTrialEnd?: 'cancel' | 'create_invoice' | 'pause';
}

interface OneOffItem {
  readonly price?: string;
  /** A price that was checked before. */
  readonly chosen?: Price;
  readonly quantity?: number;
  readonly taxRates?: readonly TaxRate[];
}

/** Starts a subscription: its first invoice is made and, unless it waits for the customer, collected. */
export function createSubscription(account: Account, input: CreateInput): Subscription {
  const customer = existingCustomer(account, input.customer);
  requireRoom(account, customer.id);
  const composed = composeSubscription(account, customer, input);
  const { subscription, period, trial } = composed;
  const behavior = input.paymentBehavior ?? 'allow_incomplete';
  addOneOffItems(account, subscription, input);
  const lines = firstLines(account, subscription, input, period, trial);
  const charges = lines.some((line) => line.amount > 0);
  if (charges && behavior !== 'default_incomplete') requireMethod(customer, subscription);
  const draft = draftBill(account, subscription, {
    lines,
    reason: 'subscription_create',
    autoAdvance: subscription.collection_method === 'send_invoice',
    period: { start: account.now(), end: account.now() },
    takePending: true,
  });
  rememberCurrency(account, customer.id, subscription.currency);
  const invoice =
    subscription.collection_method === 'send_invoice'
      ? draft
      : collectNow(account, draft, {
          behavior,
          offSession: input.offSession ?? false,
          method: input.defaultMethod,
        });
  return begin(account, subscription, invoice, trial);
}

function begin(account: Account, subscription: Subscription, invoice: Invoice, trial: boolean): Subscription {
  const paid = subscription.collection_method === 'send_invoice' || isPaid(account, invoice);
  const started: Subscription = {
    ...subscription,
    status: !paid ? 'incomplete' : trial ? 'trialing' : 'active',
    latest_invoice: invoice.id,
    default_payment_method: paid
      ? keptMethod(account, invoice, subscription)
      : subscription.default_payment_method,
    discounts: remainingDiscounts(account, subscription, invoice),
  };
  create(account, subscriptions, started, 'customer.subscription.created');
  keepItemOwners(account, started, started.start_date);
  scheduleSubscription(account, started);
  if (!paid) account.schedule(account.now() + incompleteSeconds, expiryJob, started.id);
  return account.of(subscriptions).get(started.id) ?? started;
}

interface Composed {
  readonly subscription: Subscription;
  readonly period: Period;
  readonly trial: boolean;
}

/** The subscription an input leads to, stored nowhere yet: for previews too. */
export function composeSubscription(account: Account, customer: Customer, input: CreateInput): Composed {
  const now = account.now();
  const id = `sub_1${randomText(23)}`;
  const found = input.items.map((item, at) => itemPrice(account, item, `items[${at}]`));
  const currency = input.currency ?? currencyFor(customer, found);
  const items = input.items.flatMap((item, at) => {
    const price = found[at];
    return price ? [newItem(account, item, price, id)] : [];
  });
  checkTogether(account, items, currency);
  if (customer.currency && customer.currency !== currency) throw otherCurrency(customer.currency);
  const recurring = items[0]?.price.recurring;
  if (!recurring) throw refused('items', 'A subscription needs a recurring price.');
  const trial = input.trialEnd !== undefined && input.trialEnd > now;
  const anchor = input.billingCycleAnchor ?? (trial ? (input.trialEnd ?? now) : now);
  if (anchor < now) throw refused('billing_cycle_anchor', 'billing_cycle_anchor cannot be in the past.');
  if (anchor > intervalsOn(now, recurring, 1) && !trial)
    throw refused(
      'billing_cycle_anchor',
      'billing_cycle_anchor cannot be later than next natural billing date for plan.',
    );
  const end = trial ? (input.trialEnd ?? now) : nextBoundary(anchor, recurring, now);
  const period = { start: now, end };
  const bare = blank(account, input, { id, currency, anchor, customer: customer.id });
  const withItems: Subscription = { ...bare, items: itemList(id, items) };
  const subscription: Subscription = {
    ...inPeriod(withItems, period.start, period.end),
    cancel_at: input.cancelAtPeriodEnd ? period.end : (input.cancelAt ?? null),
    canceled_at: input.cancelAtPeriodEnd || input.cancelAt !== undefined ? now : null,
    discounts: applyDiscounts(account, input.discounts ?? [], {
      customer: customer.id,
      subscription: id,
      purchase: { amount: wholeAmount(account, withItems), currency },
    }),
    trial_start: trial ? now : null,
    trial_end: trial ? (input.trialEnd ?? null) : null,
    status: trial ? 'trialing' : 'incomplete',
  };
  return { subscription, period, trial };
}

function currencyFor(customer: Customer, found: readonly Price[]): string {
  return found[0]?.currency ?? customer.currency ?? 'usd';
}

function otherCurrency(currency: string): StripeFault {
  return refused(
    'currency',
    `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${currency}.`,
  );
}

/** The lines of the first invoice: the whole period, the part of it up to a later anchor, or the trial. */
function firstLines(
  account: Account,
  subscription: Subscription,
  input: CreateInput,
  period: Period,
  trial: boolean,
): InvoiceLine[] {
  const lines = openingLines(account, subscription, period, trial);
  const recurring = subscription.items.data[0]?.price.recurring;
  if (trial || !recurring || input.billingCycleAnchor === undefined) return lines;
  if (input.prorationBehavior === 'none') return [];
  const start = intervalsOn(period.end, recurring, -1);
  return lines.map((line) => {
    const amount = remainingShare(line.amount, line.currency, { at: period.start, start, end: period.end });
    return { ...line, amount, subtotal: amount };
  });
}

function addOneOffItems(account: Account, subscription: Subscription, input: CreateInput): void {
  for (const [at, { price: id, chosen, quantity, taxRates }] of (input.invoiceItems ?? []).entries()) {
    const path = `add_invoice_items[${at}][price]`;
    const price = chosen ?? referred(account, prices, 'price', id ?? '', path);
    if (price.recurring)
      throw refused(
        path,
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
      );
    createInvoiceItem(account, {
      customer: subscription.customer,
      currency: subscription.currency,
      price,
      quantity,
      subscription: subscription.id,
      taxRates,
    });
  }
}

/** Throws Stripe's 400 when there is nothing to charge the first invoice to. */
function requireMethod(customer: Customer, subscription: Subscription): void {
  if (subscription.collection_method === 'send_invoice') return;
  if (
    subscription.default_payment_method ??
    customer.invoice_settings.default_payment_method ??
    customer.default_source
  )
    return;
  throw invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing', param: 'customer' },
  );
}

function rememberCurrency(account: Account, id: string, currency: string): void {
  const customer = existingCustomer(account, id);
  if (customer.currency) return;
  const next: StoredCustomer = { ...customer, currency };
  account.of(customers).put(next);
}

/** Days of trial as a moment, in seconds. */
export function trialEndAfter(account: Account, days: number | undefined): number | undefined {
  return days === undefined || days === 0 ? undefined : account.now() + days * day;
}

function blank(
  account: Account,
  input: CreateInput,
  base: { id: string; currency: string; anchor: number; customer: string },
): Subscription {
  const { id, currency, anchor, customer } = base;
  const now = account.now();
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: null, type: 'classic' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: input.cancelAtPeriodEnd ?? false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: input.collectionMethod ?? 'charge_automatically',
    created: now,
    currency,
    customer,
    customer_account: null,
    days_until_due: input.collectionMethod === 'send_invoice' ? (input.daysUntilDue ?? 30) : null,
    default_payment_method: input.defaultMethod?.id ?? null,
    default_source: null,
    default_tax_rates: [...(input.defaultTaxRates ?? [])],
    description: input.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: input.invoiceSettings?.description ?? null,
      footer: input.invoiceSettings?.footer ?? null,
      issuer: { type: 'self' },
    },
    items: itemList(id, []),
    latest_invoice: null,
    livemode: account.livemode,
    managed_payments: null,
    metadata: { ...input.metadata },
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: input.saveDefaultMethod ?? 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: 'incomplete',
    test_clock: account.timeline(),
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: input.missingMethodAtTrialEnd ?? 'create_invoice',
      },
    },
    trial_start: null,
  };
}
