import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import {
  boolean,
  emptyable,
  integer,
  list,
  mapOf,
  object,
  type Parsed,
  required,
  text,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

const tax = object({ total_tax_amount: required(integer(0)) });
const lineFields = {
  discount_amount: integer(0),
  payment_method_options: mapOf(mapOf(text())),
  product_code: text(12),
  product_name: required(text(1024)),
  quantity: required(integer(1)),
  tax,
  unit_cost: required(integer(0)),
  unit_of_measure: text(12),
} as const;

/** `amount_details`: what an amount is made of. */
export const amountDetailFields = object({
  discount_amount: emptyable(integer(0)),
  enforce_arithmetic_validation: boolean(),
  line_items: emptyable(list(object(lineFields), 200)),
  shipping: emptyable(
    object({
      amount: emptyable(integer(0)),
      from_postal_code: emptyable(text(10)),
      to_postal_code: emptyable(text(10)),
    }),
  ),
  tax: emptyable(tax),
});
export type AmountChanges = Parsed<{ d: typeof amountDetailFields }>['d'];

/** The lines of one intent, in order. */
export interface AmountLines {
  readonly id: string;
  readonly lines: readonly Wire<Stripe.PaymentIntentAmountDetailsLineItem>[];
}
export const amountLines: CollectionSpec<AmountLines> = { name: 'payment_intent_amount_lines', indexes: {} };

type Details = Wire<Stripe.PaymentIntent.AmountDetails>;

/** The details after a change. Throws when they must add up to the amount and do not. */
export function detailsAfter(
  before: Details | undefined,
  change: AmountChanges | null,
  amount: number,
): Details {
  if (change === undefined) return before ?? { tip: {} };
  if (change === null) return { tip: {} };
  const error = errorIn(change, amount);
  if (error && change.enforce_arithmetic_validation !== false)
    throw refused('amount_details', error.message, 'payment_intent_invalid_parameter');
  const { discount_amount: discount, shipping, tax: wholeTax } = change;
  const next: Details = {
    ...before,
    tip: {},
    ...(typeof discount === 'number' ? { discount_amount: discount } : {}),
    ...(shipping
      ? {
          shipping: {
            amount: shipping.amount ?? null,
            from_postal_code: shipping.from_postal_code ?? null,
            to_postal_code: shipping.to_postal_code ?? null,
          },
        }
      : {}),
    ...(wholeTax ? { tax: wholeTax } : {}),
    ...(error ? { error } : {}),
  };
  if (discount === null) Reflect.deleteProperty(next, 'discount_amount');
  if (shipping === null) Reflect.deleteProperty(next, 'shipping');
  if (wholeTax === null) Reflect.deleteProperty(next, 'tax');
  if (!error) Reflect.deleteProperty(next, 'error');
  return next;
}

/** What is wrong with details that do not add up to the amount. */
function errorIn(change: NonNullable<AmountChanges>, amount: number) {
  const lines = change.line_items ?? [];
  const shipping = change.shipping?.amount ?? 0;
  const discount = change.discount_amount ?? sum(lines.map((line) => line.discount_amount ?? 0));
  const taxes = change.tax?.total_tax_amount ?? sum(lines.map((line) => line.tax?.total_tax_amount ?? 0));
  if (lines.length === 0) {
    if (taxes + shipping + discount <= amount) return undefined;
    return {
      code: 'amount_details_tax_shipping_discount_greater_than_amount',
      message: 'The sum of `amount_details` tax, shipping and discount amounts is greater than the amount.',
    } as const;
  }
  const total = sum(lines.map((line) => line.unit_cost * line.quantity)) + taxes + shipping - discount;
  if (total === amount) return undefined;
  return {
    code: 'amount_details_amount_mismatch',
    message: `The amount (${amount}) does not equal the total of \`amount_details\` (${total}): line items, tax and shipping less discounts.`,
  } as const;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}

/** Keeps the lines that a change brings, instead of those before. */
export function keepLines(account: Account, intentId: string, change: AmountChanges | null): void {
  if (change !== null && change?.line_items === undefined) return;
  const lines = (change?.line_items ?? []).map(
    (line): Wire<Stripe.PaymentIntentAmountDetailsLineItem> => ({
      id: newId('uli', 14),
      object: 'payment_intent_amount_details_line_item',
      discount_amount: line.discount_amount ?? null,
      payment_method_options: line.payment_method_options ?? null,
      product_code: line.product_code ?? null,
      product_name: line.product_name,
      quantity: line.quantity,
      tax: line.tax ?? null,
      unit_cost: line.unit_cost,
      unit_of_measure: line.unit_of_measure ?? null,
    }),
  );
  account.of(amountLines).put({ id: intentId, lines });
}
