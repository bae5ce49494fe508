import type Stripe from 'stripe';
import { idField } from '../fields.ts';
import { expandedIfPermitted } from '../stripe-tool.ts';

const answerable = new Set(['needs_response', 'warning_needs_response']);

/** Whether a dispute waits for the business. */
export const isAnswerable = (dispute: Stripe.Dispute): boolean => answerable.has(dispute.status);

export const disputeField = idField('dispute', 'du_');

/** A dispute with its payment and who paid it, as far as the key may read those. */
export function readDispute(api: Stripe, id: string): Promise<Stripe.Dispute> {
  return expandedIfPermitted(['charge', 'charge.customer'], (expand) =>
    api.disputes.retrieve(id.trim(), expand),
  );
}
