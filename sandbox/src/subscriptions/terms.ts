import type { Account } from '../account.ts';
import { checkShares } from '../charges/shares.ts';
import { invoicedOptionsAfter } from '../invoices/payment-options.ts';
import { attachMethod } from '../payment-methods/attach.ts';
import { type PaymentMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { ownSource } from '../payment-methods/sources.ts';
import { given, refused } from '../resource.ts';
import { existingTaxIds } from '../tax/tax-id.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { applyDiscountsAnew } from './items.ts';
import type { createParams, updateParams } from './params.ts';
import type { Subscription } from './subscription.ts';

type Terms = Pick<
  Parsed<typeof updateParams> & Parsed<typeof createParams>,
  | 'automatic_tax'
  | 'application_fee_percent'
  | 'billing_thresholds'
  | 'collection_method'
  | 'days_until_due'
  | 'default_payment_method'
  | 'default_source'
  | 'default_tax_rates'
  | 'description'
  | 'discounts'
  | 'invoice_settings'
  | 'metadata'
  | 'on_behalf_of'
  | 'payment_settings'
  | 'transfer_data'
  | 'trial_settings'
>;

/** The subscription with the terms that a request sets and that cost nothing by themselves. Throws Stripe's refusals. */
export function withTerms(account: Account, before: Subscription, terms: Terms): Subscription {
  if (terms.automatic_tax?.enabled) throw notSupported('automatic tax');
  const { id, customer } = before;
  return {
    ...before,
    ...collectionOf(before, terms),
    ...sharesOf(account, before, terms),
    billing_thresholds:
      terms.billing_thresholds === undefined
        ? before.billing_thresholds
        : terms.billing_thresholds && {
            amount_gte: terms.billing_thresholds.amount_gte ?? null,
            reset_billing_cycle_anchor: terms.billing_thresholds.reset_billing_cycle_anchor ?? null,
          },
    default_payment_method:
      ownMethod(account, customer, terms.default_payment_method)?.id ?? before.default_payment_method,
    default_source:
      terms.default_source === undefined
        ? before.default_source
        : terms.default_source && ownSource(account, customer, terms.default_source).id,
    default_tax_rates:
      terms.default_tax_rates === undefined
        ? before.default_tax_rates
        : existingTaxRates(account, terms.default_tax_rates ?? [], 'default_tax_rates'),
    description: terms.description === undefined ? before.description : terms.description,
    discounts: applyDiscountsAnew(account, before.discounts, terms.discounts, { customer, subscription: id }),
    invoice_settings: invoiceSettingsOf(account, before, terms),
    metadata: applyMetadata(before.metadata, terms.metadata),
    payment_settings: before.payment_settings && {
      ...before.payment_settings,
      ...given({ ...terms.payment_settings, payment_method_options: undefined }),
      payment_method_options: optionsOf(before, terms),
    },
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: 'create_invoice',
        ...before.trial_settings?.end_behavior,
        ...given({ ...terms.trial_settings?.end_behavior }),
      },
    },
  };
}

function invoiceSettingsOf(account: Account, before: Subscription, { invoice_settings: wanted }: Terms) {
  const ids = wanted?.account_tax_ids;
  return {
    ...before.invoice_settings,
    ...given({ ...wanted }),
    ...(ids ? { account_tax_ids: existingTaxIds(account, ids) } : {}),
  };
}

/** How its invoices are shared. */
function sharesOf(account: Account, before: Subscription, terms: Terms) {
  const { application_fee_percent: fee, on_behalf_of: behalf, transfer_data: data } = terms;
  const shares = {
    application_fee_percent: fee === undefined ? before.application_fee_percent : fee,
    on_behalf_of: behalf === undefined ? before.on_behalf_of : behalf,
    transfer_data:
      data === undefined
        ? before.transfer_data
        : data && { amount_percent: data.amount_percent ?? null, destination: data.destination },
  };
  if (fee !== undefined || behalf !== undefined || data !== undefined) checkShares(account, shares);
  return shares;
}

function collectionOf(before: Subscription, terms: Terms) {
  const { collection_method: method = before.collection_method, days_until_due: days } = terms;
  const sends = method === 'send_invoice';
  if (!sends && days !== undefined)
    throw refused(
      'days_until_due',
      "`days_until_due` may only be specified for subscriptions with `collection_method`='send_invoice'.",
    );
  const known = days ?? before.days_until_due;
  if (sends && known === null) throw missingParam('days_until_due');
  return { collection_method: method, days_until_due: sends ? known : null };
}

function optionsOf({ payment_settings: before }: Subscription, { payment_settings: wanted }: Terms) {
  const options = before?.payment_method_options ?? null;
  const next = invoicedOptionsAfter(options, wanted?.payment_method_options);
  return next && { ...next, card: next.card && { network: null, ...next.card } };
}

/** The method a subscription is to be charged to; one that is nobody's yet becomes the customer's. */
export function ownMethod(
  account: Account,
  customer: string,
  id: string | undefined,
): PaymentMethod | undefined {
  if (id === undefined) return undefined;
  const method = resolveMethod(account, id, 'default_payment_method');
  if (method.customer === null) return attachMethod(account, method, customer);
  if (method.customer === customer) return method;
  throw refused(
    'default_payment_method',
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    'resource_missing',
  );
}
