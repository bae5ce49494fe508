import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { idOf } from '../pages.ts';
import { compact, metadataView, time } from './shape.ts';

export function meterRow(meter: Stripe.Billing.Meter): { [key: string]: Json } {
  return compact({
    id: meter.id,
    name: meter.display_name,
    event_name: meter.event_name,
    counts: meter.default_aggregation.formula,
    status: meter.status,
    created: time(meter.created),
  });
}

export function meterRef(meter: Stripe.Billing.Meter): ObjectRef {
  return { type: 'billing.meter', id: meter.id, label: meter.display_name };
}

export function creditGrantRow(grant: Stripe.Billing.CreditGrant): { [key: string]: Json } {
  const { monetary } = grant.amount;
  return compact({
    id: grant.id,
    name: grant.name,
    amount: monetary ? shown(monetary.value, monetary.currency) : undefined,
    category: grant.category,
    customer: idOf(grant.customer),
    effective_at: time(grant.effective_at),
    expires_at: time(grant.expires_at),
    voided_at: time(grant.voided_at),
    created: time(grant.created),
  });
}

export function creditGrantView(grant: Stripe.Billing.CreditGrant): { [key: string]: Json } {
  return {
    object: 'billing.credit_grant',
    ...creditGrantRow(grant),
    ...compact({ metadata: metadataView(grant.metadata), livemode: grant.livemode }),
  };
}

export function creditGrantRef(grant: Stripe.Billing.CreditGrant): ObjectRef {
  const { monetary } = grant.amount;
  const amount = monetary ? spoken(monetary.value, monetary.currency) : 'credits';
  return {
    type: 'billing.credit_grant',
    id: grant.id,
    label: grant.name ? `${grant.name}, ${amount}` : amount,
  };
}
