import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import type { Shares } from '../charges/shares.ts';
import { day, hour } from '../clock.ts';
import { actingApplication } from '../connect/application.ts';
import type { Customer } from '../customers.ts';
import { type Reduction, reductionsOf } from '../discounts.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import { given } from '../resource.ts';
import { taxIdsOf } from '../tax/tax-id.ts';
import { taxRates } from '../tax-rates.ts';
import type { Wire } from '../wire/shapes.ts';
import {
  type Invoice,
  type InvoiceLine,
  type InvoiceParent,
  invoices,
  type StoredInvoice,
} from './invoice.ts';
import { lineList, withShownLines } from './line-list.ts';
import { keepShares } from './shares.ts';
import { type Exemption, totalsOf } from './totals.ts';

export const finalizeJob = 'invoice.finalize';
/** How long a draft waits before it finalizes itself, so that the business can still change it. */
export const draftSeconds = hour;

/** Terms of an invoice that are shown as they were given. */
export type DraftTerms = Partial<
  Pick<
    Invoice,
    | 'account_tax_ids'
    | 'custom_fields'
    | 'default_payment_method'
    | 'default_tax_rates'
    | 'description'
    | 'effective_at'
    | 'footer'
    | 'from_invoice'
    | 'metadata'
    | 'number'
    | 'on_behalf_of'
    | 'payment_settings'
    | 'rendering'
    | 'shipping_cost'
    | 'shipping_details'
    | 'statement_descriptor'
  >
>;

/** What it takes to draft an invoice. */
export interface DraftInput extends DraftTerms {
  readonly customer: Customer;
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  readonly billingReason: Wire<Stripe.Invoice.BillingReason>;
  readonly collectionMethod: 'charge_automatically' | 'send_invoice';
  readonly autoAdvance: boolean;
  /** When it finalizes itself, in seconds; absent: an hour from now where it advances. */
  readonly finalizesAt?: number;
  /** Days from now; only for `send_invoice`. */
  readonly daysUntilDue?: number | null;
  readonly dueDate?: number | null;
  readonly parent?: InvoiceParent | null;
  readonly period?: { readonly start: number; readonly end: number };
  /** Ids of discounts. */
  readonly discounts?: readonly string[];
  readonly id?: string;
  /** How its payment is shared, beyond the account that it is made on behalf of. */
  readonly shares?: Shares;
}

/** An id for an invoice that is about to be drafted, for items that must name it first. */
export function newInvoiceId(): string {
  return `in_1${randomText(23)}`;
}

/** Drafts an invoice; one that advances by itself finalizes an hour later. */
export function draftInvoice(account: Account, input: DraftInput): Invoice {
  const invoice = withShownLines(account, composeInvoice(account, input));
  create<StoredInvoice>(account, invoices, invoice, 'invoice.created');
  if (input.shares) keepShares(account, invoice.id, input.shares);
  if (invoice.automatically_finalizes_at !== null)
    account.schedule(invoice.automatically_finalizes_at, finalizeJob, invoice.id);
  return invoice;
}

/** The invoice an input leads to, with all its lines and stored nowhere: drafts and previews. */
export function composeInvoice(account: Account, input: DraftInput): Invoice {
  const { customer, period } = input;
  const now = account.now();
  const bare: Invoice = {
    ...blank(account, input),
    ...ofCustomer(customer),
    customer_tax_ids: taxIdsOf(account, customer.id),
    period_end: period?.end ?? now,
    period_start: period?.start ?? now,
    starting_balance: customer.balance,
  };
  return withTotals(account, bare, input.lines);
}

/** What an invoice copies from its customer, who may change later. */
export function ofCustomer(customer: Customer) {
  return {
    customer: customer.id,
    customer_address: customer.address ?? null,
    customer_email: customer.email ?? null,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping ?? null,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
  } satisfies Partial<Invoice>;
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
    shipping: invoice.shipping_cost?.amount_total ?? 0,
    exemption: exemptionOf(invoice),
  });
  const due = amountDue(totals.total, invoice.starting_balance);
  return {
    ...invoice,
    ...totals,
    amount_due: due,
    amount_remaining: due,
    amount_shipping: invoice.shipping_cost?.amount_total ?? 0,
    lines: lineList(invoice.id, summed),
  };
}

function exemptionOf({ customer_tax_exempt: exempt }: Invoice): Exemption {
  if (exempt === 'exempt') return 'exempt';
  return exempt === 'reverse' ? 'reverse' : 'none';
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
  attempt_count: 0,
  attempted: false,
  customer_account: null,
  customer_tax_ids: [],
  default_payment_method: null,
  default_source: null,
  description: null,
  effective_at: null,
  ending_balance: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  issuer: { type: 'self' },
  last_finalization_error: null,
  latest_revision: null,
  number: null,
  on_behalf_of: null,
  payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  receipt_number: null,
  rendering: {
    amount_tax_display: null,
    pdf: { page_size: 'auto' },
    template: null,
    template_version: null,
  },
  shipping_cost: null,
  shipping_details: null,
  starting_balance: 0,
  statement_descriptor: null,
  status: 'draft',
  status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
} satisfies Partial<Invoice>;

function blank(account: Account, input: DraftInput): Omit<Invoice, keyof ReturnType<typeof ofCustomer>> {
  const now = account.now();
  const business = accountObject(account);
  const {
    customer,
    lines: _,
    billingReason,
    collectionMethod,
    autoAdvance,
    finalizesAt,
    daysUntilDue,
    dueDate,
    parent,
    period: __,
    discounts,
    id = newInvoiceId(),
    shares: ___,
    ...terms
  } = input;
  return {
    ...untouched,
    default_tax_rates: [],
    metadata: {},
    ...given(terms),
    id,
    object: 'invoice',
    account_country: business.country ?? null,
    account_name: business.business_profile?.name ?? null,
    application: actingApplication(account),
    auto_advance: autoAdvance,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: autoAdvance ? (finalizesAt ?? now + draftSeconds) : null,
    billing_reason: billingReason,
    collection_method: collectionMethod,
    created: now,
    custom_fields: terms.custom_fields ?? customer.invoice_settings.custom_fields,
    discounts: [...(discounts ?? [])],
    due_date: dueDateOf(input, now),
    footer: terms.footer ?? customer.invoice_settings.footer,
    lines: lineList(id, []),
    livemode: account.livemode,
    next_payment_attempt:
      autoAdvance && collectionMethod === 'charge_automatically' ? (finalizesAt ?? now + draftSeconds) : null,
    parent: parent ?? null,
    period_end: now,
    period_start: now,
    test_clock: account.timeline(),
    webhooks_delivered_at: now,
  };
}

function dueDateOf(input: DraftInput, now: number): number | null {
  if (input.collectionMethod !== 'send_invoice') return null;
  return input.dueDate ?? now + (input.daysUntilDue ?? 30) * day;
}
