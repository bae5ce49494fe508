import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressOf } from '../addresses.ts';
import { day } from '../clock.ts';
import { attachMethod } from '../payment-methods/attach.ts';
import { resolveMethod } from '../payment-methods/payment-method.ts';
import { ownSource } from '../payment-methods/sources.ts';
import { given, refused } from '../resource.ts';
import { existingTaxIds } from '../tax/tax-id.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { invalidRequest, notSupported } from '../wire/errors.ts';
import type { Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import type { DraftTerms } from './draft.ts';
import type { Invoice } from './invoice.ts';
import type { updateParams } from './params.ts';
import { invoicedOptionsAfter } from './payment-options.ts';
import { templateFor } from './rendering-templates.ts';
import { shippingCostOf } from './shipping.ts';

type Params = Parsed<typeof updateParams>;

/** The id of the method an invoice is to be charged to; one that is nobody's yet becomes the customer's. */
function ownMethod(account: Account, customer: string, id: string | null): string | null {
  if (id === null) return null;
  return attachMethod(account, resolveMethod(account, id, 'default_payment_method'), customer).id;
}

/** The terms a request sets, as the invoice shows them; what it does not name is absent. Throws Stripe's refusals. */
export function termsFrom(
  account: Account,
  params: Params,
  invoice: {
    readonly customer: string;
    readonly currency: string;
    readonly payment_settings?: Invoice['payment_settings'];
    readonly rendering?: Invoice['rendering'];
  },
): DraftTerms {
  if (params.automatic_tax?.enabled) throw notSupported('automatic tax');
  const { default_payment_method: method, default_tax_rates: rates, payment_settings: settings } = params;
  return given({
    account_tax_ids: params.account_tax_ids && existingTaxIds(account, params.account_tax_ids),
    custom_fields: params.custom_fields,
    default_payment_method: method === undefined ? undefined : ownMethod(account, invoice.customer, method),
    default_source: params.default_source && ownSource(account, invoice.customer, params.default_source).id,
    default_tax_rates:
      rates === undefined ? undefined : existingTaxRates(account, rates ?? [], 'default_tax_rates'),
    description: params.description,
    effective_at: params.effective_at,
    footer: params.footer,
    number: params.number,
    on_behalf_of: params.on_behalf_of,
    payment_settings: settings && {
      default_mandate: settings.default_mandate ?? null,
      payment_method_options: invoicedOptionsAfter(
        invoice.payment_settings?.payment_method_options ?? null,
        settings.payment_method_options,
      ),
      payment_method_types: settings.payment_method_types ?? null,
    },
    rendering: params.rendering && renderingFrom(account, params.rendering, invoice.rendering ?? null),
    shipping_cost: params.shipping_cost && shippingCostOf(account, params.shipping_cost, invoice.currency),
    shipping_details: shippingDetailsOf(params.shipping_details),
    statement_descriptor: params.statement_descriptor,
  });
}

function renderingFrom(
  account: Account,
  params: NonNullable<Params['rendering']>,
  before: Invoice['rendering'],
): Wire<Stripe.Invoice.Rendering> {
  const { amount_tax_display: display = before?.amount_tax_display ?? null, pdf } = params;
  const page_size = pdf?.page_size ?? before?.pdf?.page_size ?? 'auto';
  return {
    amount_tax_display: display,
    pdf: { page_size },
    ...templateFor(account, params, before),
  };
}

function shippingDetailsOf(
  details: Params['shipping_details'],
): Wire<Stripe.Invoice.ShippingDetails> | null | undefined {
  if (!details) return details;
  return { address: addressOf(details.address), name: details.name, phone: details.phone ?? null };
}

/** When an invoice that is sent falls due, in seconds. Throws Stripe's 400 where due date and collection method do not fit. */
export function dueDateFrom(
  params: Pick<Params, 'days_until_due' | 'due_date'>,
  method: Invoice['collection_method'],
  from: number,
): number | undefined {
  const { days_until_due: days, due_date: date } = params;
  if (days === undefined && date === undefined) return undefined;
  if (method !== 'send_invoice')
    throw invalidRequest(
      "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
    );
  if (days !== undefined && date !== undefined)
    throw refused('due_date', 'You may only specify one of these parameters: days_until_due, due_date.');
  if (date !== undefined && date < from) throw refused('due_date', 'The due_date must be in the future.');
  return date ?? from + (days ?? 0) * day;
}
