import type Stripe from 'stripe';
import { ToolError } from '../../../tools/tool.ts';
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

/** A dispute that waits for the business. @throws ToolError when it waits for nobody any more */
export async function answerableDispute(api: Stripe, id: string): Promise<Stripe.Dispute> {
  const dispute = await readDispute(api, id);
  if (isAnswerable(dispute)) return dispute;
  const sent = dispute.evidence_details.submission_count > 0;
  throw new ToolError(
    'dispute_unexpected_state',
    `The dispute ${dispute.id} cannot be answered any more: its status is ${dispute.status}.`,
    {
      next: sent
        ? 'Evidence was sent already; wait for the decision of the bank.'
        : 'Nothing can be sent to the bank.',
      details: { dispute: dispute.id, status: dispute.status },
    },
  );
}
