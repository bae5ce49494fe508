/** What is mirrored, how it is asked for, and what of it is kept. */
import type Stripe from 'stripe';
import type { JsonValue } from '../database/schema.ts';
import type { Listed, PageRequest } from './backfill.ts';

/** A mirrored object: the fields reports look at. */
export interface Kept {
  readonly id: string;
  readonly created: number;
  readonly data: { readonly [key: string]: JsonValue };
}

interface Kind<T extends Listed> {
  list(api: Stripe, page: PageRequest): Promise<{ data: T[]; has_more: boolean }>;
  retrieve(api: Stripe, id: string): Promise<T>;
  keep(object: T, api: Stripe): Promise<Kept> | Kept;
}

/** A line of an invoice, as kept. Amounts in minor units of the invoice's currency. */
export interface KeptLine {
  readonly id: string;
  readonly product: string | null;
  /** After discounts, without exclusive tax. */
  readonly amount: number;
  readonly discount: number;
  readonly tax: number;
  readonly subscription: string | null;
  readonly proration: boolean;
  readonly from: number;
  readonly to: number;
  readonly price: string | null;
  readonly quantity: number;
}

const idOf = (reference: string | { id: string } | null | undefined): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null);

const sum = (amounts: readonly { amount: number }[] | null | undefined): number =>
  (amounts ?? []).reduce((total, { amount }) => total + amount, 0);

function keptLine(line: Stripe.InvoiceLineItem): KeptLine {
  const exclusive = (line.taxes ?? []).filter(({ tax_behavior }) => tax_behavior === 'exclusive');
  const inclusive = (line.taxes ?? []).filter(({ tax_behavior }) => tax_behavior === 'inclusive');
  // Billing credits lower what is paid as discounts do.
  const credits = (line.pretax_credit_amounts ?? []).filter(
    ({ type }) => type === 'credit_balance_transaction',
  );
  const discount = sum(line.discount_amounts) + sum(credits);
  const { parent, pricing } = line;
  const details = parent?.subscription_item_details ?? parent?.invoice_item_details;
  return {
    id: line.id,
    product: pricing?.price_details?.product ?? null,
    amount: line.amount - discount - sum(inclusive),
    discount,
    tax: sum(exclusive) + sum(inclusive),
    subscription: idOf(line.subscription) ?? details?.subscription ?? null,
    proration: details?.proration ?? false,
    from: line.period.start,
    to: line.period.end,
    price: idOf(pricing?.price_details?.price),
    quantity: line.quantity ?? 1,
  };
}

/** An invoice shows ten lines; the rest is asked for. */
async function allLines(invoice: Stripe.Invoice, api: Stripe): Promise<Stripe.InvoiceLineItem[]> {
  if (!invoice.lines.has_more) return invoice.lines.data;
  return api.invoices.listLineItems(invoice.id ?? '', { limit: 100 }).autoPagingToArray({ limit: 10_000 });
}

/** The payment intents, or charges without one, that paid an invoice. */
function paymentsOf(invoice: Stripe.Invoice): string[] {
  return (invoice.payments?.data ?? []).flatMap(({ payment }) => {
    const id = idOf(payment.payment_intent) ?? idOf(payment.charge);
    return id === null ? [] : [id];
  });
}

function taxesOf(invoice: Stripe.Invoice): JsonValue {
  return (invoice.total_taxes ?? []).map(({ amount, taxable_amount, tax_rate_details, tax_behavior }) => ({
    amount,
    taxable: taxable_amount,
    inclusive: tax_behavior === 'inclusive',
    rate: idOf(tax_rate_details?.tax_rate),
  }));
}

function define<T extends Listed>(kind: Kind<T>): Kind<Listed> {
  return kind as unknown as Kind<Listed>;
}

