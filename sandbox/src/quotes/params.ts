import { discountsParam } from '../discounts.ts';
import { issuerParam } from '../invoices/issuer.ts';
import { taxBehaviorParam } from '../prices/amounts.ts';
import { recurringFields } from '../prices/create.ts';
import { priceCurrency } from '../prices/price.ts';
import { billingModeParam } from '../subscriptions/params.ts';
import { pageParams } from '../wire/pages.ts';
import {
  boolean,
  decimal,
  either,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { quoteShareFields } from './shares.ts';

const priceData = object({
  currency: required(priceCurrency),
  product: required(text()),
  recurring: object({ interval: recurringFields.interval, interval_count: recurringFields.interval_count }),
  tax_behavior: taxBehaviorParam,
  unit_amount: integer(),
  unit_amount_decimal: decimal(),
});
const itemFields = {
  discounts: discountsParam,
  id: text(),
  price: text(),
  price_data: priceData,
  quantity: integer(1, 999_999_999),
  tax_rates: emptyable(list(text(), 20)),
} as const;
export type ItemInput = Parsed<typeof itemFields>;

const subscriptionFields = {
  description: unsettableText(500),
  effective_date: emptyable(
    // Of quotes that change a subscription, which the SDK cannot make.
    either((value) => value === 'current_period_end', unsupported(), integer(0)),
  ),
  metadata: metadata(),
  trial_period_days: emptyable(integer(1, 730)),
} as const;

/** What `POST /v1/quotes/:id` takes. */
export const updateParams = {
  ...quoteShareFields,
  automatic_tax: object({ enabled: required(boolean()), liability: unsupported() }),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  customer: text(),
  customer_account: unsupported(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(500),
  discounts: discountsParam,
  expires_at: integer(0),
  footer: unsettableText(500),
  header: unsettableText(50),
  invoice_settings: object({
    custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
    days_until_due: integer(0, 730),
    description: unsettableText(1500),
    footer: unsettableText(5000),
    issuer: issuerParam,
  }),
  line_items: list(object(itemFields), 20),
  metadata: metadata(),
  subscription_data: object(subscriptionFields),
} as const;
/** What `POST /v1/quotes` takes. */
export const createParams = {
  ...updateParams,
  from_quote: object({ is_revision: boolean(), quote: required(text()) }),
  subscription_data: object({ ...subscriptionFields, billing_mode: billingModeParam }),
  test_clock: text(),
} as const;
export const finalizeParams = { expires_at: integer(0) } as const;
export const listParams = {
  ...pageParams,
  customer: text(),
  customer_account: unsupported(),
  status: oneOf('accepted', 'canceled', 'draft', 'open'),
  test_clock: text(),
} as const;
/** Everything a request may say about a quote. */
export type QuoteTerms = Omit<Parsed<typeof createParams>, 'from_quote' | 'test_clock'>;
