import type { Account } from '../account.ts';
import { applyDiscounts } from '../discounts.ts';
import { type Call, refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { retryJob } from './collect.ts';
import { draftSeconds, finalizeJob, withTotals } from './draft.ts';
import { currentInvoice, type Invoice, saveInvoice } from './invoice.ts';
import { allLines } from './line-list.ts';
import type { updateParams } from './params.ts';
import { keepShares, sharesFrom, sharesOf } from './shares.ts';
import { dueDateFrom, termsFrom } from './terms.ts';

type Params = Parsed<typeof updateParams>;

/** What can still be changed once an invoice is final. */
const lasting = new Set([
  'auto_advance',
  'default_payment_method',
  'default_source',
  'expand',
  'metadata',
  'payment_settings',
]);

/** The invoice an address names, or Stripe's 404; some of its endpoints call the parameter `invoice`, others `id`. */
export function existing(call: Call<unknown>, param: 'id' | 'invoice' = 'id'): Invoice {
  const invoice = currentInvoice(call.account, call.id());
  if (!invoice) throw noSuch('invoice', call.id(), param, 404);
  return invoice;
}

/** `POST /v1/invoices/:id`. Throws Stripe's 400 for terms of a finalized invoice. */
export function updateFrom(call: Call<Params>): Invoice {
  const { account, params } = call;
  const invoice = existing(call);
  const frozen = Object.keys(params).find((name) => !lasting.has(name));
  if (invoice.status !== 'draft' && frozen !== undefined)
    throw refused(frozen, "Finalized invoices can't be updated in this way");
  const described: Invoice = {
    ...invoice,
    ...termsFrom(account, params, invoice),
    metadata: applyMetadata(invoice.metadata ?? {}, params.metadata),
  };
  if (invoice.status !== 'draft') return saveInvoice(account, advancing(call, described));
  const owner = { customer: invoice.customer, invoice: invoice.id };
  const discounts =
    params.discounts === undefined
      ? invoice.discounts
      : applyDiscounts(account, params.discounts ?? [], owner);
  const shares = { ...sharesOf(account, invoice.id), on_behalf_of: invoice.on_behalf_of };
  keepShares(account, invoice.id, sharesFrom(account, params, shares));
  const next = scheduled(call, { ...described, discounts });
  return saveInvoice(account, withTotals(account, next, allLines(account, invoice)));
}

/** A draft with its collection as asked for: how, until when, and when it finalizes itself. */
function scheduled({ account, params }: Call<Params>, draft: Invoice): Invoice {
  const method = params.collection_method ?? draft.collection_method;
  const sends = method === 'send_invoice';
  const dueDate = dueDateFrom(params, method, account.now());
  if (sends && (dueDate ?? draft.due_date) === null)
    throw refused(
      'days_until_due',
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
    );
  const asked = params.automatically_finalizes_at;
  if (asked !== undefined && asked <= account.now())
    throw refused('automatically_finalizes_at', 'automatically_finalizes_at must be in the future.');
  const advances = params.auto_advance ?? (asked !== undefined || draft.auto_advance === true);
  const usual = Math.max(draft.created + draftSeconds, account.now());
  const at = advances ? (asked ?? draft.automatically_finalizes_at ?? usual) : null;
  if (at !== null && at !== draft.automatically_finalizes_at) account.schedule(at, finalizeJob, draft.id);
  return {
    ...draft,
    auto_advance: advances,
    automatically_finalizes_at: at,
    collection_method: method,
    due_date: sends ? (dueDate ?? draft.due_date) : null,
    next_payment_attempt: sends ? null : at,
  };
}

/** A finalized invoice that is collected by itself from now on, or no longer. */
function advancing({ account, params }: Call<Params>, invoice: Invoice): Invoice {
  const advances = params.auto_advance ?? invoice.auto_advance ?? false;
  if (advances === invoice.auto_advance) return invoice;
  if (!advances || invoice.status !== 'open')
    return { ...invoice, auto_advance: advances, next_payment_attempt: null };
  return collectedLater(account, { ...invoice, auto_advance: true });
}

/** An open invoice that nobody waits for is charged an hour later, unless it is paid before. */
export function collectedLater(account: Account, invoice: Invoice): Invoice {
  if (invoice.collection_method === 'send_invoice') return invoice;
  const at = account.now() + draftSeconds;
  account.schedule(at, retryJob, invoice.id);
  return { ...invoice, next_payment_attempt: at };
}
