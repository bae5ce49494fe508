import type { Account } from '../account.ts';
import { applyDiscounts } from '../discounts.ts';
import { attachMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { type Call, found, given, refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { noSuch } from '../wire/errors.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { draftSeconds, finalizeJob, withTotals } from './draft.ts';
import { saveInvoice } from './finalize.ts';
import { type Invoice, invoices, type StoredInvoice } from './invoice.ts';

import type { updateParams } from './params.ts';
/** The invoice an address names, or Stripe's 404. */
export function existing(call: Call<unknown>): Invoice {
  const invoice = found<StoredInvoice>(call, invoices, 'invoice');
  if (invoice.deleted) throw noSuch('invoice', invoice.id, 'id');
  return invoice;
}

/** The id of the method an invoice is to be charged to; one that is nobody's yet becomes the customer's. */
export function ownMethod(account: Account, customer: string, id: string | null | undefined): string | null {
  if (id === undefined || id === null) return null;
  return attachMethod(account, resolveMethod(account, id, 'default_payment_method'), customer).id;
}

/** `POST /v1/invoices/:id`. Throws Stripe's 400 for terms of a finalized invoice. */
export function updateFrom(call: Call<Parsed<typeof updateParams>>): Invoice {
  const { account, params } = call;
  const invoice = existing(call);
  const { auto_advance, metadata: meta, default_payment_method: methodId, ...terms } = params;
  if (invoice.status !== 'draft' && Object.values(terms).some((value) => value !== undefined))
    throw refused(
      Object.keys(terms)[0] ?? 'id',
      "Finalized invoices can't be updated in this way.",
      'invoice_not_editable',
    );
  const {
    discounts,
    default_tax_rates: rates,
    days_until_due: days,
    custom_fields: fields,
    ...plain
  } = terms;
  const advance = auto_advance ?? invoice.auto_advance ?? false;
  const finalizesAt = advance && invoice.status === 'draft' ? account.now() + draftSeconds : null;
  const next: Invoice = {
    ...invoice,
    ...given(plain),
    ...(fields === undefined ? {} : { custom_fields: fields }),
    ...(days === undefined ? {} : { due_date: account.now() + days * 86_400 }),
    ...(methodId === undefined
      ? {}
      : { default_payment_method: ownMethod(account, invoice.customer, methodId) }),
    ...(rates === undefined
      ? {}
      : { default_tax_rates: existingTaxRates(account, rates ?? [], 'default_tax_rates') }),
    ...(discounts === undefined
      ? {}
      : {
          discounts: applyDiscounts(account, discounts ?? [], {
            customer: invoice.customer,
            invoice: invoice.id,
          }),
        }),
    auto_advance: advance,
    automatically_finalizes_at: advance ? (invoice.automatically_finalizes_at ?? finalizesAt) : null,
    metadata: applyMetadata(invoice.metadata ?? {}, meta),
  };
  if (next.automatically_finalizes_at !== null && invoice.automatically_finalizes_at === null)
    account.schedule(next.automatically_finalizes_at, finalizeJob, invoice.id);
  return saveInvoice(account, invoice.status === 'draft' ? withTotals(account, next, next.lines.data) : next);
}
