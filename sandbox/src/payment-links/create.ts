import type { Account } from '../account.ts';
import { checkItems } from '../checkout/create.ts';
import { boundsOf, lineItems, newItem, priceItems, priceOf, type StoredItem } from '../checkout/items.ts';
import { actingApplication } from '../connect/application.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import { missingParam } from '../wire/errors.ts';
import type { Parsed } from '../wire/params.ts';
import { linkUrl, type PaymentLink, paymentLinks } from './link.ts';
import type { createParams } from './params.ts';
import { withTerms } from './terms.ts';

/** Makes a payment link. Throws Stripe's refusals of items and terms that do not go together. */
export function createLink(account: Account, params: Parsed<typeof createParams>): PaymentLink {
  const { line_items: wanted, currency: given, ...terms } = params;
  if (wanted.length === 0) throw missingParam('line_items');
  const id = `plink_1${randomText(23)}`;
  const items = wanted.map((item, at) => newItem(account, item, id, `line_items[${at}]`));
  const recurs = items.some((item) => priceOf(account, item).recurring);
  const [first] = items;
  const currency = given ?? (first ? priceOf(account, first).currency : 'usd');
  checkItems(account, recurs ? 'subscription' : 'payment', items, currency);
  keepItems(account, items, currency);
  const link = withTerms(account, blank(account, id, currency, recurs), terms);
  return create(account, paymentLinks, link, 'payment_link.created');
}

/** Prices the items of a link and stores them. */
export function keepItems(account: Account, items: readonly StoredItem[], currency: string): void {
  const { items: priced } = priceItems(account, items, {
    currency,
    discounts: [],
    defaultRates: [],
    dueNow: (_price, amount) => amount,
    exemption: 'none',
  });
  for (const item of priced) account.of(lineItems).put(item);
}

/** The item as it would be asked for anew, with another quantity or other bounds. */
export function changedItem(
  account: Account,
  item: StoredItem,
  change: { adjustable_quantity?: Parameters<typeof newItem>[1]['adjustable_quantity']; quantity?: number },
  path: string,
): StoredItem {
  const { adjustable_quantity = boundsOf(item.adjustable_quantity), quantity = item.quantity ?? 1 } = change;
  const again = newItem(account, { chosen: item.price, adjustable_quantity, quantity }, item.owner, path);
  return { ...again, id: item.id };
}

function blank(account: Account, id: string, currency: string, recurs: boolean): PaymentLink {
  return {
    id,
    object: 'payment_link',
    active: true,
    after_completion: { type: 'hosted_confirmation', hosted_confirmation: { custom_message: null } },
    allow_promotion_codes: false,
    application: actingApplication(account),
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: 'auto',
    consent_collection: null,
    currency,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer_creation: recurs ? 'always' : 'if_required',
    inactive_message: null,
    invoice_creation: recurs ? null : { enabled: false, invoice_data: noInvoiceData },
    livemode: account.livemode,
    managed_payments: null,
    metadata: {},
    on_behalf_of: null,
    optional_items: [],
    payment_intent_data: null,
    payment_method_collection: 'always',
    payment_method_options: null,
    payment_method_types: null,
    phone_number_collection: { enabled: false },
    restrictions: null,
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: 'auto',
    subscription_data: recurs ? noSubscriptionData : null,
    tax_id_collection: { enabled: false, required: 'never' },
    transfer_data: null,
    url: linkUrl(account, id),
  };
}

const noInvoiceData = {
  account_tax_ids: null,
  custom_fields: null,
  description: null,
  footer: null,
  issuer: null,
  metadata: {},
  rendering_options: null,
} satisfies NonNullable<PaymentLink['invoice_creation']>['invoice_data'];

const noSubscriptionData = {
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  metadata: {},
  trial_period_days: null,
  trial_settings: null,
} satisfies PaymentLink['subscription_data'];
