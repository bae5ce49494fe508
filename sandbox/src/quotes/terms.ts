import type { Account } from '../account.ts';
import { itemsOf, priceOf } from '../checkout/items.ts';
import { existingCustomer } from '../customers.ts';
import { given, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { currencyOf, promised, wantedItems } from './items.ts';
import type { QuoteTerms } from './params.ts';
import { withAmounts } from './pricing.ts';
import type { Quote } from './quote.ts';
import { requireFittingShares, sharesOfQuote } from './shares.ts';

/** The quote as a request wants it, priced anew. Throws Stripe's refusals of terms that do not go together. */
export function withTerms(account: Account, before: Quote, terms: QuoteTerms): Quote {
  const { default_tax_rates: rates, discounts } = terms;
  if (terms.automatic_tax?.enabled) throw notSupported('automatic tax');
  const owned: Quote = {
    ...before,
    ...given({
      collection_method: terms.collection_method,
      description: terms.description,
      footer: terms.footer,
      header: terms.header,
    }),
    ...sharesOfQuote(account, before, terms),
    customer: customerFor(account, before, terms.customer),
    default_tax_rates:
      rates === undefined
        ? before.default_tax_rates
        : existingTaxRates(account, rates ?? [], 'default_tax_rates').map(({ id }) => id),
    expires_at: expiryFor(account, before, terms.expires_at),
    invoice_settings: { ...before.invoice_settings, ...given({ ...terms.invoice_settings }) },
    metadata: applyMetadata(before.metadata, terms.metadata),
    subscription_data: subscriptionDataFor(before, terms.subscription_data),
  };
  requireDueDays(owned);
  const items = terms.line_items
    ? wantedItems(account, owned, terms.line_items)
    : itemsOf(account, before.id);
  if (items.length > 0)
    requireFittingShares(
      owned,
      items.some((item) => priceOf(account, item).recurring),
    );
  const priced = { ...owned, currency: currencyOf(account, items) };
  return withAmounts(
    account,
    {
      ...priced,
      discounts:
        discounts === undefined ? before.discounts : promised(account, priced, discounts ?? [], 'discounts'),
    },
    items,
  );
}

function customerFor(account: Account, before: Quote, wanted: string | undefined): string | null {
  if (wanted === undefined || wanted === before.customer) return before.customer;
  if (before.customer !== null)
    throw refused('customer', 'You cannot change the customer of a quote once it has been set.');
  return existingCustomer(account, wanted).id;
}

/** When the quote is cancelled if nobody accepted it, in seconds. Throws Stripe's 400 for a time that is over. */
export function expiryFor(account: Account, before: Quote, wanted: number | undefined): number {
  if (wanted === undefined) return before.expires_at;
  if (wanted > account.now()) return wanted;
  throw refused('expires_at', 'The `expires_at` timestamp must be in the future.');
}

function requireDueDays({ collection_method: method, invoice_settings: settings }: Quote): void {
  if (method === 'send_invoice' && settings.days_until_due === null)
    throw missingParam('invoice_settings[days_until_due]');
  if (method !== 'send_invoice' && settings.days_until_due !== null)
    throw refused(
      'invoice_settings[days_until_due]',
      "`invoice_settings[days_until_due]` may only be specified for quotes with `collection_method`='send_invoice'.",
    );
}

function subscriptionDataFor(
  { subscription_data: before }: Quote,
  wanted: QuoteTerms['subscription_data'] = {},
): Quote['subscription_data'] {
  const { billing_mode: mode, metadata, ...plain } = wanted;
  return {
    ...before,
    ...given(plain),
    billing_mode: mode
      ? {
          type: mode.type,
          ...(mode.type === 'flexible' ? { flexible: { ...included, ...mode.flexible } } : {}),
        }
      : before.billing_mode,
    // Unlike other metadata, what is sent takes the place of all that was there.
    metadata: metadata === undefined ? before.metadata : applyMetadata({}, metadata),
  };
}

const included = { proration_discounts: 'included' } as const;
