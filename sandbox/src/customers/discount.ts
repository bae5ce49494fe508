import type { Account } from '../account.ts';
import { type Customer, customers, updateCustomer } from '../customers.ts';
import { type Discount, discounts, redeemDiscount, reductionsOf, removeDiscount } from '../discounts.ts';
import { emit, previousAttributes } from '../events.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { refused } from '../resource.ts';
import { StripeFault } from '../wire/errors.ts';
import { type Parsed, unsettableText, until } from '../wire/params.ts';

const basil = '2025-03-31';

/** A customer's own discount; newer API versions give discounts to subscriptions and invoices alone, and only take it away. */
export const discountParams = {
  coupon: until(basil, unsettableText()),
  promotion_code: until(basil, unsettableText()),
} as const;

/**
 * The customer with the discount that a request wants, in place of the one there was; '' takes it away. The customer is
 * not stored. Throws Stripe's 400 for a coupon or a code that cannot be used.
 */
export function withDiscount(
  account: Account,
  customer: Customer,
  { coupon, promotion_code: code }: Parsed<typeof discountParams>,
): Customer {
  if (coupon && code)
    throw refused('coupon', 'You may only specify one of these parameters: coupon, promotion_code.');
  if (coupon === undefined && code === undefined) return customer;
  const before = customer.discount ?? null;
  const wanted = code ? { promotion_code: code } : coupon ? { coupon } : null;
  if (!wanted) {
    if (before) removeDiscount(account, before.id);
    return { ...customer, discount: null };
  }
  const owner = { customer: customer.id };
  const discount = redeemDiscount(account, wanted, owner, (param) => param);
  if (before) emit(account, 'customer.discount.updated', discount, previousAttributes(before, discount));
  else emit(account, 'customer.discount.created', discount);
  return { ...customer, discount };
}

/** The discounts of an invoice that is given none itself: its customer's. */
export function inheritedDiscounts(customer: Customer): string[] {
  return customer.discount ? [customer.discount.id] : [];
}

/** `DELETE /v1/customers/:id/discount`. Throws Stripe's 404 where there is none. */
export function dropDiscount(account: Account, customer: Customer) {
  const discount = customer.discount && account.of(discounts).get(customer.discount.id);
  if (!discount)
    throw new StripeFault(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No active discount for customer: ${customer.id}`,
    });
  const { end: _, ...rest } = discount;
  end(account, customer, discount);
  return { ...rest, deleted: true as const };
}

/** Hears that an invoice is final: what a customer gets off once is spent. */
export function onInvoiceFinal(account: Account, object: unknown): void {
  const { customer: id, total_discount_amounts: amounts } = object as Invoice;
  const customer = id === null ? undefined : account.of(customers).get(id);
  if (!customer || customer.deleted || !customer.discount) return;
  const { discount } = customer;
  const isSpent = amounts.some((entry) => entry.discount === discount.id && entry.amount > 0);
  const [reduction] = isSpent ? reductionsOf(account, [discount.id], account.now()) : [];
  if (reduction?.coupon.duration === 'once') end(account, customer, discount);
}

function end(account: Account, customer: Customer, discount: Pick<Discount, 'id'>): void {
  removeDiscount(account, discount.id);
  updateCustomer(account, { ...customer, discount: null });
}
