import type { Account } from '../account.ts';
import { inheritedDiscounts } from '../customers/discount.ts';
import { existingCustomer } from '../customers.ts';
import { applyDiscounts } from '../discounts.ts';
import { type Call, refused } from '../resource.ts';
import { invalidRequest, missingParam, noSuch } from '../wire/errors.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { type DraftInput, draftInvoice, newInvoiceId } from './draft.ts';
import type { Invoice, InvoiceParent } from './invoice.ts';
import { pendingItems, takeItems } from './items.ts';
import type { createParams } from './params.ts';
import { copyLines, revisable, revisedTerms } from './revision.ts';
import { sharesFrom, sharesOf } from './shares.ts';
import { dueDateFrom, termsFrom } from './terms.ts';

type Params = Parsed<typeof createParams>;

/** `POST /v1/invoices`: a draft, empty unless pending items join or it revises another invoice. */
export function createFrom({ account, params }: Call<Params>): Invoice {
  if (params.from_invoice) return reviseFrom(account, params, params.from_invoice.invoice);
  if (params.customer === undefined) throw missingParam('customer');
  const customer = existingCustomer(account, params.customer);
  const currency = params.currency ?? customer.currency ?? 'usd';
  const id = newInvoiceId();
  const items =
    params.pending_invoice_items_behavior === 'include'
      ? pendingItems(account, customer.id, { currency, subscription: params.subscription })
      : [];
  const wanted =
    params.subscription === undefined
      ? items
      : items.filter((item) => item.parent?.subscription_details?.subscription === params.subscription);
  return draftInvoice(account, {
    id,
    customer,
    currency,
    lines: takeItems(account, wanted, id),
    ...collectionFrom(account, params, 'charge_automatically'),
    ...termsFrom(account, params, { customer: customer.id, currency }),
    billingReason: 'manual',
    discounts:
      params.discounts === undefined
        ? inheritedDiscounts(customer)
        : applyDiscounts(account, params.discounts ?? [], { customer: customer.id, invoice: id }),
    metadata: applyMetadata({}, params.metadata),
    parent: params.subscription === undefined ? null : subscriptionParent(account, params.subscription),
    shares: sharesFrom(account, params),
  });
}

function collectionFrom(
  account: Account,
  params: Params,
  usual: DraftInput['collectionMethod'],
): Pick<DraftInput, 'autoAdvance' | 'collectionMethod' | 'dueDate' | 'finalizesAt'> {
  const method = params.collection_method ?? usual;
  const dueDate = dueDateFrom(params, method, account.now());
  if (method === 'send_invoice' && dueDate === undefined)
    throw invalidRequest(
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
    );
  const finalizesAt = params.automatically_finalizes_at;
  if (finalizesAt !== undefined && finalizesAt <= account.now())
    throw refused('automatically_finalizes_at', 'automatically_finalizes_at must be in the future.');
  const autoAdvance = params.auto_advance ?? finalizesAt !== undefined;
  return { autoAdvance, collectionMethod: method, dueDate, finalizesAt };
}

/** A draft that will replace a finalized invoice: the same lines and terms, but for what the request sets anew. */
function reviseFrom(account: Account, params: Params, from: string): Invoice {
  const original = revisable(account, from);
  if (params.customer !== undefined && params.customer !== original.customer)
    throw refused('customer', 'The customer of a revision must be the customer of the invoice it revises.');
  const id = newInvoiceId();
  const method = original.collection_method === 'send_invoice' ? 'send_invoice' : 'charge_automatically';
  const due =
    original.due_date !== null && params.days_until_due === undefined ? original.due_date : undefined;
  const again = due !== undefined && due > account.now() ? { due_date: due, ...params } : params;
  return draftInvoice(account, {
    id,
    customer: existingCustomer(account, original.customer),
    currency: original.currency,
    lines: copyLines(account, original, id),
    ...collectionFrom(account, again, method),
    ...revisedTerms(original),
    ...termsFrom(account, params, original),
    billingReason: original.billing_reason ?? 'manual',
    discounts:
      params.discounts === undefined
        ? original.discounts
        : applyDiscounts(account, params.discounts ?? [], { customer: original.customer, invoice: id }),
    metadata: applyMetadata(original.metadata ?? {}, params.metadata),
    parent: original.parent,
    period: { start: original.period_start, end: original.period_end },
    shares: sharesFrom(account, params, {
      ...sharesOf(account, original.id),
      on_behalf_of: original.on_behalf_of,
    }),
  });
}

function subscriptionParent(account: Account, id: string): InvoiceParent {
  const subscription = account.byName('subscriptions')?.get(id);
  if (!subscription) throw noSuch('subscription', id, 'subscription');
  const metadata = 'metadata' in subscription ? { ...(subscription.metadata as object) } : {};
  return {
    quote_details: null,
    subscription_details: { metadata, subscription: id },
    type: 'subscription_details',
  };
}
