import type { Account } from '../account.ts';
import { itemsOf, priceOf, type StoredItem } from '../checkout/items.ts';
import { day } from '../clock.ts';
import { type Customer, existingCustomer } from '../customers.ts';
import { applyDiscounts } from '../discounts.ts';
import { advance } from '../events.ts';
import { draftInvoice, newInvoiceId } from '../invoices/draft.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { createInvoiceItem, takeItems } from '../invoices/items.ts';
import { createSchedule } from '../subscription-schedules/create.ts';
import type { Schedule } from '../subscription-schedules/schedule.ts';
import type { CreateInput } from '../subscriptions/compose.ts';
import { createSubscription } from '../subscriptions/create.ts';
import { intervalsOn } from '../subscriptions/periods.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { sourcesOf } from './items.ts';
import { type Quote, quotes } from './quote.ts';
import { invoiceShares } from './shares.ts';
import { requireStatus } from './status.ts';

/**
 * Makes of an offer what was offered: an invoice, or where something recurs a subscription.
 * @throws StripeFault 400 for a quote that is not open, and what the subscription cannot start with.
 */
export function acceptQuote(account: Account, quote: Quote): Quote {
  requireStatus(quote, ['open'], 'accept');
  const customer = existingCustomer(account, quote.customer ?? '');
  const items = itemsOf(account, quote.id);
  const accepted: Quote = {
    ...quote,
    ...made(account, quote, customer, items),
    status: 'accepted',
    status_transitions: { ...quote.status_transitions, accepted_at: account.now() },
  };
  return advance(account, quotes, accepted, 'quote.accepted');
}

function made(account: Account, quote: Quote, customer: Customer, items: readonly StoredItem[]) {
  if (!items.some((item) => priceOf(account, item).recurring))
    return { invoice: draftFrom(account, quote, customer, items).id };
  const { effective_date: date } = quote.subscription_data;
  if (date !== null && date > account.now())
    return { subscription_schedule: scheduleFrom(account, quote, items, date).id };
  return { subscription: createSubscription(account, inputOf(account, quote, items)).id };
}

/** The draft of an invoice with an item for each of the quote's, for the business to send or to finalize. */
function draftFrom(
  account: Account,
  quote: Quote,
  customer: Customer,
  items: readonly StoredItem[],
): Invoice {
  const id = newInvoiceId();
  const currency = quote.currency ?? '';
  const { custom_fields, days_until_due, description, footer } = quote.invoice_settings;
  const offered = items.map((item) =>
    createInvoiceItem(account, {
      customer: customer.id,
      currency,
      price: priceOf(account, item),
      quantity: item.quantity ?? 1,
      description: item.description,
      discounts: sourcesOf(account, item.own_discounts ?? []),
      invoice: id,
      taxRates: existingTaxRates(account, item.tax_rates, 'tax_rates'),
    }),
  );
  return draftInvoice(account, {
    id,
    customer,
    currency,
    lines: takeItems(account, offered, id),
    billingReason: 'quote_accept',
    collectionMethod: quote.collection_method === 'send_invoice' ? 'send_invoice' : 'charge_automatically',
    autoAdvance: false,
    custom_fields: custom_fields ?? undefined,
    daysUntilDue: days_until_due,
    default_tax_rates: existingTaxRates(account, quote.default_tax_rates, 'default_tax_rates'),
    description: description ?? undefined,
    discounts: applyDiscounts(account, sourcesOf(account, quote.discounts), {
      customer: customer.id,
      invoice: id,
    }),
    footer: footer ?? undefined,
    on_behalf_of: quote.on_behalf_of,
    shares: invoiceShares(quote),
    parent: { quote_details: { quote: quote.id }, subscription_details: null, type: 'quote_details' },
  });
}

/** The schedule of a subscription that begins later, in one phase of one interval, after which it goes on by itself. */
function scheduleFrom(account: Account, quote: Quote, items: readonly StoredItem[], date: number): Schedule {
  const {
    customer,
    currency,
    items: recurring,
    add_invoice_items: added,
    billing_mode,
    collection_method,
    days_until_due,
    description,
    invoice_settings,
    trial_period_days: days,
    ...terms
  } = inputOf(account, quote, items);
  const trialEnd = days === undefined ? undefined : date + days * day;
  const interval = recurring.flatMap(({ chosen }) => chosen?.recurring ?? [])[0];
  return createSchedule(account, {
    customer,
    billing_mode,
    default_settings: {
      collection_method,
      description,
      invoice_settings: { ...invoice_settings, days_until_due },
    },
    phases: [
      {
        add_invoice_items: added?.map(({ period: _, ...item }) => item),
        currency,
        default_tax_rates: terms.default_tax_rates,
        discounts: terms.discounts,
        items: [...recurring],
        metadata: terms.metadata,
        end_date: trialEnd && interval && intervalsOn(trialEnd, interval, 1),
        trial_end: trialEnd,
      },
    ],
    start_date: date,
  });
}

function inputOf(account: Account, quote: Quote, items: readonly StoredItem[]): CreateInput {
  const { transfer_data: data } = quote;
  const { custom_fields, days_until_due, description, footer } = quote.invoice_settings;
  const {
    billing_mode: mode,
    description: said,
    metadata,
    trial_period_days: days,
  } = quote.subscription_data;
  const offered = items.map((item) => ({
    chosen: priceOf(account, item),
    discounts: sourcesOf(account, item.own_discounts ?? []),
    quantity: item.quantity ?? undefined,
    tax_rates: [...item.tax_rates],
  }));
  return {
    application_fee_percent: quote.application_fee_percent,
    customer: quote.customer ?? '',
    currency: quote.currency ?? undefined,
    items: offered.filter(({ chosen }) => chosen.recurring),
    add_invoice_items: offered.filter(({ chosen }) => !chosen.recurring),
    billing_mode: mode,
    collection_method: quote.collection_method === 'send_invoice' ? 'send_invoice' : 'charge_automatically',
    days_until_due: days_until_due ?? undefined,
    default_tax_rates: quote.default_tax_rates,
    description: said ?? undefined,
    discounts: sourcesOf(account, quote.discounts),
    invoice_settings: { custom_fields, description, footer },
    metadata: metadata ?? {},
    on_behalf_of: quote.on_behalf_of,
    transfer_data: data && {
      amount_percent: data.amount_percent ?? undefined,
      destination: data.destination,
    },
    trial_period_days: days ?? undefined,
  };
}
