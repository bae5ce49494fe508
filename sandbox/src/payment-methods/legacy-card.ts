import type Stripe from 'stripe';
import { cardFields } from '../behaviours/cards/card-input.ts';
import { type Parsed, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { noBilling } from './blank.ts';
import type { PaymentMethod } from './payment-method.ts';

/** Whose card it is, as tokens and customers' sources write it. */
export const ownerFields = {
  address_city: text(),
  address_country: text(),
  address_line1: text(),
  address_line2: text(),
  address_state: text(),
  address_zip: text(),
  name: text(),
} as const;
export const legacyCardFields = { ...cardFields, ...ownerFields, currency: text(3) } as const;

/** Billing details after what a token or a source says of its owner. */
export function billingAfter(
  before: PaymentMethod['billing_details'],
  owner: Partial<Parsed<typeof ownerFields>>,
): PaymentMethod['billing_details'] {
  const { address } = before;
  return {
    ...before,
    address: {
      city: owner.address_city ?? address?.city ?? null,
      country: owner.address_country ?? address?.country ?? null,
      line1: owner.address_line1 ?? address?.line1 ?? null,
      line2: owner.address_line2 ?? address?.line2 ?? null,
      postal_code: owner.address_zip ?? address?.postal_code ?? null,
      state: owner.address_state ?? address?.state ?? null,
    },
    name: owner.name ?? before.name,
  };
}

const brands: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'MasterCard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
};

/** A card the way tokens, customers' sources and old charges show it. */
export function legacyCard(method: PaymentMethod): Wire<Stripe.Card> {
  const { billing_details: billing, card } = method;
  const address = billing.address ?? noBilling.address;
  const checks = card?.checks;
  return {
    id: method.id,
    object: 'card',
    address_city: address?.city ?? null,
    address_country: address?.country ?? null,
    address_line1: address?.line1 ?? null,
    address_line1_check: checks?.address_line1_check ?? (address?.line1 ? 'unchecked' : null),
    address_line2: address?.line2 ?? null,
    address_state: address?.state ?? null,
    address_zip: address?.postal_code ?? null,
    address_zip_check: checks?.address_postal_code_check ?? (address?.postal_code ? 'unchecked' : null),
    brand: brands[card?.brand ?? ''] ?? 'Unknown',
    country: card?.country ?? null,
    ...(method.customer === null ? {} : { customer: method.customer }),
    cvc_check: checks?.cvc_check ?? null,
    dynamic_last4: null,
    exp_month: card?.exp_month ?? 1,
    exp_year: card?.exp_year ?? 2030,
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? 'unknown',
    last4: card?.last4 ?? '',
    metadata: method.metadata ?? {},
    name: billing.name,
    regulated_status: card?.regulated_status ?? null,
    tokenization_method: null,
  };
}
