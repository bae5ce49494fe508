import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressOf } from '../addresses.ts';
import { day } from '../clock.ts';
import { randomDigits } from '../ids.ts';
import { refused } from '../resource.ts';
import type { Wire } from '../wire/shapes.ts';
import type { ShippingWish } from './card-params.ts';

// pending ─submit─▶ submitted ─ship─▶ shipped ─deliver─▶ delivered        shipped ─return─▶ returned
//    └──────────────────┴───────────────┴─fail─▶ failure                  pending ─(the card is canceled)─▶ canceled

export type Shipping = Wire<Stripe.Issuing.Card.Shipping>;
export type ShippingStatus = NonNullable<Shipping['status']>;
export type ShippingStep = 'submit' | 'ship' | 'deliver' | 'return' | 'fail';

/** Where each step leads, and from where it can be taken. */
const steps: Readonly<Record<ShippingStep, { from: readonly ShippingStatus[]; to: ShippingStatus }>> = {
  submit: { from: ['pending'], to: 'submitted' },
  ship: { from: ['submitted'], to: 'shipped' },
  deliver: { from: ['shipped'], to: 'delivered' },
  return: { from: ['shipped'], to: 'returned' },
  fail: { from: ['pending', 'submitted', 'shipped'], to: 'failure' },
};

/** The status after a step; null where it cannot be taken. */
export function statusAfter(status: ShippingStatus, step: ShippingStep): ShippingStatus | null {
  return steps[step].from.includes(status) ? steps[step].to : null;
}

/** How long each service takes, in days. */
const daysOf: Readonly<Record<Shipping['service'], number>> = { express: 2, priority: 3, standard: 8 };

/** Where and how a card is sent, before it is. */
export function shippingOf(account: Account, wish: ShippingWish): Shipping {
  const { address_validation: validation, service = 'standard' } = wish;
  const address = addressOf(wish.address);
  const mode = validation?.mode ?? 'disabled';
  return {
    address,
    address_validation: {
      mode,
      normalized_address: mode === 'disabled' ? null : address,
      result: mode === 'validation_and_normalization' ? 'likely_deliverable' : null,
    },
    business_name: wish.business_name ?? null,
    carrier: null,
    customs: wish.customs ? { eori_number: wish.customs.eori_number ?? null } : null,
    eta: account.now() + daysOf[service] * day,
    name: wish.name,
    phone_number: wish.phone_number ?? null,
    require_signature: wish.require_signature ?? null,
    service,
    status: 'pending',
    tracking_number: null,
    tracking_url: null,
    type: wish.type ?? 'individual',
  };
}

/** A card's parcel after what in live mode the card maker and the post do. Throws where that cannot be. */
export function shippingAfter(account: Account, shipping: Shipping | null, step: ShippingStep): Shipping {
  if (!shipping?.status) throw refused('card', 'This card is virtual, so it cannot be shipped.');
  const status = statusAfter(shipping.status, step);
  if (status === null)
    throw refused(
      'card',
      `You cannot ${step} this card's shipment because its shipping status is \`${shipping.status}\`.`,
    );
  return afterStep(account, shipping, status);
}

function afterStep(account: Account, shipping: Shipping, status: ShippingStatus): Shipping {
  if (status === 'shipped') {
    const tracking_number = randomDigits(22);
    const tracking_url = `https://tools.usps.com/go/TrackConfirmAction?tLabels=${tracking_number}`;
    return { ...shipping, status, carrier: 'usps', shipped_at: account.now(), tracking_number, tracking_url };
  }
  return status === 'delivered'
    ? { ...shipping, status, delivered_at: account.now() }
    : { ...shipping, status };
}