/** In the order in which they are filled: what others point at first. */
export const kinds = {
  product: define<Stripe.Product>({
    list: (api, page) => api.products.list(page),
    retrieve: (api, id) => api.products.retrieve(id),
    keep: ({ id, created, name }) => ({ id, created, data: { name } }),
  }),
  price: define<Stripe.Price>({
    list: (api, page) => api.prices.list(page),
    retrieve: (api, id) => api.prices.retrieve(id),
    keep: ({ id, created, unit_amount, currency, recurring }) => ({
      id,
      created,
      data: {
        unit_amount,
        currency,
        interval: recurring?.interval ?? null,
        interval_count: recurring?.interval_count ?? null,
        metered: recurring?.usage_type === 'metered',
      },
    }),
  }),
  tax_rate: define<Stripe.TaxRate>({
    list: (api, page) => api.taxRates.list(page),
    retrieve: (api, id) => api.taxRates.retrieve(id),
    keep: ({ id, created, display_name, jurisdiction, country, state, percentage, tax_type }) => ({
      id,
      created,
      data: { display_name, jurisdiction, country, state, percentage, tax_type: tax_type ?? null },
    }),
  }),
  customer: define<Stripe.Customer>({
    list: (api, page) => api.customers.list(page),
    retrieve: (api, id) => api.customers.retrieve(id) as Promise<Stripe.Customer>,
    keep: ({ id, created, name, email }) => ({
      id,
      created,
      data: { name: name ?? null, email: email ?? null },
    }),
  }),
  subscription: define<Stripe.Subscription>({
    list: (api, page) => api.subscriptions.list({ ...page, status: 'all' }),
    retrieve: (api, id) => api.subscriptions.retrieve(id),
    keep: ({ id, created, status, customer, ended_at, cancel_at, cancel_at_period_end }) => ({
      id,
      created,
      data: { status, customer: idOf(customer), ended_at, cancel_at, cancel_at_period_end },
    }),
  }),
  invoice: define<Stripe.Invoice & { id: string }>({
    list: (api, page) =>
      api.invoices.list({ ...page, expand: ['data.payments'] }) as Promise<{
        data: (Stripe.Invoice & { id: string })[];
        has_more: boolean;
      }>,
    retrieve: (api, id) =>
      api.invoices.retrieve(id, { expand: ['payments'] }) as Promise<Stripe.Invoice & { id: string }>,
    async keep(invoice, api) {
      const { id, created, status, customer, currency, total, status_transitions: times } = invoice;
      const lines = (await allLines(invoice, api)).map(keptLine);
      return {
        id,
        created,
        data: {
          ...{ status, customer: idOf(customer), currency, total, number: invoice.number },
          ...{ finalized_at: times.finalized_at, paid_at: times.paid_at, voided_at: times.voided_at },
          uncollectible_at: times.marked_uncollectible_at,
          // What the customer's balance gave to it, or got of it where negative.
          applied: (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance,
          off_stripe: invoice.amount_paid_off_stripe ?? 0,
          taxes: taxesOf(invoice),
          payments: paymentsOf(invoice),
          lines: lines as unknown as JsonValue,
        },
      };
    },
  }),
  credit_note: define<Stripe.CreditNote>({
    list: (api, page) => api.creditNotes.list(page),
    retrieve: (api, id) => api.creditNotes.retrieve(id),
    keep: ({ id, created, invoice, currency, number, total, voided_at, total_taxes, ...note }) => ({
      id,
      created,
      data: {
        ...{ invoice: idOf(invoice), currency, number, total, voided_at },
        tax: sum(total_taxes),
        after_payment: note.post_payment_amount,
        off_stripe: note.out_of_band_amount ?? 0,
        refunds: note.refunds.map(({ refund, amount_refunded }) => ({
          refund: idOf(refund),
          amount: amount_refunded,
        })),
      },
    }),
  }),
  checkout_session: define<Stripe.Checkout.Session>({
    list: (api, page) => api.checkout.sessions.list({ ...page, expand: ['data.line_items'] }),
    retrieve: (api, id) => api.checkout.sessions.retrieve(id, { expand: ['line_items'] }),
    keep: ({ id, created, payment_intent, line_items, currency }) => ({
      id,
      created,
      data: {
        payment: idOf(payment_intent),
        currency,
        lines: (line_items?.data ?? []).map((line) => ({
          product: idOf(line.price?.product),
          amount: line.amount_total - line.amount_tax,
          discount: line.amount_discount,
          tax: line.amount_tax,
        })),
      },
    }),
  }),
  charge: define<Stripe.Charge>({
    list: (api, page) => api.charges.list(page),
    retrieve: (api, id) => api.charges.retrieve(id),
    keep: ({ id, created, payment_intent, customer, amount_captured: amount, currency }) => ({
      id,
      created,
      data: { payment: idOf(payment_intent) ?? id, customer: idOf(customer), amount, currency },
    }),
  }),
  refund: define<Stripe.Refund>({
    list: (api, page) => api.refunds.list(page),
    retrieve: (api, id) => api.refunds.retrieve(id),
    keep: ({ id, created, charge, amount, currency }) => ({
      id,
      created,
      data: { charge: idOf(charge), amount, currency },
    }),
  }),
  dispute: define<Stripe.Dispute>({
    list: (api, page) => api.disputes.list(page),
    retrieve: (api, id) => api.disputes.retrieve(id),
    keep: ({ id, created, charge, amount, currency }) => ({
      id,
      created,
      data: { charge: idOf(charge), amount, currency },
    }),
  }),
  balance_transaction: define<Stripe.BalanceTransaction>({
    list: (api, page) => api.balanceTransactions.list(page),
    retrieve: (api, id) => api.balanceTransactions.retrieve(id),
    keep: ({ id, created, amount, fee, currency, source, reporting_category }) => ({
      id,
      created,
      data: { amount, fee, currency, source: idOf(source as string | null), category: reporting_category },
    }),
  }),
} as const;

export type KindName = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as KindName[];
