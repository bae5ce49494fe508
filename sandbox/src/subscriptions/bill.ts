import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { inheritedDiscounts } from '../customers/discount.ts';
import { existingCustomer } from '../customers.ts';
import { reductionsOf } from '../discounts.ts';
import { type DraftInput, draftInvoice, newInvoiceId } from '../invoices/draft.ts';
import type { Invoice, InvoiceLine } from '../invoices/invoice.ts';
import { pendingItems, takeItems } from '../invoices/items.ts';
import { invoicedOptionsAfter } from '../invoices/payment-options.ts';
import { draftUsageLines, type UsageCharge } from '../invoices/usage-lines.ts';
import type { Wire } from '../wire/shapes.ts';
import type { Period } from './periods.ts';
import type { Subscription } from './subscription.ts';

export interface BillInput {
  readonly lines: readonly InvoiceLine[];
  /** What was used and is billed now. */
  readonly usage?: readonly UsageCharge[];
  readonly reason: Wire<Stripe.Invoice.BillingReason>;
  readonly autoAdvance: boolean;
  readonly period: Period;
}

/** Drafts a subscription's invoice; what was waiting for it joins. */
export function draftBill(account: Account, subscription: Subscription, bill: BillInput): Invoice {
  const id = newInvoiceId();
  const { customer, currency } = subscription;
  const waiting = pendingItems(account, customer, { currency, subscription: subscription.id });
  const lines = [
    ...takeItems(account, waiting, id),
    ...draftUsageLines(account, id, bill.usage ?? []),
    ...bill.lines,
  ];
  return draftInvoice(account, billInput(account, subscription, { ...bill, lines }, id));
}

function billInput(account: Account, subscription: Subscription, bill: BillInput, id: string): DraftInput {
  const { invoice_settings: settings } = subscription;
  const customer = existingCustomer(account, subscription.customer);
  return {
    id,
    customer,
    currency: subscription.currency,
    lines: bill.lines,
    billingReason: bill.reason,
    collectionMethod:
      subscription.collection_method === 'send_invoice' ? 'send_invoice' : 'charge_automatically',
    autoAdvance: bill.autoAdvance,
    daysUntilDue: subscription.days_until_due,
    default_tax_rates: subscription.default_tax_rates ?? [],
    account_tax_ids: settings.account_tax_ids ?? undefined,
    custom_fields: settings.custom_fields ?? undefined,
    description: settings.description,
    footer: settings.footer,
    on_behalf_of: subscription.on_behalf_of,
    payment_settings: {
      default_mandate: null,
      payment_method_options: invoicedOptionsAfter(
        subscription.payment_settings?.payment_method_options ?? null,
      ),
      payment_method_types: subscription.payment_settings?.payment_method_types ?? null,
    },
    discounts: subscription.discounts.length > 0 ? subscription.discounts : inheritedDiscounts(customer),
    parent: {
      quote_details: null,
      subscription_details: { metadata: subscription.metadata, subscription: subscription.id },
      type: 'subscription_details',
    },
    period: bill.period,
    shares: {
      application_fee_percent: subscription.application_fee_percent,
      transfer_data: subscription.transfer_data,
    },
  };
}

/** The discounts that go on after an invoice: those that count once are spent by the first that they lower. */
export function remainingDiscounts(account: Account, subscription: Subscription, invoice: Invoice): string[] {
  const spent = new Set(
    reductionsOf(account, subscription.discounts, account.now())
      .filter(({ coupon }) => coupon.duration === 'once')
      .map(({ discount }) => discount)
      .filter((discount) => invoice.total_discount_amounts.some((entry) => entry.discount === discount)),
  );
  return spent.size === 0
    ? subscription.discounts
    : subscription.discounts.filter((discount) => !spent.has(discount));
}
