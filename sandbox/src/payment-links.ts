import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { create, update } from './events.ts';
import { newId, randomText } from './ids.ts';
import { amountOf } from './prices/cost.ts';
import { createPrice } from './prices/create.ts';
import { type Price, priceCurrency, prices } from './prices/price.ts';
import { products } from './product-store.ts';
import {
  type Call,
  declare,
  found,
  given,
  listed,
  type Resource,
  referred,
  refused,
  route,
} from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { missingParam } from './wire/errors.ts';
import { embeddedList, pageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from './wire/params.ts';
import type { Narrowed, Wire } from './wire/shapes.ts';

export type PaymentLink = Wire<Stripe.PaymentLink>;
export const paymentLinks: CollectionSpec<PaymentLink> = { name: 'payment_links', indexes: {} };

/** What a link sells, as shown when `line_items` is asked for. */
export type LineItem = Narrowed<Wire<Stripe.LineItem>, { readonly price: Price }>;
/** Kept apart, since a link shows its items only on request. */
export interface LinkItems {
  /** The link's id. */
  readonly id: string;
  readonly items: readonly LineItem[];
}
export const linkItems: CollectionSpec<LinkItems> = { name: 'payment_link_items', indexes: {} };

const afterCompletion = object({
  hosted_confirmation: object({ custom_message: text(500) }),
  redirect: object({ url: required(text(2048)) }),
  type: required(oneOf('hosted_confirmation', 'redirect')),
});
const common = {
  active: boolean(),
  after_completion: afterCompletion,
  allow_promotion_codes: boolean(),
  billing_address_collection: oneOf('auto', 'required'),
  customer_creation: oneOf('always', 'if_required'),
  inactive_message: unsettableText(500),
  metadata: metadata(),
  payment_method_collection: oneOf('always', 'if_required'),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
} as const;
const createParams = {
  ...common,
  currency: priceCurrency,
  line_items: required(
    list(
      object({
        price: text(),
        price_data: object({
          currency: required(priceCurrency),
          product: required(text()),
          recurring: object({
            interval: required(oneOf('day', 'month', 'week', 'year')),
            interval_count: integer(1),
          }),
          unit_amount: integer(0),
          unit_amount_decimal: decimal(),
        }),
        quantity: required(integer(1, 999_999)),
      }),
      20,
    ),
  ),
} as const;

function itemsOf(account: Account, params: Parsed<typeof createParams>): LineItem[] {
  if (params.line_items.length === 0) throw missingParam('line_items');
  const items = params.line_items.map(({ price: id, price_data: data, quantity }, at) => {
    const path = `line_items[${at}][price]`;
    if (!data && id === undefined) throw missingParam(path);
    const price = data
      ? createPrice(account, { ...data, active: false })
      : referred(account, prices, 'price', id ?? '', path);
    if (!data && !price.active)
      throw refused(path, 'The price specified is inactive. This field only accepts active prices.');
    return newItem(account, price, quantity, params.currency ?? price.currency);
  });
  if (new Set(items.map((item) => item.currency)).size > 1)
    throw refused('line_items', 'All prices on a payment link must be in the same currency.');
  return items;
}

function newItem(account: Account, price: Price, quantity: number, currency: string): LineItem {
  const amount = amountOf(account, price, quantity, currency);
  const product = account.of(products).get(price.product);
  return {
    id: newId('li', 24),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: product && !product.deleted ? product.name : null,
    metadata: {},
    price,
    quantity,
  };
}

function createFrom({ account, params }: Call<Parsed<typeof createParams>>): PaymentLink {
  const items = itemsOf(account, params);
  const id = `plink_1${randomText(23)}`;
  const recurring = items.some((item) => item.price.recurring);
  account.of(linkItems).put({ id, items });
  const { line_items: _, metadata: meta, after_completion: after, currency: __, ...plain } = params;
  const link: PaymentLink = {
    ...blank(account, id, items[0]?.currency ?? 'usd'),
    ...given({ ...plain, expand: undefined }),
    after_completion: completionOf(after),
    customer_creation: params.customer_creation ?? (recurring ? 'always' : 'if_required'),
    metadata: applyMetadata({}, meta),
  };
  return create(account, paymentLinks, link, 'payment_link.created');
}

function completionOf(after: Parsed<typeof common>['after_completion']): PaymentLink['after_completion'] {
  if (after?.type === 'redirect') {
    if (!after.redirect) throw missingParam('after_completion[redirect]');
    return { type: 'redirect', redirect: after.redirect };
  }
  const custom_message = after?.hosted_confirmation?.custom_message ?? null;
  return { type: 'hosted_confirmation', hosted_confirmation: { custom_message } };
}

function blank(account: Account, id: string, currency: string): PaymentLink {
  return {
    id,
    object: 'payment_link',
    active: true,
    after_completion: completionOf(undefined),
    allow_promotion_codes: false,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: 'auto',
    consent_collection: null,
    currency,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer_creation: 'if_required',
    inactive_message: null,
    invoice_creation: null,
    livemode: account.livemode,
    managed_payments: null,
    metadata: {},
    on_behalf_of: null,
    payment_intent_data: null,
    payment_method_collection: 'always',
    payment_method_options: null,
    payment_method_types: null,
    phone_number_collection: { enabled: false },
    restrictions: null,
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: 'auto',
    subscription_data: null,
    tax_id_collection: { enabled: false, required: 'never' },
    transfer_data: null,
    url: `${account.origin()}/_sandbox/pay/${account.address}/${id}`,
  };
}

/** `/v1/payment_links`. */
export const paymentLinkResource: Resource = {
  collections: [declare(paymentLinks), declare(linkItems)],
  expand: {
    payment_link: {
      line_items: (lookup, link) => {
        const stored = lookup('payment_link_items', link.id);
        const items = stored && 'items' in stored && Array.isArray(stored.items) ? stored.items : [];
        return embeddedList(items, `/v1/payment_links/${link.id}/line_items`);
      },
    },
  },
  routes: [
    route('POST', '/v1/payment_links', { permission: 'payment_link', params: createParams }, createFrom),
    route('GET', '/v1/payment_links/:id', { permission: 'payment_link' }, (call) =>
      found(call, paymentLinks, 'payment link'),
    ),
    route(
      'GET',
      '/v1/payment_links/:id/line_items',
      { permission: 'payment_link', params: pageParams },
      (call) => {
        const link = found(call, paymentLinks, 'payment link');
        return embeddedList([...(call.account.of(linkItems).get(link.id)?.items ?? [])], call.url);
      },
    ),
    route('POST', '/v1/payment_links/:id', { permission: 'payment_link', params: common }, (call) => {
      const link = found(call, paymentLinks, 'payment link');
      const { metadata: meta, after_completion: after, ...plain } = call.params;
      const next: PaymentLink = {
        ...link,
        ...given({ ...plain, expand: undefined }),
        after_completion: after ? completionOf(after) : link.after_completion,
        metadata: applyMetadata(link.metadata, meta),
      };
      return update(call.account, paymentLinks, next, 'payment_link.updated');
    }),
    route(
      'GET',
      '/v1/payment_links',
      { permission: 'payment_link', params: { ...pageParams, active: boolean() } },
      (call) => {
        const { active } = call.params;
        return listed(call, paymentLinks, {
          where: (link) => active === undefined || link.active === active,
        });
      },
    ),
  ],
};
