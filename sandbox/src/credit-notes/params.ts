import { datedPageParams, pageParams } from '../wire/pages.ts';
import {
  decimal,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  required,
  text,
  unsupported,
} from '../wire/params.ts';

const amount = integer(0, 999_999_999_999);
const line = object({
  amount,
  description: text(),
  invoice_line_item: text(),
  metadata: metadata(),
  quantity: integer(1, 999_999_999),
  tax_amounts: emptyable(
    list(
      object({ amount: required(amount), tax_rate: required(text()), taxable_amount: required(amount) }),
      10,
    ),
  ),
  tax_rates: emptyable(list(text(), 20)),
  type: required(oneOf('custom_line_item', 'invoice_line_item')),
  unit_amount: amount,
  unit_amount_decimal: decimal(),
});
/** What `POST /v1/credit_notes` and its preview take. */
export const createParams = {
  amount: integer(1, 999_999_999_999),
  credit_amount: amount,
  effective_at: integer(),
  email_type: oneOf('credit_note', 'none'),
  invoice: required(text()),
  lines: list(line, 250),
  memo: text(),
  metadata: metadata(),
  out_of_band_amount: amount,
  reason: oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'),
  refund_amount: amount,
  refunds: list(
    object({
      amount_refunded: integer(1),
      payment_record_refund: unsupported(),
      refund: text(),
      type: oneOf('payment_record_refund', 'refund'),
    }),
    20,
  ),
  shipping_cost: object({ shipping_rate: text() }),
} as const;
export const previewLinesParams = { ...createParams, ...pageParams } as const;
export const updateParams = { memo: text(), metadata: metadata() } as const;
export const listParams = { ...datedPageParams, customer: text(), invoice: text() } as const;
