import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { day, hour } from '../clock.ts';
import { type Reduction, reductionsOf } from '../discounts.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import { taxRates } from '../tax-rates.ts';
import {
  type Invoice,
  type InvoiceLine,
  invoices,
  type StoredInvoice,
  type SubscriptionParent,
} from './invoice.ts';
import { totalsOf } from './totals.ts';

export const finalizeJob = 'invoice.finalize';
/** How long a draft waits before it finalizes itself, so that the business can still change it. */
export const draftSeconds = hour;

/** What it takes to draft an invoice. */
export interface DraftInput {
  readonly customer: Stripe.Customer;
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  readonly billingReason: Stripe.Invoice.BillingReason;
  readonly collectionMethod: 'charge_automatically' | 'send_invoice';
  readonly autoAdvance: boolean;
  /** Days after finalization; only for `send_invoice`. */
  readonly daysUntilDue?: number | null;
  readonly dueDate?: number | null;
  readonly parent?: SubscriptionParent | null;
  readonly period?: { readonly start: number; readonly end: number };
  readonly discounts?: readonly string[];
  readonly defaultTaxRates?: readonly Stripe.TaxRate[];
  readonly defaultPaymentMethod?: string | null;
  readonly description?: string | null;
  readonly footer?: string | null;
  readonly customFields?: Stripe.Invoice.CustomField[] | null;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly statementDescriptor?: string | null;
  readonly number?: string | null;
  readonly id?: string;
}

/** An id for an invoice that is about to be drafted, for items that must name it first. */
export function newInvoiceId(): string {
  return `in_1${randomText(23)}`;
}

/** Drafts an invoice; one that advances by itself finalizes an hour later. */
export function draftInvoice(account: Account, input: DraftInput): Invoice {
  const invoice = composeInvoice(account, input);
  create<StoredInvoice>(account, invoices, invoice, 'invoice.created');
  if (invoice.automatically_finalizes_at !== null)
    account.schedule(invoice.automatically_finalizes_at, finalizeJob, invoice.id);
  return invoice;
}

/** The invoice an input leads to, stored nowhere: drafts and previews. */
export function composeInvoice(account: Account, input: DraftInput): Invoice {
  const { customer, currency, period } = input;
  const now = account.now();
  const bare: Invoice = {
    ...blank(account, input),
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email ?? null,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping ?? null,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    currency,
    period_end: period?.end ?? now,
    period_start: period?.start ?? now,
    starting_balance: customer.balance,
  };
  return withTotals(account, bare, input.lines);
}

/** The invoice with these lines and everything that is summed from them. */
export function withTotals(account: Account, invoice: Invoice, lines: readonly InvoiceLine[]): Invoice {
  const now = account.now();
  const lineReductions = new Map<string, readonly Reduction[]>(
    lines
      .filter((line) => line.discounts.length > 0)
      .map((line) => [line.id, reductionsOf(account, line.discounts, now)]),
  );
  const { lines: summed, ...totals } = totalsOf({
    currency: invoice.currency,
    lines,
    reductions: reductionsOf(account, invoice.discounts, now),
    lineReductions,
    rates: (id) => account.of(taxRates).get(id),
    defaultRates: invoice.default_tax_rates,
  });
  const due = amountDue(totals.total, invoice.starting_balance);
  return {
    ...invoice,
    ...totals,
    total_pretax_credit_amounts: totals.total_discount_amounts.map(({ amount, discount }) => ({
      amount,
      discount,
      type: 'discount',
    })),
    amount_due: due,
    amount_remaining: due,
    lines: {
      object: 'list',
      data: summed.map((line) => ({ ...line, invoice: invoice.id })),
      has_more: false,
      total_count: summed.length,
      url: `/v1/invoices/${invoice.id}/lines`,
    },
  };
}

/** What is asked of the customer: the total with their balance taken into account, never less than nothing. */
export function amountDue(total: number, customerBalance: number): number {
  return Math.max(0, total + customerBalance);
}

/** What a new draft does not know yet or never has here. */
const untouched = {
  account_tax_ids: null,
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  application: null,
  attempt_count: 0,
  attempted: false,
  customer_account: null,
  customer_address: null,
  customer_email: null,
  customer_name: null,
  customer_phone: null,
  customer_shipping: null,
  customer_tax_exempt: 'none',
  customer_tax_ids: [],
  default_source: null,
  effective_at: null,
  ending_balance: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  last_finalization_error: null,
  latest_revision: null,
  on_behalf_of: null,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  starting_balance: 0,
  subtotal: 0,
  subtotal_excluding_tax: 0,
  test_clock: null,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
} satisfies Partial<Invoice>;

function blank(account: Account, input: DraftInput): Invoice {
  const now = account.now();
  const business = accountObject(account);
  return {
    id: input.id ?? newInvoiceId(),
    object: 'invoice',
    ...untouched,
    account_country: business.country ?? null,
    account_name: business.business_profile?.name ?? null,
    auto_advance: input.autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: input.autoAdvance ? now + draftSeconds : null,
    billing_reason: input.billingReason,
    collection_method: input.collectionMethod,
    created: now,
    currency: input.currency,
    custom_fields: input.customFields ?? null,
    customer: input.customer.id,
    default_payment_method: input.defaultPaymentMethod ?? null,
    default_tax_rates: [...(input.defaultTaxRates ?? [])],
    description: input.description ?? null,
    discounts: [...(input.discounts ?? [])],
    due_date: dueDateOf(input, now),
    footer: input.footer ?? null,
    issuer: { type: 'self' },
    lines: { object: 'list', data: [], has_more: false, total_count: 0, url: '' },
    livemode: account.livemode,
    metadata: { ...input.metadata },
    next_payment_attempt:
      input.autoAdvance && input.collectionMethod === 'charge_automatically' ? now + draftSeconds : null,
    number: input.number ?? null,
    parent: input.parent ?? null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: now,
    period_start: now,
    statement_descriptor: input.statementDescriptor ?? null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    webhooks_delivered_at: now,
  };
}

function dueDateOf(input: DraftInput, now: number): number | null {
  if (input.collectionMethod !== 'send_invoice') return null;
  return input.dueDate ?? now + (input.daysUntilDue ?? 30) * day;
}
