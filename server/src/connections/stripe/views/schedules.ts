import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { expanded, idOf } from '../pages.ts';
import type { ProductNames } from './billing.ts';
import { priceLabel } from './catalogue.ts';
import { customerFacts } from './customers.ts';
import { compact, metadataView, time } from './shape.ts';

type Phase = Stripe.SubscriptionSchedule.Phase;

/** The price of a phase's item, where it was expanded and is still there. */
export function phasePrice(item: Phase['items'][number]): Stripe.Price | undefined {
  return expanded<Stripe.Price>(item.price as string | Stripe.Price);
}

/** `2 × Pro, $40.00 monthly + Support, $10.00 monthly`. */
export function phasePlan(phase: Pick<Phase, 'items'>, names: ProductNames): string {
  return phase.items
    .map((item) => {
      const price = phasePrice(item);
      const name = names.get(idOf(price?.product) ?? '');
      const times = item.quantity && item.quantity > 1 ? `${item.quantity} × ` : '';
      return `${times}${name ? `${name}, ` : ''}${price ? priceLabel(price) : idOf(item.price)}`;
    })
    .join(' + ');
}

function phaseView(phase: Phase, names: ProductNames): Json {
  return compact({
    from: time(phase.start_date),
    to: time(phase.end_date),
    plan: phasePlan(phase, names),
    items: phase.items.map((item) => compact({ price: idOf(item.price), quantity: item.quantity })),
    trial_end: time(phase.trial_end),
    proration_behavior: phase.proration_behavior,
    discounts: phase.discounts.map(
      ({ coupon, promotion_code: code, discount }) => idOf(code) ?? idOf(coupon) ?? idOf(discount) ?? '',
    ),
  });
}

export function scheduleRow(
  schedule: Stripe.SubscriptionSchedule,
  names: ProductNames,
): { [key: string]: Json } {
  const now = schedule.current_phase;
  const next = schedule.phases.find(({ start_date: start }) => start >= (now?.end_date ?? 0));
  return compact({
    id: schedule.id,
    status: schedule.status,
    ...customerFacts(schedule.customer),
    subscription: idOf(schedule.subscription) ?? schedule.released_subscription,
    current_phase_ends: time(now?.end_date),
    next_plan: next && phasePlan(next, names),
    next_from: next && time(next.start_date),
    after_last_phase: schedule.end_behavior,
    created: time(schedule.created),
  });
}

export function scheduleView(
  schedule: Stripe.SubscriptionSchedule,
  names: ProductNames,
): { [key: string]: Json } {
  return compact({
    object: 'subscription_schedule',
    ...scheduleRow(schedule, names),
    phases: schedule.phases.map((phase) => phaseView(phase, names)),
    canceled_at: time(schedule.canceled_at),
    completed_at: time(schedule.completed_at),
    released_at: time(schedule.released_at),
    metadata: metadataView(schedule.metadata),
    livemode: schedule.livemode,
  });
}

export function scheduleRef(schedule: Pick<Stripe.SubscriptionSchedule, 'id' | 'status'>): ObjectRef {
  return { type: 'subscription_schedule', id: schedule.id, label: `schedule, ${schedule.status}` };
}
