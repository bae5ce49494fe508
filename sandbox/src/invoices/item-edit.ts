import type { Account } from '../account.ts';
import { applyDiscounts, discountsParam } from '../discounts.ts';
import { emit } from '../events.ts';
import { refused } from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { withTotals } from './draft.ts';
import { currentInvoice, type Invoice, type InvoiceLine, saveInvoice } from './invoice.ts';
import { type Cost, type CostParams, changedCost, costFields, costFrom } from './item-cost.ts';
import { createInvoiceItem, type InvoiceItem, invoiceItems, lineOf } from './items.ts';
import { allLines } from './line-list.ts';

/** Stripe's limit of items on one invoice. */
const maxItems = 250;

/** What invoice items and the lines they become have in common. */
export const itemFields = {
  ...costFields,
  description: unsettableText(),
  discountable: boolean(),
  discounts: discountsParam,
  metadata: metadata(),
  period: object({ end: required(integer()), start: required(integer()) }),
  tax_rates: emptyable(list(text(), 20)),
} as const;
export type ItemParams = Omit<Parsed<typeof itemFields>, 'price_data'> & Pick<CostParams, 'price_data'>;

/** The draft an item is on, null while it waits. Throws Stripe's 400 when that was finalized or deleted. */
export function draftOf(account: Account, item: InvoiceItem, verb: 'delete' | 'update'): Invoice | null {
  if (item.invoice === null) return null;
  const invoice = currentInvoice(account, item.invoice);
  if (invoice?.status === 'draft') return invoice;
  if (!invoice && verb === 'update') throw invalidRequest('This invoice item has been deleted.');
  throw invalidRequest(
    `Can't ${verb} an invoice item that is attached to an invoice that is no longer editable`,
  );
}

/** The draft with other lines, summed anew. */
export function setLines(account: Account, draft: Invoice, lines: readonly InvoiceLine[]): Invoice {
  if (lines.length > maxItems) throw refused('lines', `Invoices can have at most ${maxItems} line items.`);
  return saveInvoice(account, withTotals(account, draft, lines));
}

/** Which item of the customer a line shows; null for what a subscription bills. */
export function itemIdOf(line: InvoiceLine): string | null {
  const { parent } = line;
  return (parent?.invoice_item_details ?? parent?.subscription_item_details)?.invoice_item ?? null;
}

/** Makes an item from what a request says. Throws Stripe's refusals. */
export function itemFrom(
  account: Account,
  params: ItemParams,
  owner: {
    readonly customer: string;
    readonly currency: string;
    readonly invoice?: string | null;
    readonly subscription?: string | null;
  },
  path = '',
): InvoiceItem {
  const cost = costFrom(account, params, owner.currency, path);
  if (!cost) throw missingParam(path === '' ? 'amount' : `${path}[amount]`);
  checkPeriod(params.period, path);
  return createInvoiceItem(account, {
    ...owner,
    cost,
    description: params.description ?? null,
    discountable: params.discountable,
    discounts: params.discounts ?? [],
    metadata: applyMetadata({}, params.metadata),
    period: params.period,
    taxRates: existingTaxRates(account, params.tax_rates ?? [], 'tax_rates'),
  });
}

/** Changes an item, and its line where it is on a draft. Throws Stripe's refusals. */
export function changeItem(account: Account, item: InvoiceItem, params: ItemParams, path = ''): InvoiceItem {
  const draft = draftOf(account, item, 'update');
  checkPeriod(params.period, path);
  const frozen = item.proration && Object.keys(costFields).find((name) => name in params);
  if (frozen)
    throw refused(
      path === '' ? frozen : `${path}[${frozen}]`,
      `You may not update \`${frozen}\` of a proration.`,
    );
  const cost: Cost = changedCost(account, item, params, item.currency, path);
  const discountable = params.discountable ?? item.discountable;
  const owner = { customer: item.customer, invoiceItem: item.id };
  const { net_amount: _, ...kept } = item;
  const next: InvoiceItem = {
    ...kept,
    ...costOnly(cost),
    description: params.description === undefined ? item.description : params.description,
    discountable,
    discounts:
      params.discounts === undefined
        ? item.discounts
        : applyDiscounts(account, params.discounts ?? [], owner),
    metadata: applyMetadata(item.metadata ?? {}, params.metadata),
    ...(discountable ? {} : { net_amount: cost.amount }),
    period: params.period ?? item.period,
    tax_rates:
      params.tax_rates === undefined
        ? item.tax_rates
        : existingTaxRates(account, params.tax_rates ?? [], 'tax_rates'),
  };
  account.of(invoiceItems).put(next);
  if (draft) replaceLine(account, draft, item.id, next);
  return next;
}

function costOnly({ amount, pricing, quantity, quantity_decimal }: Cost): Cost {
  return { amount, pricing, quantity, quantity_decimal };
}

function replaceLine(account: Account, draft: Invoice, item: string, next: InvoiceItem | null): void {
  const lines = allLines(account, draft).flatMap((line) => {
    if (itemIdOf(line) !== item) return [line];
    return next ? [{ ...lineOf(account, next), id: line.id }] : [];
  });
  setLines(account, draft, lines);
}

/** Deletes an item, and its line where it is on a draft. Throws Stripe's 400 when that is final. */
export function deleteItem(account: Account, item: InvoiceItem): void {
  const draft = draftOf(account, item, 'delete');
  account.of(invoiceItems).put({ id: item.id, object: 'invoiceitem', deleted: true });
  if (draft) replaceLine(account, draft, item.id, null);
  emit(account, 'invoiceitem.deleted', item);
}

export function checkPeriod(period: ItemParams['period'], path: string): void {
  if (period && period.end < period.start)
    throw refused(
      path === '' ? 'period[end]' : `${path}[period][end]`,
      'The period end must not be before its start.',
    );
}
