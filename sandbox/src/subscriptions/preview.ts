import type { Account } from '../account.ts';
import { createCustomer } from '../customers/create.ts';
import { changedCustomer } from '../customers/terms.ts';
import { type Customer, customers, existingCustomer } from '../customers.ts';
import { applyDiscounts } from '../discounts.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { changeItem, itemFrom } from '../invoices/item-edit.ts';
import { invoiceItems } from '../invoices/items.ts';
import { referred } from '../resource.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import type { CreateInput } from './compose.ts';
import { draftStart } from './create.ts';
import type { PreviewDetails, PreviewParams } from './preview-params.ts';
import { draftRenewal } from './renew.ts';
import { hasEnded, periodOf, type Subscription, subscriptions } from './subscription.ts';
import { draftPending, draftUpcoming } from './upcoming.ts';

/** The next invoice as it would be after what is asked about. To be called while the account imagines. */
export function preview(account: Account, params: PreviewParams): Invoice {
  const { subscription_details: details = {} } = params;
  const asked =
    params.subscription === undefined
      ? undefined
      : referred(account, subscriptions, 'subscription', params.subscription, 'subscription');
  const customer = customerOf(account, params, asked && { ...asked, kind: 'subscription' });
  const known = asked ?? (details.items ? undefined : nextToRenew(account, customer.id));
  const currency = known?.currency ?? params.currency?.toLowerCase() ?? customer.currency ?? 'usd';
  addItems(account, params, { customer: customer.id, currency, subscription: known?.id });
  const mode = params.preview_mode ?? 'next';
  if (known) return draftUpcoming(account, withDiscounts(account, known, params), details, mode);
  if (details.items) return draftFirst(account, customer, params, details);
  const discounts = applyDiscounts(account, params.discounts ?? [], { customer: customer.id });
  return draftPending(account, customer, { currency, discounts });
}

/** The customer that is asked about, as the request describes them; one who does not exist yet is made up. */
export function customerOf(
  account: Account,
  params: PreviewParams,
  asked: { readonly id: string; readonly customer: string; readonly kind: string } | undefined,
): Customer {
  const { customer_details: described } = params;
  const id = params.customer ?? asked?.customer;
  if (id === undefined && !described) throw missingParam('customer');
  if (id === undefined) return createCustomer(account, { ...described });
  if (asked && asked.customer !== id) throw noSuch(asked.kind, asked.id, asked.kind, 400);
  const customer = changedCustomer(account, existingCustomer(account, id), { ...described });
  account.of(customers).put(customer);
  return customer;
}

/** The subscription of a customer that renews first. */
function nextToRenew(account: Account, customer: string): Subscription | undefined {
  const running = account
    .of(subscriptions)
    .by('customer', customer)
    .filter((one) => !hasEnded(one) && one.status !== 'paused');
  return running.toSorted((a, b) => periodOf(a).end - periodOf(b).end)[0];
}

/** Puts the items that are asked about on the customer's next invoice. */
export function addItems(
  account: Account,
  { invoice_items: items = [] }: PreviewParams,
  owner: { readonly customer: string; readonly currency: string; readonly subscription?: string },
): void {
  for (const [at, given] of items.entries()) {
    const {
      currency,
      invoiceitem: id,
      price,
      tax_behavior: _,
      tax_code: __,
      unit_amount: unit,
      ...rest
    } = given;
    const path = `invoice_items[${at}]`;
    const params = {
      ...rest,
      ...(price === undefined ? {} : { pricing: { price } }),
      ...(unit === undefined ? {} : { unit_amount_decimal: String(unit) }),
    };
    if (id === undefined) {
      itemFrom(account, params, { ...owner, currency: currency ?? owner.currency }, path);
      continue;
    }
    const item = referred(account, invoiceItems, 'invoice item', id, `${path}[invoiceitem]`);
    if (item.deleted) throw noSuch('invoice item', id, `${path}[invoiceitem]`, 400);
    changeItem(account, item, params, path);
  }
}

/** Stores the subscription with the discounts that are asked about. */
export function withDiscounts(
  account: Account,
  subscription: Subscription,
  params: PreviewParams,
): Subscription {
  if (params.discounts === undefined) return subscription;
  const { customer, id } = subscription;
  const owner = { customer, subscription: id };
  return account
    .of(subscriptions)
    .put({ ...subscription, discounts: applyDiscounts(account, params.discounts ?? [], owner) });
}

/** The first invoice of a subscription that would start now, or when it is to; its first renewal where it starts free. */
function draftFirst(
  account: Account,
  customer: Customer,
  params: PreviewParams,
  details: PreviewDetails,
): Invoice {
  const { start_date: start } = details;
  const input = inputOf(account, customer, params, details);
  return account.within(account.timeline(), Math.max(start ?? 0, account.now()), () => {
    const { subscription, draft } = draftStart(account, input);
    if (draft && params.preview_mode !== 'recurring') return draft;
    account.of(subscriptions).put(subscription);
    return account.within(
      account.timeline(),
      periodOf(subscription).end,
      () => draftRenewal(account, subscription).draft,
    );
  });
}

function inputOf(
  account: Account,
  customer: Customer,
  params: PreviewParams,
  details: PreviewDetails,
): CreateInput {
  const { billing_cycle_anchor: anchor, start_date: start } = details;
  return {
    backdate_start_date: start !== undefined && start < account.now() ? start : undefined,
    billing_cycle_anchor: typeof anchor === 'number' ? anchor : undefined,
    billing_mode: details.billing_mode,
    cancel_at: details.cancel_at ?? undefined,
    cancel_at_period_end: details.cancel_at_period_end,
    currency: params.currency,
    customer: customer.id,
    default_tax_rates: details.default_tax_rates,
    discounts: params.discounts,
    items: details.items ?? [],
    metadata: details.metadata,
    proration_behavior: details.proration_behavior,
    trial_end: details.trial_end,
  };
}
