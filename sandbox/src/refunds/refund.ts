import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { emit, previousAttributes, update } from '../events.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';

//  pending | requires_action ─▶ succeeded ─▶ [failed];  pending, requires_action ─▶ failed | canceled

export type Refund = Narrowed<Wire<Stripe.Refund>, { readonly charge: string }>;

export const refunds: CollectionSpec<Refund, 'charge' | 'payment_intent'> = {
  name: 'refunds',
  indexes: { charge: (refund) => refund.charge, payment_intent: (refund) => refund.payment_intent },
};

/** What may still be given back of a charge, in minor units; refunds under way count as given. */
export function refundable(account: Account, charge: Charge): number {
  if (!charge.captured || charge.status !== 'succeeded') return 0;
  return charge.amount_captured - charge.amount_refunded - underWay(account, charge);
}

/** What refunds are giving back that have not succeeded yet, in minor units. */
function underWay(account: Account, { id }: Charge): number {
  return account
    .of(refunds)
    .by('charge', id)
    .filter(({ status }) => status === 'pending' || status === 'requires_action')
    .reduce((total, { amount }) => total + amount, 0);
}

/** A charge as balance transactions name it. */
export function chargeText({ description, id }: Charge): string {
  const kind = id.startsWith('py_') ? 'PAYMENT' : 'CHARGE';
  return description === null ? kind : `${kind} (${description})`;
}

/** The money is on its way for good: the charge says so. */
export function countRefund(account: Account, refund: Refund): void {
  const charge = account.of(charges).get(refund.charge);
  if (!charge) return;
  const given = charge.amount_refunded + refund.amount;
  const next: Charge = {
    ...charge,
    amount_refunded: given,
    ...(refund.reason === 'fraudulent'
      ? { fraud_details: { ...charge.fraud_details, user_report: 'fraudulent' } }
      : {}),
    refunded: given === charge.amount_captured,
  };
  update(account, charges, next, 'charge.refunded');
}

/** Replaces a refund and says so, by the event's new and its old name. */
export function updateRefund(account: Account, next: Refund): Refund {
  const before = account.of(refunds).get(next.id);
  const stored = update(account, refunds, next, 'refund.updated');
  if (before && stored !== before)
    emit(account, 'charge.refund.updated', stored, previousAttributes(before, stored));
  return stored;
}
