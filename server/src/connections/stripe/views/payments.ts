import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { explainDecline } from '../declines.ts';
import { evidenceOf } from '../evidence-fields.ts';
import { expanded, idOf } from '../pages.ts';
import { customerFacts } from './customers.ts';
import { compact, metadataView, time } from './shape.ts';

const intentNotes: Readonly<Record<string, string>> = {
  requires_payment_method: 'Not paid: it needs a payment method, then confirmation.',
  requires_confirmation: 'Not paid yet: it waits for confirmation.',
  requires_action: 'Not paid yet: the customer has to act, for example authenticate with their bank.',
  requires_capture: 'Authorised, not captured: the money is held and not yet taken.',
  processing: 'The payment is being processed.',
};

function intentFailure(intent: Stripe.PaymentIntent): Json | undefined {
  const error = intent.last_payment_error;
  if (!error) return undefined;
  const decline = explainDecline(error.decline_code, error.code);
  return compact({
    code: error.code,
    decline_code: error.decline_code,
    reason: decline.reason,
    retry: decline.class,
  });
}

export function paymentIntentRow(intent: Stripe.PaymentIntent): { [key: string]: Json } {
  return compact({
    id: intent.id,
    amount: shown(intent.amount, intent.currency),
    status: intent.status,
    ...customerFacts(intent.customer),
    description: intent.description,
    created: time(intent.created),
  });
}

export function paymentIntentView(intent: Stripe.PaymentIntent): { [key: string]: Json } {
  return compact({
    object: 'payment_intent',
    ...paymentIntentRow(intent),
    amount_received: intent.amount_received > 0 ? shown(intent.amount_received, intent.currency) : undefined,
    amount_capturable:
      intent.amount_capturable > 0 ? shown(intent.amount_capturable, intent.currency) : undefined,
    payment_method: idOf(intent.payment_method),
    latest_charge: idOf(intent.latest_charge),
    last_error: intentFailure(intent),
    authentication_url: intent.next_action?.redirect_to_url?.url,
    cancellation_reason: intent.cancellation_reason,
    note: intentNotes[intent.status],
    metadata: metadataView(intent.metadata),
    livemode: intent.livemode,
  });
}

export function paymentIntentRef(intent: Stripe.PaymentIntent): ObjectRef {
  return { type: 'payment_intent', id: intent.id, label: spoken(intent.amount, intent.currency) };
}

/** Who paid, as far as the charge tells without asking for the customer. */
export function payer(charge: Stripe.Charge): string | undefined {
  const customer = expanded<Stripe.Customer>(charge.customer as string | Stripe.Customer | null);
  return (
    customer?.name ??
    customer?.email ??
    charge.billing_details?.name ??
    charge.billing_details?.email ??
    idOf(charge.customer)
  );
}

export function chargeRow(charge: Stripe.Charge): { [key: string]: Json } {
  const facts = customerFacts(charge.customer);
  return compact({
    id: charge.id,
    amount: shown(charge.amount, charge.currency),
    status: charge.status,
    refunded: charge.amount_refunded > 0 ? shown(charge.amount_refunded, charge.currency) : undefined,
    disputed: charge.disputed || undefined,
    ...facts,
    customer_name: facts.customer_name ?? charge.billing_details?.name,
    description: charge.description,
    failure:
      charge.status === 'failed'
        ? explainDecline(charge.outcome?.reason, charge.failure_code).reason
        : undefined,
    failure_code: charge.failure_code,
    decline_code: charge.failure_code ? charge.outcome?.reason : undefined,
    card_brand: charge.payment_method_details?.card?.brand,
    card_country: charge.payment_method_details?.card?.country,
    created: time(charge.created),
  });
}

export function chargeView(charge: Stripe.Charge): { [key: string]: Json } {
  const card = charge.payment_method_details?.card;
  return compact({
    object: 'charge',
    ...chargeRow(charge),
    captured: charge.captured,
    amount_captured:
      charge.amount_captured !== charge.amount ? shown(charge.amount_captured, charge.currency) : undefined,
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    card: card ? compact({ brand: card.brand, last4: card.last4 }) : undefined,
    decline_code: charge.outcome?.reason,
    risk_level: charge.outcome?.risk_level,
    receipt_url: charge.receipt_url,
    metadata: metadataView(charge.metadata),
    livemode: charge.livemode,
  });
}

export function chargeRef(charge: Stripe.Charge): ObjectRef {
  return { type: 'charge', id: charge.id, label: spoken(charge.amount, charge.currency) };
}

export function refundRow(refund: Stripe.Refund): { [key: string]: Json } {
  return compact({
    id: refund.id,
    amount: shown(refund.amount, refund.currency),
    status: refund.status,
    charge: idOf(refund.charge),
    payment_intent: idOf(refund.payment_intent),
    reason: refund.reason,
    failure_reason: refund.failure_reason,
    created: time(refund.created),
  });
}

export function refundView(refund: Stripe.Refund): { [key: string]: Json } {
  return compact({
    object: 'refund',
    ...refundRow(refund),
    pending_reason: refund.pending_reason,
    note:
      refund.status === 'requires_action'
        ? 'Waits for the customer: they were asked by e-mail where the money shall go.'
        : undefined,
    metadata: metadataView(refund.metadata),
  });
}

export function refundRef(refund: Stripe.Refund): ObjectRef {
  return { type: 'refund', id: refund.id, label: spoken(refund.amount, refund.currency) };
}

export function disputeRow(dispute: Stripe.Dispute): { [key: string]: Json } {
  const charge = expanded<Stripe.Charge>(dispute.charge);
  const customer = customerFacts(charge?.customer);
  return compact({
    id: dispute.id,
    amount: shown(dispute.amount, dispute.currency),
    reason: dispute.reason,
    status: dispute.status,
    charge: idOf(dispute.charge),
    customer: customer.customer,
    customer_name: customer.customer_name ?? charge?.billing_details?.name,
    customer_email: customer.customer_email ?? charge?.billing_details?.email,
    evidence_due: time(dispute.evidence_details?.due_by),
    evidence_submissions: dispute.evidence_details?.submission_count,
    created: time(dispute.created),
  });
}

export function disputeView(dispute: Stripe.Dispute): { [key: string]: Json } {
  const compelling = dispute.evidence_details.enhanced_eligibility.visa_compelling_evidence_3;
  return compact({
    object: 'dispute',
    ...disputeRow(dispute),
    payment_intent: idOf(dispute.payment_intent),
    case_type: dispute.payment_method_details?.card?.case_type,
    network_reason_code: dispute.payment_method_details?.card?.network_reason_code,
    compelling_evidence_3: compelling && compact({ ...compelling }),
    evidence_saved: Object.keys(evidenceOf(dispute)),
    past_due: dispute.evidence_details?.past_due || undefined,
    is_charge_refundable: dispute.is_charge_refundable,
    metadata: metadataView(dispute.metadata),
    livemode: dispute.livemode,
  });
}

export function disputeRef(dispute: Stripe.Dispute): ObjectRef {
  return { type: 'dispute', id: dispute.id, label: spoken(dispute.amount, dispute.currency) };
}
