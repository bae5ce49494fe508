import { periodOf, type Subscription } from '../subscriptions/subscription.ts';
import { termsOf } from './apply.ts';
import type { Phase, PhaseItem, Schedule } from './schedule.ts';
import { usualSettings } from './settings.ts';

/** A subscription as the phase that it is in, and what holds for all phases. */
export function mirrorOf(subscription: Subscription): {
  readonly phase: Phase;
  readonly settings: Schedule['default_settings'];
} {
  const { start, end } = periodOf(subscription);
  const { cancel_at: cancelAt, trial_end: trial } = subscription;
  const phase: Phase = {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: null,
    currency: subscription.currency,
    default_payment_method: null,
    default_tax_rates: subscription.default_tax_rates ?? [],
    description: null,
    discounts: subscription.discounts.map((discount) => ({ coupon: null, discount, promotion_code: null })),
    end_date: cancelAt ?? end,
    invoice_settings: null,
    items: itemsOf(subscription),
    metadata: subscription.metadata,
    on_behalf_of: null,
    proration_behavior: 'create_prorations',
    start_date: start,
    transfer_data: null,
    trial_end: trial !== null && trial > start ? trial : null,
  };
  const { application_fee_percent, on_behalf_of, transfer_data } = subscription;
  const { days_until_due, default_payment_method, description } = subscription;
  const { issuer: _, ...invoiceSettings } = subscription.invoice_settings;
  const settings: Schedule['default_settings'] = {
    ...usualSettings,
    application_fee_percent,
    billing_thresholds: subscription.billing_thresholds && {
      amount_gte: subscription.billing_thresholds.amount_gte,
      reset_billing_cycle_anchor: subscription.billing_thresholds.reset_billing_cycle_anchor,
    },
    collection_method: subscription.collection_method,
    default_payment_method,
    description,
    invoice_settings: { ...usualSettings.invoice_settings, ...invoiceSettings, days_until_due },
    on_behalf_of,
    transfer_data,
  };
  return { phase, settings };
}

function itemsOf({ items }: Subscription): PhaseItem[] {
  return items.data.map((item) => ({
    billing_thresholds: item.billing_thresholds,
    discounts: item.discounts.map((discount) => ({ coupon: null, discount, promotion_code: null })),
    metadata: item.metadata,
    plan: item.plan.id,
    price: item.price.id,
    ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
    tax_rates: item.tax_rates,
  }));
}

/** The phase with what was changed about its subscription directly; the same phase when nothing was. */
export function mirrored(schedule: Schedule, phase: Phase, subscription: Subscription): Phase {
  const said = termsOf(schedule, phase);
  const { default_payment_method: method, default_tax_rates: rates, trial_end: trial } = subscription;
  const collects =
    subscription.collection_method === 'send_invoice' ? 'send_invoice' : 'charge_automatically';
  const rateIds = (rates ?? []).map(({ id }) => id);
  const { application_fee_percent: fee, on_behalf_of: behalf, transfer_data: transfer } = subscription;
  const trialEnd = trial !== null && trial > phase.start_date ? trial : null;
  return {
    ...phase,
    ...(counted(itemsOf(subscription)) === counted(phase.items) ? {} : { items: itemsOf(subscription) }),
    ...(method === (said.default_payment_method ?? null) ? {} : { default_payment_method: method }),
    ...(collects === said.collection_method ? {} : { collection_method: collects }),
    ...(subscription.description === said.description ? {} : { description: subscription.description }),
    ...(rateIds.join() === said.default_tax_rates.join() ? {} : { default_tax_rates: rates }),
    ...(fee === said.application_fee_percent ? {} : { application_fee_percent: fee }),
    ...(behalf === said.on_behalf_of ? {} : { on_behalf_of: behalf }),
    ...(isSame(transfer, said.transfer_data) ? {} : { transfer_data: transfer }),
    ...(trialEnd === phase.trial_end ? {} : { trial_end: trialEnd }),
  };
}

type Transfer = { readonly amount_percent?: number | null; readonly destination: string } | null;
function isSame(one: Transfer, other: Transfer): boolean {
  return (
    one?.destination === other?.destination &&
    (one?.amount_percent ?? null) === (other?.amount_percent ?? null)
  );
}

/** What items are of and how many, for telling whether they are the same. */
function counted(items: readonly PhaseItem[]): string {
  return items
    .map(({ price, quantity = '', tax_rates: rates }) => `${price} ${quantity} ${rates?.map(({ id }) => id)}`)
    .toSorted()
    .join();
}
