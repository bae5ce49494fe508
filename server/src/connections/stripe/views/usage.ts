import type Stripe from 'stripe';
import type { Json } from '../../../tools/tool.ts';
import { compact, time } from './shape.ts';

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
