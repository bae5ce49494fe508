import type Stripe from 'stripe';
import type { ObjectRef } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { expanded } from '../pages.ts';
import { ownerRefs } from '../views/customers.ts';
import { disputeRef } from '../views/payments.ts';
import { time } from '../views/shape.ts';

/** How a dispute is told in a sentence. */
export const over = (dispute: Stripe.Dispute): string =>
  `the dispute over ${spoken(dispute.amount, dispute.currency)}`;

/** Everything a dispute touches. */
export function touched(dispute: Stripe.Dispute): ObjectRef[] {
  const charge = expanded<Stripe.Charge>(dispute.charge);
  const id = charge?.id ?? String(dispute.charge);
  return [disputeRef(dispute), { type: 'charge', id }, ...ownerRefs(charge?.customer)];
}

/** Until when it must be answered, as a preview says it. */
export const deadline = (dispute: Stripe.Dispute) => ({
  label: 'Deadline',
  value: time(dispute.evidence_details.due_by) ?? 'none',
});

const short = (text: string): string =>
  text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
const nameOf = (field: string): string => `${field[0]?.toUpperCase()}${field.slice(1).replaceAll('_', ' ')}`;

/** A piece of evidence, as a preview says it. */
export function pieceFact(field: string, value: string, after = ''): { label: string; value: string } {
  return { label: nameOf(field), value: `${short(value)}${after}` };
}
